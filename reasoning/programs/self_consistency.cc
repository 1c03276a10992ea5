// Self-consistency: sample several chains of thought, the majority's answer wins (Wang et al., 2022), or the
// answer whose samples have the greatest sum of scores (weighted vote; Li et al., "Making Language Models
// Better Reasoners with Step-Aware Verifier", 2023). The vote ends as soon as the open branches cannot change
// the winner, which changes no answer.
#include <algorithm>
#include <utility>

#include "reasoning/generate.h"
#include "reasoning/program.h"
#include "reasoning/programs/programs.h"
#include "reasoning/programs/samples.h"
#include "reasoning/score.h"
#include "reward/ballot.h"

namespace espalier {
namespace {

struct SelfConsistencyOptions {
  int64_t samples = 8;
  StopRule stop_rule = StopRule::kDecided;
  bool weighted = false;
  Aggregation aggregation = Aggregation::kMin;

  SelfConsistencyOptions() {}
};

Task<Answer> SelfConsistency(Query& query, SelfConsistencyOptions options) {
  BallotOptions rules;
  rules.voters = options.samples;
  rules.stop_rule = options.stop_rule;
  Ballot ballot(rules);
  Branch root = query.Prompt();
  co_await query.ForEach(root.Fork(options.samples), [&](Branch branch) -> Task<> {
    const EndReason end = co_await branch.Generate(Until::kAnswer);
    double weight = 1;
    if (options.weighted && IsWhole(end)) {
      const StepScores scores = co_await branch.Score();
      weight = std::max(Aggregate(scores.steps, options.aggregation), kLeastVoteWeight);
    }
    ballot.Cast(IsWhole(end) ? branch.ExtractAnswer() : "", weight);
    if (ballot.ShouldStop()) query.StopSiblings("decided_vote");
  });
  co_return Answer(ballot.Winner(), ballot.open() > 0 ? "decided_vote" : "all_voted", ballot.Certainty());
}

}  // namespace

void RegisterSelfConsistency(ProgramRegistry& registry) {
  ProgramDescription description("sc", "self-consistency: a vote of n samples, ended when decided");
  registry.Register(std::move(description), [](ProgramOptions& given) -> ProgramBody {
    SelfConsistencyOptions options;
    options.samples = given.Integer("n", options.samples, 1, 4096, "samples");
    options.weighted =
        given.Choice("vote", "majority", {"majority", "weighted"}, "weighted: by the scorer") == "weighted";
    options.aggregation = ReadAggregation(given);
    options.stop_rule = ReadStopRule(given, "when the vote ends");
    return [options](Query& query) { return SelfConsistency(query, options); };
  });
}

}  // namespace espalier
