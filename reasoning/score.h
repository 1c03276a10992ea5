// The awaitable behind Branch::Score.
#ifndef ESPALIER_REASONING_SCORE_H_
#define ESPALIER_REASONING_SCORE_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "reasoning/operation.h"
#include "reasoning/scorer.h"

namespace espalier {

class ScoreOperation : public Operation {
 public:
  explicit ScoreOperation(std::shared_ptr<BranchState> branch) : Operation(std::move(branch)) {}
  ~ScoreOperation();

  StepScores await_resume();  // throws ProgramError

 private:
  friend class QueryCore;

  void Start() override;
  LogicalTime NextEvent() const override;
  bool ended() const override { return scores_.has_value(); }
  void Settle() override;

  std::optional<absl::StatusOr<StepScores>> scores_;
  Scorer::Ticket ticket_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_SCORE_H_
