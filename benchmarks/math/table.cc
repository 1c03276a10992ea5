// MathTable.
#include <algorithm>
#include <functional>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/text.h"
#include "benchmarks/html.h"
#include "benchmarks/math/summary.h"
#include "benchmarks/math/text_table.h"
#include "benchmarks/units.h"

namespace espalier {
namespace {

constexpr size_t kWidth = 110;
constexpr size_t kReasonCharacters = 60;

using Summaries = std::vector<MathSummary>;

std::string IntervalText(const Interval& interval) {
  return absl::StrFormat("%.1f to %.1f", 100 * interval.low, 100 * interval.high);
}

std::string ReasonsText(const MathSummary& summary) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : summary.stop_reasons) parts.push_back(Cat(reason, " ", count));
  return Shorten(absl::StrJoin(parts, ", "), kReasonCharacters);
}

std::string Head(const MathRun& run) {
  const MathSettings& settings = run.settings;
  std::string text = Shorten(absl::StrFormat("%s on %s, prompt format %s, seed %d", settings.model,
                                             settings.dataset, settings.prompt_format, settings.seed),
                             kWidth - 1);
  const std::string reward = settings.reward.empty() ? "" : Cat("scorer ", settings.reward);
  if (!reward.empty()) text += "\n" + Shorten(reward, kWidth - 1);
  return text + "\n\n";
}

std::string AccuracyTable(const Summaries& summaries) {
  TextTable table;
  table.header = {"program", "correct", "accuracy", "95 % interval", "no answer", "cut samples", "errors"};
  for (const MathSummary& summary : summaries) {
    const bool is_graded = summary.with_gold > 0;
    table.rows.push_back({summary.program, is_graded ? Cat(summary.correct, " of ", summary.with_gold) : "-",
                          is_graded ? PercentText(summary.accuracy) : "-",
                          is_graded ? IntervalText(summary.interval) : "-", Cat(summary.unanswered),
                          Cat(summary.truncated_samples, " of ", summary.samples), Cat(summary.errors)});
  }
  return table.Write(kWidth);
}

std::string CostTable(const Summaries& summaries) {
  TextTable table;
  table.header = {"each problem", "prefill", "expand", "aggregate", "discard", "KV",
                  "shared",       "FLOP",    "scorer", "s",         "p50",     "p95"};
  const auto each = [](const MathSummary& summary, int64_t sum) {
    return ThreeDigits(summary.Each(static_cast<double>(sum)));
  };
  for (const MathSummary& summary : summaries) {
    const MathCost& cost = summary.cost;
    table.rows.push_back(
        {summary.program, each(summary, cost.tokens.prefill), each(summary, cost.tokens.expansion),
         each(summary, cost.tokens.aggregation), each(summary, cost.tokens.discarded),
         summary.kv_bytes > 0 ? Bytes(summary.Each(static_cast<double>(summary.kv_bytes)))
                              : Cat(each(summary, cost.allocated_pages), " pages"),
         cost.logical_pages > 0 ? absl::StrFormat("%.0f %%", 100 * static_cast<double>(cost.shared_pages) /
                                                                 static_cast<double>(cost.logical_pages))
                                : "-",
         WithPrefix(summary.Each(cost.flops)), WithPrefix(summary.Each(cost.scorer_flops)),
         ThreeDigits(summary.Each(cost.seconds)), ThreeDigits(summary.seconds_p50),
         ThreeDigits(summary.seconds_p95)});
  }
  return table.Write(kWidth);
}

std::string StopTable(const Summaries& summaries) {
  TextTable table;
  table.header = {"stopped by", ""};
  table.is_text = true;
  for (const MathSummary& summary : summaries) table.rows.push_back({summary.program, ReasonsText(summary)});
  return table.Write(kWidth);
}

// Programs across, groups down; "" without groups.
std::string GroupTable(const Summaries& summaries, const char* title,
                       std::vector<GroupAccuracy> MathSummary::*groups) {
  TextTable table;
  table.header = {title, "problems"};
  std::vector<std::pair<std::string, int64_t>> names;  // in the order of the program that has most
  for (const MathSummary& summary : summaries) {
    if ((summary.*groups).size() <= names.size()) continue;
    names.clear();
    for (const GroupAccuracy& group : summary.*groups) names.emplace_back(group.name, group.problems);
  }
  if (names.empty()) return "";
  for (const auto& [name, problems] : names) table.rows.push_back({name, Cat(problems)});
  for (const MathSummary& summary : summaries) {
    table.header.push_back(Shorten(summary.program, 24));
    for (size_t row = 0; row < names.size(); ++row) {
      const auto group = std::ranges::find(summary.*groups, names[row].first, &GroupAccuracy::name);
      table.rows[row].push_back(group == (summary.*groups).end() ? "-" : PercentText(group->accuracy()));
    }
  }
  return "\n" + table.Write(kWidth);
}

