// How good the steps of a solution are, and one number for the whole.
#ifndef ESPALIER_REWARD_STEP_SCORES_H_
#define ESPALIER_REWARD_STEP_SCORES_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace espalier {

// How the scores of steps become the score of the solution.
enum class Aggregation {
  kMin,      // the weakest step (Lightman et al., "Let's Verify Step by Step", 2023)
  kProduct,  // all steps right, were they independent
  kMean,
  kLast,  // the last step's: for scorers that judge "right so far"
};

struct StepScores {
  std::vector<double> steps;  // each in [0, 1], in the order of the text
  int64_t tokens = 0;         // that a scoring model read; 0 for a scorer without a model

  StepScores() {}  // not an aggregate: see "coroutine traps" in docs/programs.md
};

// In [0, 1]; 0 for a text without steps.
double Aggregate(std::span<const double> steps, Aggregation aggregation);

// The stretches of `text` between delimiters, as they stand in it, without delimiters; blank ones are left
// out. An empty delimiter: the whole text is one step.
std::vector<std::string_view> SplitSteps(std::string_view text, std::string_view delimiter);

}  // namespace espalier

#endif  // ESPALIER_REWARD_STEP_SCORES_H_
