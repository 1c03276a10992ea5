// Structured concurrency: tasks that run together and end together.
//
// Children start in order and run until all have ended. An error in one cancels the others and is rethrown,
// once, by Join. A scope that is destroyed early (its coroutine was cancelled) destroys its children first.
#ifndef ESPALIER_REASONING_TASK_SCOPE_H_
#define ESPALIER_REASONING_TASK_SCOPE_H_

#include <coroutine>
#include <exception>
#include <memory>
#include <vector>

#include "reasoning/branch_path.h"
#include "reasoning/task.h"

namespace espalier {

class QueryCore;
class TaskScope;

// One task of a scope. `body` is what the program wrote; `driver` runs it and reports its end.
struct ScopedTask {
  TaskScope* scope = nullptr;
  BranchPath path;
  Task<> body;
  Task<> driver;
  bool ended = false;
  std::exception_ptr error;
};

class TaskScope {
 public:
  explicit TaskScope(QueryCore& core);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // Runs `body` to its first suspension. Does nothing once the scope is stopped.
  void Start(Task<> body, const BranchPath& path);

  // Destroys every child that has not ended, except `survivor`; no more children start.
  void CancelOthers(const ScopedTask* survivor);

  class JoinAwaiter {
   public:
    explicit JoinAwaiter(TaskScope& scope) : scope_(scope) {}
    JoinAwaiter(const JoinAwaiter&) = delete;
    ~JoinAwaiter();
    bool await_ready() const { return scope_.open_ == 0; }
    void await_suspend(std::coroutine_handle<> joiner) { scope_.joiner_ = joiner; }
    void await_resume() { scope_.RethrowFirstError(); }

   private:
    TaskScope& scope_;
  };
  JoinAwaiter Join() { return JoinAwaiter(*this); }

 private:
  static Task<> Drive(ScopedTask& task);
  void Ended(ScopedTask& task);
  void RethrowFirstError();

  QueryCore& core_;
  ScopedTask* enclosing_;  // the task whose coroutine holds this scope; null: the program itself
  std::vector<std::unique_ptr<ScopedTask>> tasks_;
  int open_ = 0;
  bool stopped_ = false;
  ScopedTask* failed_ = nullptr;
  std::coroutine_handle<> joiner_;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_TASK_SCOPE_H_
