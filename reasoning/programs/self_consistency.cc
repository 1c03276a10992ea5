// Self-consistency: sample several chains of thought, the majority's answer wins (Wang et al., 2022). The
// vote ends as soon as the open branches cannot change the winner, which changes no answer.
#include <utility>

#include "reasoning/generate.h"
#include "reasoning/program.h"
#include "reasoning/programs/programs.h"
#include "reward/ballot.h"

namespace espalier {
namespace {

struct SelfConsistencyOptions {
  int64_t samples = 8;
  StopRule stop_rule = StopRule::kDecided;

  SelfConsistencyOptions() {}
};

// A branch that was cut off abstains: its last number is not an answer.
bool IsWhole(EndReason end) { return end == EndReason::kEndOfTurn || end == EndReason::kStopText; }

Task<Answer> SelfConsistency(Query& query, SelfConsistencyOptions options) {
  BallotOptions rules;
  rules.voters = options.samples;
  rules.stop_rule = options.stop_rule;
  Ballot ballot(rules);
  Branch root = query.Prompt();
  co_await query.ForEach(root.Fork(options.samples), [&](Branch branch) -> Task<> {
    const EndReason end = co_await branch.Generate(Until::kAnswer);
    ballot.Cast(IsWhole(end) ? branch.ExtractAnswer() : "");
    if (ballot.ShouldStop()) query.StopSiblings("decided_vote");
  });
  co_return Answer(ballot.Winner(), ballot.open() > 0 ? "decided_vote" : "all_voted", ballot.Certainty());
}

}  // namespace

void RegisterSelfConsistency(ProgramRegistry& registry) {
  ProgramDescription description("sc", "self-consistency: the majority of n samples, ended when decided");
  registry.Register(std::move(description), [](ProgramOptions& given) -> ProgramBody {
    SelfConsistencyOptions options;
    options.samples = given.Integer("n", options.samples, 1, 4096, "samples");
    const std::string rule = given.Choice("stop_rule", "decided", {"decided", "none"}, "when the vote ends");
    options.stop_rule = rule == "none" ? StopRule::kNone : StopRule::kDecided;
    return [options](Query& query) { return SelfConsistency(query, options); };
  });
}

}  // namespace espalier
