#include "benchmarks/math/summary.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "benchmarks/math/program_spec.h"
#include "benchmarks/math/run_records.h"
#include "benchmarks/math/sample_votes.h"
#include "benchmarks/wilson.h"

namespace espalier {
namespace {

// "Level 2" before "Level 10".
struct NaturalLess {
  static std::string_view TakeDigits(std::string_view& text) {
    size_t end = 0;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    const std::string_view digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
  }

  bool operator()(std::string_view a, std::string_view b) const {
    const std::pair whole(a, b);
    while (!a.empty() && !b.empty()) {
      const std::string_view x = TakeDigits(a), y = TakeDigits(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      if (a.empty() || b.empty()) break;
      if (a[0] != b[0]) return a[0] < b[0];
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    return a.size() != b.size() ? a.size() < b.size() : whole.first < whole.second;
  }
};

Interval Wilson(int64_t correct, int64_t problems) {
  const auto [low, high] = WilsonInterval(correct, problems);
  return {low, high};
}

void AddCost(const MathCost& cost, MathCost& sum) {
  sum.tokens.prefill += cost.tokens.prefill;
  sum.tokens.expansion += cost.tokens.expansion;
  sum.tokens.aggregation += cost.tokens.aggregation;
  sum.tokens.discarded += cost.tokens.discarded;
  sum.computed_tokens += cost.computed_tokens;
  sum.cached_tokens += cost.cached_tokens;
  sum.logical_pages += cost.logical_pages;
  sum.allocated_pages += cost.allocated_pages;
  sum.shared_pages += cost.shared_pages;
  sum.preemptions += cost.preemptions;
  sum.flops += cost.flops;
  sum.scorer_flops += cost.scorer_flops;
  sum.seconds += cost.seconds;
  sum.first_token_seconds += cost.first_token_seconds;
}

void Count(const MathRecord& record, MathSummary& summary) {
  ++summary.problems;
  if (!record.gold.empty()) {
    ++summary.with_gold;
    summary.correct += record.correct ? 1 : 0;
  }
  if (!record.error.empty()) {
    ++summary.errors;
  } else if (record.answer.empty()) {
    ++summary.unanswered;
  }
  ++summary.stop_reasons[record.error.empty() ? record.stop_reason : "error"];
  summary.samples += static_cast<int64_t>(record.samples.size());
  summary.truncated_samples += std::ranges::count_if(record.samples, IsTruncated);
  AddCost(record.cost, summary.cost);
}

std::vector<GroupAccuracy> GroupBy(const ProgramRecords& program, std::string MathRecord::*field) {
  std::map<std::string, GroupAccuracy, NaturalLess> groups;
  for (const MathRecord* record : program.records) {
    if (record->gold.empty() || (record->*field).empty()) continue;
    GroupAccuracy& group = groups[record->*field];
    ++group.problems;
    group.correct += record->correct ? 1 : 0;
  }
  std::vector<GroupAccuracy> list;
  for (auto& [name, group] : groups) {
    group.name = name;
    group.interval = Wilson(group.correct, group.problems);
    list.push_back(group);
  }
  return list;
}

Interval AccuracyInterval(const ProgramRecords& program, const MathSummary& summary, uint64_t key) {
  if (summary.with_gold == 0) return {};
  if (summary.correct == 0 || summary.correct == summary.with_gold) {
    return Wilson(summary.correct, summary.with_gold);
  }
  std::vector<double> correct;
  for (const MathRecord* record : program.records) {
    if (!record->gold.empty()) correct.push_back(record->correct ? 1 : 0);
  }
  BootstrapOptions options;
  options.key = key;
  return BootstrapMean(correct, options);
}

MathSummary Summarize(const ProgramRecords& program, const MathSettings& settings, uint64_t key) {
  MathSummary summary;
  summary.program = program.program;
  std::vector<double> seconds;
  for (const MathRecord* record : program.records) {
    Count(*record, summary);
    seconds.push_back(record->cost.seconds);
  }
  if (summary.with_gold > 0) {
    summary.accuracy = static_cast<double>(summary.correct) / static_cast<double>(summary.with_gold);
  }
  summary.interval = AccuracyInterval(program, summary, key);
  summary.kv_bytes = summary.cost.allocated_pages * settings.page_bytes;
  std::ranges::sort(seconds);
  summary.seconds_p50 = Quantile(seconds, 0.5);
  summary.seconds_p95 = Quantile(seconds, 0.95);
  summary.levels = GroupBy(program, &MathRecord::level);
  summary.subjects = GroupBy(program, &MathRecord::subject);
  summary.curves = ComputeSampleCurves(program, key);
  return summary;
}

bool DrawsOneSample(std::string_view program) {
  return ProgramName(program) == "cot" || (DrawsIndependentSamples(program) && SampleCount(program) == 1);
}

}  // namespace

std::vector<MathSummary> SummarizeMath(const MathRun& run) {
  const uint64_t key = StableHash(run.settings.seed, StableHash("math statistics"));
  const std::vector<ProgramRecords> programs = GroupByProgram(run);
  std::vector<MathSummary> summaries;
  for (const ProgramRecords& program : programs) summaries.push_back(Summarize(program, run.settings, key));
  std::vector<BaselineRun> votes;
  for (size_t i = 0; i < programs.size(); ++i) votes.push_back({&programs[i], &summaries[i].curves});
  const BaselineRun best = ChooseBaseline(votes, nullptr);
  for (size_t i = 0; i < programs.size(); ++i) {
    if (i > 0) summaries[i].against_first = ComparePrograms(programs[i], programs[0], key);
    if (summaries[i].with_gold == 0 || DrawsOneSample(programs[i].program)) continue;
    const bool is_baseline = best.records == &programs[i] && IsVote(programs[i].program) &&
                             !IsWeightedVote(programs[i].program) && best.curves->stopped == 0;
    if (is_baseline) continue;
    summaries[i].baseline = CompareAtEqualCost(programs[i], ChooseBaseline(votes, &programs[i]), key);
  }
  return summaries;
}

}  // namespace espalier
