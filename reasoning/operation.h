// What a program awaits on a branch: to generate, to have it scored.
#ifndef ESPALIER_REASONING_OPERATION_H_
#define ESPALIER_REASONING_OPERATION_H_

#include <coroutine>
#include <cstdint>
#include <memory>
#include <utility>

#include "reasoning/branch_path.h"
#include "reasoning/task_scope.h"

namespace espalier {

struct BranchState;

// Lives in the frame of the coroutine that awaits it; destroying that frame cancels it.
//
// Physical progress runs ahead of logical time: the program hears of the end when logical time has come
// there.
class Operation {
 public:
  explicit Operation(std::shared_ptr<BranchState> branch) : branch_(std::move(branch)) {}
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter);

 protected:
  friend class QueryCore;
  ~Operation() = default;

  // Begins the work.
  virtual void Start() = 0;
  // The first logical time at which an event of this operation can still happen; of its end, once ended().
  virtual LogicalTime NextEvent() const = 0;
  // Physically: what it gives is known.
  virtual bool ended() const = 0;
  // Logical time has come to its end: what it did becomes the branch's.
  virtual void Settle() = 0;

  std::shared_ptr<BranchState> branch_;
  std::coroutine_handle<> waiter_;
  ScopedTask* task_ = nullptr;  // whose coroutine waits
  bool active_ = false;         // registered with the query
  int64_t start_clock_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_OPERATION_H_
