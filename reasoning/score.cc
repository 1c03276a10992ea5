#include "reasoning/score.h"

#include "base/cat.h"
#include "reasoning/query_core.h"

namespace espalier {
namespace {

// What a score adds to the branch's clock, whatever it costs.
constexpr int64_t kScoreClocks = 1;

}  // namespace

ScoreOperation::~ScoreOperation() {
  if (active_ && branch_->core != nullptr) branch_->core->CancelScore(*this);
}

void ScoreOperation::Start() { branch_->core->StartScore(*this); }

StepScores ScoreOperation::await_resume() {
  if (!scores_->ok()) {
    const absl::Status& status = scores_->status();
    throw ProgramError(
        absl::Status(status.code(), Cat("branch ", branch_->path.ToString(), ": ", ToStd(status.message()))));
  }
  return **std::move(scores_);
}

LogicalTime ScoreOperation::NextEvent() const {
  LogicalTime time;
  time.clock = start_clock_ + kScoreClocks;
  time.path = branch_->path;
  return time;
}

void ScoreOperation::Settle() { branch_->core->SettleScore(*this); }

}  // namespace espalier
