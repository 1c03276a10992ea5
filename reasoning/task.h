// Task<T>: a coroutine that starts when it is awaited and resumes its awaiter when it ends.
//
// A Task owns its frame: destroying it at a suspension point destroys every local of the coroutine and,
// through them, everything the coroutine was waiting for. That is how cancellation works: nothing needs to be
// told, the owner just lets go.
//
// Traps of the language (docs/programs.md): a lambda coroutine dies with its closure; never keep a Task made
// by a temporary lambda. Types that appear in a co_await expression are not aggregates (g++ 12).
#ifndef ESPALIER_REASONING_TASK_H_
#define ESPALIER_REASONING_TASK_H_

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "base/check.h"

namespace espalier {

// How an error travels through programs. Thrown by operations, carried by Tasks, turned into the query's
// status by the runtime.
class ProgramError : public std::exception {
 public:
  explicit ProgramError(absl::Status status) : status_(std::move(status)), text_(status_.ToString()) {}
  const absl::Status& status() const { return status_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  absl::Status status_;
  std::string text_;
};

template <typename T = void>
class Task;

namespace internal_task {

class PromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  struct FinalAwaiter {
    FinalAwaiter() {}
    bool await_ready() noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
      return ended.promise().continuation();
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return FinalAwaiter(); }

  void unhandled_exception() noexcept { exception_ = std::current_exception(); }
  void set_continuation(std::coroutine_handle<> continuation) { continuation_ = continuation; }
  std::coroutine_handle<> continuation() const { return continuation_; }

 protected:
  void RethrowIfFailed() {
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
  std::exception_ptr exception_;
};

template <typename T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object();
  template <typename U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T TakeResult() {
    RethrowIfFailed();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() {}
  void TakeResult() { RethrowIfFailed(); }
};

}  // namespace internal_task

template <typename T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal_task::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Handle old = std::exchange(handle_, std::exchange(other.handle_, nullptr));
    if (old) old.destroy();
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool valid() const { return handle_ != nullptr; }
  bool done() const { return handle_.done(); }

  // For owners outside a coroutine: runs to the first suspension.
  void Start() { handle_.resume(); }
  // After done(): the value, or throws what the coroutine threw.
  T TakeResult() { return handle_.promise().TakeResult(); }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
      handle_.promise().set_continuation(awaiting);
      return handle_;
    }
    T await_resume() { return handle_.promise().TakeResult(); }

   private:
    Handle handle_;
  };
  // The Task, a temporary or a local of the awaiter, outlives the await.
  Awaiter operator co_await() const {
    ESPALIER_CHECK(handle_ && !handle_.done(), "a task is awaited once");
    return Awaiter(handle_);
  }

 private:
  Handle handle_ = nullptr;
};

namespace internal_task {

template <typename T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace internal_task
}  // namespace espalier

#endif  // ESPALIER_REASONING_TASK_H_
