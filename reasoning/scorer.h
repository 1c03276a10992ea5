// What judges the steps of a branch: a reward model, a checker, the model's own log-probabilities.
#ifndef ESPALIER_REASONING_SCORER_H_
#define ESPALIER_REASONING_SCORER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/engine.h"
#include "reward/step_scores.h"

namespace espalier {

struct ScoreRequest {
  std::string problem;
  std::string text;  // what the branch says after the prompt
  std::string step_delimiter;
  double mean_logprob = 0;  // of the generated tokens

  ScoreRequest() {}
};

// One thread only. The scores of a text are a function of the request alone: never of what else is scored.
class Scorer {
 public:
  using Ticket = int64_t;
  using OnScored = std::function<void(absl::StatusOr<StepScores>)>;

  virtual ~Scorer() = default;

  // Calls `on_scored` once, from here or from a later Step, unless the ticket is cancelled before. It takes
  // the scores and does not call the scorer.
  virtual Ticket Submit(const ScoreRequest& request, OnScored on_scored) = 0;
  virtual void Cancel(Ticket ticket) = 0;

  virtual bool has_work() const = 0;
  // The model that judges, null for a scorer without one.
  virtual const ModelInfo* model() const { return nullptr; }

  // Works on what was submitted. An error: the scorer is lost, and every open ticket has been told.
  virtual absl::Status Step() = 0;
};

// Scorers that need no model:
//   checker   the arithmetic of each step (reward/arithmetic_checker.h)
//   logprob   one number for the text: the geometric mean of its tokens' probabilities
// Null for any other name.
std::shared_ptr<Scorer> MakeTextScorer(std::string_view name);

// Their names.
inline constexpr std::string_view kTextScorers[] = {"checker", "logprob"};

}  // namespace espalier

#endif  // ESPALIER_REASONING_SCORER_H_
