#include "reasoning/task_scope.h"

#include <utility>

#include "base/cat.h"
#include "reasoning/query_core.h"

namespace espalier {

TaskScope::TaskScope(QueryCore& core) : core_(core), enclosing_(core.current_task()) {}

TaskScope::~TaskScope() { CancelOthers(nullptr); }

TaskScope::JoinAwaiter::~JoinAwaiter() {
  if (scope_.joiner_) scope_.core_.CancelResume(std::exchange(scope_.joiner_, nullptr));
}

void TaskScope::Start(Task<> body, const BranchPath& path) {
  if (stopped_) return;
  ScopedTask& task = *tasks_.emplace_back(std::make_unique<ScopedTask>());
  task.scope = this;
  task.path = path;
  task.body = std::move(body);
  task.driver = Drive(task);
  ++open_;
  const QueryCore::CurrentTask current(core_, &task);
  task.driver.Start();
}

Task<> TaskScope::Drive(ScopedTask& task) {
  try {
    co_await task.body;
  } catch (const ProgramError&) {
    task.error = std::current_exception();
  } catch (const std::exception& error) {
    task.error = std::make_exception_ptr(
        ProgramError(absl::InternalError(Cat("branch ", task.path.ToString(), ": ", error.what()))));
  } catch (...) {
    task.error = std::make_exception_ptr(
        ProgramError(absl::InternalError(Cat("branch ", task.path.ToString(), ": unknown exception"))));
  }
  task.scope->Ended(task);
}

void TaskScope::Ended(ScopedTask& task) {
  task.ended = true;
  --open_;
  if (task.error && failed_ == nullptr) {
    failed_ = &task;
    CancelOthers(&task);
  }
  if (open_ == 0 && joiner_) core_.ResumeSoon(joiner_, enclosing_);
}

void TaskScope::CancelOthers(const ScopedTask* survivor) {
  stopped_ = true;
  for (const auto& task : tasks_) {
    if (task->ended || task.get() == survivor) continue;
    task->ended = true;
    --open_;
    task->driver = Task<>();
    task->body = Task<>();
  }
}

void TaskScope::RethrowFirstError() {
  if (failed_ != nullptr) std::rethrow_exception(failed_->error);
}

}  // namespace espalier
