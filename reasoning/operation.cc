#include "reasoning/operation.h"

#include "base/check.h"
#include "reasoning/query_core.h"

namespace espalier {

void Operation::await_suspend(std::coroutine_handle<> waiter) {
  ESPALIER_CHECK(branch_ != nullptr && branch_->core != nullptr, "the branch's query is over");
  waiter_ = waiter;
  Start();
}

}  // namespace espalier
