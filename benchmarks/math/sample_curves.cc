#include "benchmarks/math/sample_curves.h"

#include <algorithm>
#include <span>

#include "base/random.h"
#include "benchmarks/math/program_spec.h"
#include "benchmarks/math/resampling.h"
#include "benchmarks/math/sample_votes.h"

namespace espalier {
namespace {

constexpr int64_t kMostDraws = 64'000;  // of a sample into a subset, for each problem and k
constexpr int64_t kFewestSubsets = 64;
constexpr int64_t kMostSubsets = 1000;

std::vector<SampleVotes> ReadProblems(const ProgramRecords& program) {
  std::vector<SampleVotes> problems;
  for (const MathRecord* record : program.records) {
    if (record->gold.empty()) continue;
    problems.push_back(record->error.empty() ? ReadVotes(*record) : SampleVotes());
  }
  return problems;
}

// The number of samples that every problem has that could be run.
int64_t CommonSamples(const ProgramRecords& program, const std::vector<SampleVotes>& problems) {
  int64_t common = 0;
  size_t at = 0;
  for (const MathRecord* record : program.records) {
    if (record->gold.empty()) continue;
    const auto samples = static_cast<int64_t>(problems[at++].votes.size());
    if (!record->error.empty()) continue;
    if (samples == 0) return 0;
    common = common == 0 ? samples : std::min(common, samples);
  }
  return common;
}

ResamplingOptions MakeOptions(size_t samples, uint64_t key) {
  ResamplingOptions options;
  options.key = key;
  options.subsets = std::clamp(kMostDraws / static_cast<int64_t>(std::max<size_t>(samples, 1)),
                               kFewestSubsets, kMostSubsets);
  options.exact_up_to = options.subsets;
  return options;
}

double PlainMajority(const SampleVotes& problem, int64_t k, const ResamplingOptions& options) {
  std::vector<SampleVote> votes = problem.votes;
  for (SampleVote& vote : votes) vote.weight = 1;
  return MajorityAtK(votes, k, options);
}

// Adds a point at k, and its majorities by problem.
void AddPoint(const std::vector<SampleVotes>& problems, int64_t k, uint64_t seed, SampleCurves& curves) {
  AccuracyAtK& point = curves.points.emplace_back();
  std::vector<double>& majority = curves.majority.emplace_back();
  point.k = k;
  const bool is_scored = std::ranges::any_of(problems, &SampleVotes::is_scored);
  double weighted = 0, best = 0;
  for (size_t at = 0; at < problems.size(); ++at) {
    const SampleVotes& problem = problems[at];
    const auto samples = static_cast<int64_t>(problem.votes.size());
    majority.push_back(0);
    if (samples == 0) continue;
    const ResamplingOptions options = MakeOptions(problem.votes.size(), StableHash(at, seed));
    majority.back() = PlainMajority(problem, k, options);
    point.majority += majority.back();
    point.pass += PassAtK(samples, problem.right, k);
    if (!is_scored) continue;
    weighted += MajorityAtK(problem.votes, k, options);
    best += BestAtK(problem.votes, k);
  }
  const double count = static_cast<double>(problems.size());
  point.pass /= count;
  point.majority /= count;
  if (is_scored) point.weighted = weighted / count;
  if (is_scored) point.best = best / count;
}

}  // namespace

SampleCurves ComputeSampleCurves(const ProgramRecords& program, uint64_t seed) {
  SampleCurves curves;
  if (!DrawsIndependentSamples(program.program)) return curves;
  const std::vector<SampleVotes> problems = ReadProblems(program);
  curves.samples = CommonSamples(program, problems);
  if (curves.samples == 0) return curves;
  int64_t run = 0;
  for (const SampleVotes& problem : problems) {
    if (problem.votes.empty()) continue;
    ++run;
    curves.stopped += problem.stopped;
    curves.tokens_per_sample +=
        static_cast<double>(problem.tokens) / static_cast<double>(problem.votes.size());
  }
  curves.tokens_per_sample /= static_cast<double>(run);
  for (int64_t k = 1; k < curves.samples; k *= 2) AddPoint(problems, k, seed, curves);
  AddPoint(problems, curves.samples, seed, curves);
  return curves;
}

}  // namespace espalier
