// What programs that judge whole samples share.
#ifndef ESPALIER_REASONING_PROGRAMS_SAMPLES_H_
#define ESPALIER_REASONING_PROGRAMS_SAMPLES_H_

#include <string>
#include <string_view>

#include "reasoning/program.h"
#include "reasoning/sampling.h"
#include "reward/ballot.h"
#include "reward/step_scores.h"

namespace espalier {

// A branch that was cut off abstains: its last number is not an answer.
inline bool IsWhole(EndReason end) { return end == EndReason::kEndOfTurn || end == EndReason::kStopText; }

// The least weight of a vote by score: where every score is 0, the majority decides.
inline constexpr double kLeastVoteWeight = 1e-3;

// The option `aggregate`: how step scores become the score of a sample.
inline Aggregation ReadAggregation(ProgramOptions& options) {
  const std::string name = options.Choice("aggregate", "min", {"min", "product", "mean", "last"},
                                          "of the scores of a sample's steps");
  if (name == "product") return Aggregation::kProduct;
  if (name == "mean") return Aggregation::kMean;
  return name == "last" ? Aggregation::kLast : Aggregation::kMin;
}

// The option `stop_rule`: whether the search ends as soon as its answer is certain.
inline StopRule ReadStopRule(ProgramOptions& options, std::string_view help) {
  const std::string rule = options.Choice("stop_rule", "decided", {"decided", "none"}, help);
  return rule == "none" ? StopRule::kNone : StopRule::kDecided;
}

}  // namespace espalier

#endif  // ESPALIER_REASONING_PROGRAMS_SAMPLES_H_
