// MathSummaryJson.
#include "base/text.h"
#include "benchmarks/math/summary.h"
#include "nlohmann/json.hpp"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

Json IntervalJson(const Interval& interval) { return Json::array({interval.low, interval.high}); }

Json CostJson(const MathSummary& summary) {
  const MathCost& cost = summary.cost;
  const auto each = [&](int64_t sum) { return summary.Each(static_cast<double>(sum)); };
  return {{"tokens",
           {{"prefill", each(cost.tokens.prefill)},
            {"expansion", each(cost.tokens.expansion)},
            {"aggregation", each(cost.tokens.aggregation)},
            {"discarded", each(cost.tokens.discarded)},
            {"computed", each(cost.computed_tokens)},
            {"cached", each(cost.cached_tokens)}}},
          {"kv",
           {{"pages_needed", each(cost.logical_pages)},
            {"pages_allocated", each(cost.allocated_pages)},
            {"pages_shared", each(cost.shared_pages)},
            {"bytes", each(summary.kv_bytes)},
            {"preemptions", each(cost.preemptions)}}},
          {"flops", summary.Each(cost.flops)},
          {"scorer_flops", summary.Each(cost.scorer_flops)},
          {"seconds",
           {{"mean", summary.Each(cost.seconds)},
            {"p50", summary.seconds_p50},
            {"p95", summary.seconds_p95},
            {"first_token", summary.Each(cost.first_token_seconds)}}}};
}

Json GroupsJson(const std::vector<GroupAccuracy>& groups) {
  Json json = Json::array();
  for (const GroupAccuracy& group : groups) {
    json.push_back({{"name", ToValidUtf8(group.name)},
                    {"problems", group.problems},
                    {"correct", group.correct},
                    {"accuracy", group.accuracy()},
                    {"ci95", IntervalJson(group.interval)}});
  }
  return json;
}

Json CurvesJson(const SampleCurves& curves) {
  Json points = Json::array();
  for (const AccuracyAtK& point : curves.points) {
    Json& json =
        points.emplace_back(Json{{"k", point.k}, {"pass", point.pass}, {"majority", point.majority}});
    if (point.weighted) json["weighted"] = *point.weighted;
    if (point.best) json["best"] = *point.best;
  }
  return {{"samples", curves.samples},
          {"tokens_per_sample", curves.tokens_per_sample},
          {"stopped_samples", curves.stopped},
          {"points", points}};
}

Json ComparisonJson(const ProgramComparison& comparison) {
  return {{"other", ToValidUtf8(comparison.other)},
          {"problems", comparison.problems},
          {"better", comparison.better},
          {"worse", comparison.worse},
          {"difference", comparison.difference},
          {"ci95", IntervalJson(comparison.interval)},
          {"p", comparison.p_value}};
}

Json BaselineJson(const EqualCostBaseline& baseline) {
  Json json = {{"run", ToValidUtf8(baseline.run)}, {"note", ToValidUtf8(baseline.note)}};
  if (baseline.run.empty()) return json;
  json["samples"] = baseline.samples;
  json["accuracy"] = baseline.accuracy;
  json["difference"] = baseline.difference;
  json["ci95"] = IntervalJson(baseline.interval);
  return json;
}

}  // namespace

std::string MathSummaryJson(const MathSummary& summary) {
  Json json = {{"program", ToValidUtf8(summary.program)},
               {"problems", summary.problems},
               {"with_gold", summary.with_gold},
               {"correct", summary.correct},
               {"accuracy", summary.accuracy},
               {"ci95", IntervalJson(summary.interval)},
               {"errors", summary.errors},
               {"unanswered", summary.unanswered},
               {"samples", summary.samples},
               {"truncated_samples", summary.truncated_samples}};
  json.update(CostJson(summary));
  Json& reasons = json["stop_reasons"] = Json::object();
  for (const auto& [reason, count] : summary.stop_reasons) reasons[ToValidUtf8(reason)] = count;
  json["levels"] = GroupsJson(summary.levels);
  json["subjects"] = GroupsJson(summary.subjects);
  if (summary.curves.samples > 0) json["curves"] = CurvesJson(summary.curves);
  if (summary.against_first) json["against_first"] = ComparisonJson(*summary.against_first);
  if (summary.baseline) json["baseline"] = BaselineJson(*summary.baseline);
  return json.dump();
}

}  // namespace espalier