using Curve = std::function<std::optional<double>(const AccuracyAtK&)>;

void AddCurve(const MathSummary& summary, const char* name, const Curve& curve, TextTable& table) {
  std::vector<std::string> row = {Cat(Shorten(summary.program, 22), " ", name)};
  row.resize(table.header.size());
  for (const AccuracyAtK& point : summary.curves.points) {
    const auto column = std::ranges::find(table.header, Cat("k=", point.k));
    const std::optional<double> value = curve(point);
    if (!value) return;
    row[column - table.header.begin()] = PercentText(*value);
  }
  table.rows.push_back(row);
}

// "" when no program has several samples.
std::string CurveTable(const Summaries& summaries) {
  TextTable table;
  table.header = {"fewer samples"};
  std::vector<int64_t> ks;
  for (const MathSummary& summary : summaries) {
    if (summary.curves.samples < 2) continue;
    for (const AccuracyAtK& point : summary.curves.points) ks.push_back(point.k);
  }
  std::ranges::sort(ks);
  ks.erase(std::ranges::unique(ks).begin(), ks.end());
  for (const int64_t k : ks) table.header.push_back(Cat("k=", k));
  std::string notes;
  for (const MathSummary& summary : summaries) {
    if (summary.curves.samples < 2) continue;
    AddCurve(
        summary, "maj@k", [](const AccuracyAtK& at) { return at.majority; }, table);
    AddCurve(
        summary, "wmaj@k", [](const AccuracyAtK& at) { return at.weighted; }, table);
    AddCurve(
        summary, "best@k", [](const AccuracyAtK& at) { return at.best; }, table);
    AddCurve(
        summary, "pass@k", [](const AccuracyAtK& at) { return at.pass; }, table);
    if (summary.curves.stopped > 0) {
      notes += Cat("  ", Shorten(summary.program, 40),
                   ": only samples that ended before the search stopped, the short ones\n");
    }
  }
  return table.rows.empty() ? "" : Cat("\n", table.Write(kWidth), notes);
}

std::string Comparisons(const Summaries& summaries) {
  TextTable table;
  table.header = {
      "against the first program", "problems", "only it right", "only first", "points", "95 % interval", "p"};
  for (const MathSummary& summary : summaries) {
    if (!summary.against_first || summary.against_first->problems == 0) continue;
    const ProgramComparison& other = *summary.against_first;
    table.rows.push_back({summary.program, Cat(other.problems), Cat(other.better), Cat(other.worse),
                          PointsText(other.difference),
                          Cat(PointsText(other.interval.low), " to ", PointsText(other.interval.high)),
                          PValueText(other.p_value)});
  }
  return table.rows.empty() ? "" : "\n" + table.Write(kWidth);
}

std::string Baselines(const Summaries& summaries) {
  TextTable table;
  table.header = {"against a plain vote, equal tokens", "vote of", "it reaches", "points", "95 % interval"};
  std::string notes;
  for (const MathSummary& summary : summaries) {
    if (!summary.baseline) continue;
    const EqualCostBaseline& baseline = *summary.baseline;
    if (!baseline.note.empty()) {
      notes += Cat("  ", Shorten(Cat(summary.program, ": ", baseline.note), kWidth - 3), "\n");
    }
    if (baseline.run.empty()) continue;
    table.rows.push_back(
        {summary.program, absl::StrFormat("%.1f samples", baseline.samples), PercentText(baseline.accuracy),
         PointsText(baseline.difference),
         Cat(PointsText(baseline.interval.low), " to ", PointsText(baseline.interval.high))});
  }
  if (table.rows.empty() && notes.empty()) return "";
  return Cat("\n", table.rows.empty() ? "" : table.Write(kWidth), notes);
}

}  // namespace

std::string MathTable(const MathRun& run) {
  const Summaries summaries = SummarizeMath(run);
  std::string text = Head(run);
  if (summaries.empty()) return text + "no problem was answered\n";
  text += Cat(AccuracyTable(summaries), "\n", CostTable(summaries), "\n", StopTable(summaries));
  text += GroupTable(summaries, "level", &MathSummary::levels);
  text += GroupTable(summaries, "subject", &MathSummary::subjects);
  return ToValidUtf8(Cat(text, CurveTable(summaries), Comparisons(summaries), Baselines(summaries)));
}

}  // namespace espalier
