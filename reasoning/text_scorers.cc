#include <cmath>

#include "reasoning/scorer.h"
#include "reward/arithmetic_checker.h"

namespace espalier {
namespace {

class TextScorer : public Scorer {
 public:
  Ticket Submit(const ScoreRequest& request, OnScored on_scored) override {
    on_scored(Score(request));
    return 0;
  }
  void Cancel(Ticket) override {}
  bool has_work() const override { return false; }
  absl::Status Step() override { return absl::OkStatus(); }

 private:
  virtual StepScores Score(const ScoreRequest& request) const = 0;
};

class Checker : public TextScorer {
  StepScores Score(const ScoreRequest& request) const override {
    StepScores scores;
    for (const std::string_view step : SplitSteps(request.text, request.step_delimiter)) {
      scores.steps.push_back(CheckerScore(CheckArithmetic(step)));
    }
    return scores;
  }
};

class Logprob : public TextScorer {
  StepScores Score(const ScoreRequest& request) const override {
    StepScores scores;
    if (!request.text.empty()) scores.steps.push_back(std::exp(request.mean_logprob));
    return scores;
  }
};

}  // namespace

std::shared_ptr<Scorer> MakeTextScorer(std::string_view name) {
  if (name == "checker") return std::make_shared<Checker>();
  if (name == "logprob") return std::make_shared<Logprob>();
  return nullptr;
}

}  // namespace espalier
