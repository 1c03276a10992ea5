#include "benchmarks/math/comparison.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/math/program_spec.h"

namespace espalier {
namespace {

constexpr int64_t kMostSamples = 4096;

BootstrapOptions MakeBootstrap(uint64_t seed) {
  BootstrapOptions options;
  options.key = seed;
  return options;
}

double DrawnTokens(const MathRecord& record) {
  return static_cast<double>(record.cost.tokens.expansion + record.cost.tokens.aggregation);
}

// "sc:n=16,stop_rule=none".
std::string SuggestRun(double samples) {
  const auto least = static_cast<uint64_t>(std::clamp(std::ceil(samples), 2.0, double{kMostSamples}));
  return absl::StrFormat("sc:n=%d,stop_rule=none", std::bit_ceil(least));
}

// The value at `samples` on a curve of which values[i] belongs to points[i].k.
double Interpolate(const std::vector<AccuracyAtK>& points, double samples,
                   const std::vector<double>& values) {
  if (samples <= static_cast<double>(points.front().k)) return values.front();
  for (size_t at = 1; at < points.size(); ++at) {
    const double before = static_cast<double>(points[at - 1].k), after = static_cast<double>(points[at].k);
    if (samples > after) continue;
    const double part = (samples - before) / (after - before);
    return values[at - 1] + part * (values[at] - values[at - 1]);
  }
  return values.back();
}

// How often the plain vote is right on each problem of the baseline with a right answer, at that many
// samples.
std::map<const MathRecord*, double> VoteAt(const BaselineRun& baseline, double samples) {
  std::map<const MathRecord*, double> accuracy;
  size_t at = 0;
  for (const MathRecord* record : baseline.records->records) {
    if (record->gold.empty()) continue;
    std::vector<double> values;
    for (const std::vector<double>& majority : baseline.curves->majority) values.push_back(majority[at]);
    accuracy[record] = Interpolate(baseline.curves->points, samples, values);
    ++at;
  }
  return accuracy;
}

std::string Note(const ProgramRecords& program, const BaselineRun& baseline, double samples) {
  const double most = static_cast<double>(baseline.curves->samples);
  if (samples > most * 1.0001) {
    return absl::StrFormat("the vote has only %d samples: %s would give as many tokens",
                           baseline.curves->samples, SuggestRun(samples));
  }
  if (baseline.curves->stopped > 0) {
    return absl::StrFormat(
        "of samples that ended before their vote was decided, the short ones: %s would give all",
        SuggestRun(static_cast<double>(SampleCount(baseline.records->program))));
  }
  if (samples < 0.9999) return Cat(program.program, " costs less than one sample");
  return "";
}

}  // namespace

ProgramComparison ComparePrograms(const ProgramRecords& program, const ProgramRecords& other, uint64_t seed) {
  ProgramComparison comparison;
  comparison.other = other.program;
  std::vector<double> differences;
  for (const auto& [mine, theirs] : PairByProblem(program, other)) {
    comparison.better += mine->correct && !theirs->correct ? 1 : 0;
    comparison.worse += !mine->correct && theirs->correct ? 1 : 0;
    differences.push_back((mine->correct ? 1.0 : 0.0) - (theirs->correct ? 1.0 : 0.0));
  }
  comparison.problems = static_cast<int64_t>(differences.size());
  if (differences.empty()) return comparison;
  comparison.difference =
      static_cast<double>(comparison.better - comparison.worse) / static_cast<double>(comparison.problems);
  comparison.interval = BootstrapMean(differences, MakeBootstrap(seed));
  comparison.p_value = SignTest(comparison.better, comparison.worse);
  return comparison;
}

BaselineRun ChooseBaseline(std::span<const BaselineRun> runs, const ProgramRecords* except) {
  const auto rank = [](const BaselineRun& run) {
    return std::pair(run.curves->stopped == 0, run.curves->samples);
  };
  BaselineRun best;
  for (const BaselineRun& run : runs) {
    if (run.records == except || run.curves->samples < 2) continue;
    if (best.records == nullptr || rank(run) > rank(best)) best = run;
  }
  return best;
}

EqualCostBaseline CompareAtEqualCost(const ProgramRecords& program, const BaselineRun& baseline,
                                     uint64_t seed) {
  EqualCostBaseline result;
  if (baseline.records == nullptr) {
    result.note =
        Cat("no plain vote to compare with: run ",
            SuggestRun(static_cast<double>(std::max<int64_t>(8, SampleCount(program.program)))), " too");
    return result;
  }
  const auto pairs = PairByProblem(program, *baseline.records);
  if (pairs.empty()) {
    result.note = Cat("no problem in common with ", baseline.records->program);
    return result;
  }
  double tokens = 0;
  for (const auto& [mine, theirs] : pairs) tokens += DrawnTokens(*mine);
  tokens /= static_cast<double>(pairs.size());
  result.run = baseline.records->program;
  result.samples = baseline.curves->tokens_per_sample > 0 ? tokens / baseline.curves->tokens_per_sample : 1;
  result.note = Note(program, baseline, result.samples);
  const std::map<const MathRecord*, double> votes = VoteAt(baseline, result.samples);
  std::vector<double> differences;
  for (const auto& [mine, theirs] : pairs) {
    const double vote = votes.contains(theirs) ? votes.at(theirs) : 0;
    result.accuracy += vote / static_cast<double>(pairs.size());
    differences.push_back((mine->correct ? 1.0 : 0.0) - vote);
    result.difference += differences.back() / static_cast<double>(pairs.size());
  }
  result.interval = BootstrapMean(differences, MakeBootstrap(seed));
  return result;
}

}  // namespace espalier
