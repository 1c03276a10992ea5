#include "reasoning/generate.h"

#include <utility>

#include "reasoning/query_core.h"

namespace espalier {

const char* EndReasonName(EndReason reason) {
  switch (reason) {
    case EndReason::kNotEnded:
      return "not_ended";
    case EndReason::kEndOfTurn:
      return "end";
    case EndReason::kStopText:
      return "stop_text";
    case EndReason::kMaxTokens:
      return "max_tokens";
    case EndReason::kContext:
      return "context";
    case EndReason::kStopped:
      return "stopped";
    case EndReason::kPruned:
      return "pruned";
    case EndReason::kFailed:
      return "failed";
  }
  return "unknown";
}

GenerateOperation::GenerateOperation(std::shared_ptr<BranchState> branch, Until until, Sampling sampling)
    : Operation(std::move(branch)), until_(std::move(until)), sampling_(sampling) {}

GenerateOperation::~GenerateOperation() {
  if (active_ && branch_->core != nullptr) branch_->core->CancelGenerate(*this);
}

void GenerateOperation::Start() { branch_->core->StartGenerate(*this); }

EndReason GenerateOperation::await_resume() {
  if (!error_.ok()) throw ProgramError(error_);
  return end_reason_;
}

LogicalTime GenerateOperation::NextEvent() const {
  LogicalTime time;
  time.clock = start_clock_ + drawn_ + (ended() ? 0 : 1);
  time.path = branch_->path;
  return time;
}

void GenerateOperation::Settle() { branch_->core->SettleGenerate(*this); }

}  // namespace espalier
