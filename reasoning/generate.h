// The awaitable behind Branch::Generate.
#ifndef ESPALIER_REASONING_GENERATE_H_
#define ESPALIER_REASONING_GENERATE_H_

#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/ids.h"
#include "engine/stop_matcher.h"
#include "reasoning/branch.h"
#include "reasoning/operation.h"
#include "reasoning/sampling.h"

namespace espalier {

class GenerateOperation : public Operation {
 public:
  GenerateOperation(std::shared_ptr<BranchState> branch, Until until, Sampling sampling);
  ~GenerateOperation();

  EndReason await_resume();  // throws ProgramError

 private:
  friend class QueryCore;

  void Start() override;
  LogicalTime NextEvent() const override;
  bool ended() const override { return end_reason_ != EndReason::kNotEnded; }
  void Settle() override;

  Until until_;
  Sampling sampling_;

  int64_t start_length_ = 0;  // the branch's tokens before
  int64_t limit_ = 0;         // most tokens to draw
  int64_t drawn_ = 0;
  std::vector<TokenStatistics> statistics_;  // of the drawn tokens

  // How it ended; the last of the drawn tokens are cut: [kept_, drawn_).
  EndReason end_reason_ = EndReason::kNotEnded;
  int64_t kept_ = 0;
  std::string kept_tail_;  // text of a token that the stop text cut in two
  absl::Status error_;
  // One for texts that are cut off, one for the step delimiter, which is kept. Null: not looked for.
  std::unique_ptr<StopSet> stop_set_, step_set_;
  std::unique_ptr<StopMatcher> stop_matcher_, step_matcher_;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_GENERATE_H_
