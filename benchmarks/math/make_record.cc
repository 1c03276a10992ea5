#include "benchmarks/math/make_record.h"

#include <algorithm>

#include "base/cat.h"
#include "benchmarks/math/flops.h"
#include "benchmarks/program_summary.h"
#include "reasoning/programs/samples.h"
#include "reward/answer.h"

namespace espalier {
namespace {

Aggregation AggregationOf(const Program& program) {
  ProgramOptions options(program.options);
  return ReadAggregation(options);
}

// Records are in order of path, so a branch's children follow it.
bool IsLeaf(const std::vector<BranchRecord>& branches, size_t index) {
  if (index + 1 == branches.size()) return true;
  return !branches[index + 1].path.ToString().starts_with(branches[index].path.ToString() + ".");
}

MathSample MakeSample(const BranchRecord& branch, const std::string& gold, Aggregation aggregation) {
  MathSample sample;
  sample.path = branch.path.ToString();
  sample.answer = branch.answer;
  sample.end = branch.end;
  sample.tokens = branch.start + branch.tokens;
  sample.score = Aggregate(branch.step_scores, aggregation);
  sample.mean_logprob = branch.mean_logprob;
  sample.correct = !gold.empty() && AnswersEqual(branch.answer, gold);
  sample.text = branch.inherited + branch.text;
  return sample;
}

MathCost MakeCost(const QueryResult& result, const RecordContext& context) {
  MathCost cost;
  cost.tokens = result.tokens;
  cost.computed_tokens = result.usage.computed_tokens;
  cost.cached_tokens = result.usage.cached_tokens;
  cost.logical_pages = result.usage.logical_pages;
  cost.allocated_pages = result.usage.allocated_pages;
  cost.shared_pages = result.shared_pages();
  cost.preemptions = result.usage.preemptions;
  cost.flops = GenerationFlops(context.model, result);
  if (context.scorer_model != nullptr) cost.scorer_flops = ScorerFlops(*context.scorer_model, result);
  cost.seconds = result.seconds;
  cost.first_token_seconds = result.first_token_seconds;
  return cost;
}

}  // namespace

MathRecord MakeMathRecord(const SolvedProblem& solved, const RecordContext& context) {
  const Problem& problem = *solved.problem;
  const QueryResult& result = solved.result;
  MathRecord record;
  record.problem = problem.id;
  record.program = solved.program;
  record.level = problem.level;
  record.subject = problem.subject;
  record.gold = problem.gold;
  record.answer = result.answer.text;
  record.correct = solved.correct;
  record.stop_reason = StopReason(solved);
  if (!result.status.ok()) record.error = std::string(ToStd(result.status.message()));
  record.certainty = result.answer.certainty;
  record.cost = MakeCost(result, context);
  const Aggregation aggregation = AggregationOf(context.program);
  for (size_t i = 0; i < result.branches.size(); ++i) {
    if (!IsLeaf(result.branches, i)) continue;
    record.samples.push_back(MakeSample(result.branches[i], problem.gold, aggregation));
  }
  return record;
}

}  // namespace espalier
