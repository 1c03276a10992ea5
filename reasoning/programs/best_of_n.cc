// Best of n: sample several chains of thought, the best-scored one's answer wins (Cobbe et al., "Training
// Verifiers to Solve Math Word Problems", 2021). Of equal scores the earliest wins, so a perfect one ends the
// search.
#include <utility>

#include "reasoning/generate.h"
#include "reasoning/program.h"
#include "reasoning/programs/programs.h"
#include "reasoning/programs/samples.h"
#include "reasoning/score.h"

namespace espalier {
namespace {

struct BestOfNOptions {
  int64_t samples = 8;
  Aggregation aggregation = Aggregation::kMin;
  StopRule stop_rule = StopRule::kDecided;

  BestOfNOptions() {}
};

Task<Answer> BestOfN(Query& query, BestOfNOptions options) {
  Answer best("", "all_scored", -1);  // certainty: the best score
  Branch root = query.Prompt();
  co_await query.ForEach(root.Fork(options.samples), [&](Branch branch) -> Task<> {
    const EndReason end = co_await branch.Generate(Until::kAnswer);
    if (!IsWhole(end)) co_return;
    const StepScores scores = co_await branch.Score();
    const double score = Aggregate(scores.steps, options.aggregation);
    if (score > best.certainty) {
      best.text = branch.ExtractAnswer();
      best.certainty = score;
    }
    if (options.stop_rule == StopRule::kDecided && score == 1) {
      best.stop_reason = "perfect_score";
      query.StopSiblings("perfect_score");
    }
  });
  if (best.certainty < 0) best.certainty = 0;
  co_return best;
}

}  // namespace

void RegisterBestOfN(ProgramRegistry& registry) {
  ProgramDescription description("bon", "best of n samples by the scorer, ended by a perfect score");
  registry.Register(std::move(description), [](ProgramOptions& given) -> ProgramBody {
    BestOfNOptions options;
    options.samples = given.Integer("n", options.samples, 1, 4096, "samples");
    options.aggregation = ReadAggregation(given);
    options.stop_rule = ReadStopRule(given, "whether a perfect score ends the search");
    return [options](Query& query) { return BestOfN(query, options); };
  });
}

}  // namespace espalier
