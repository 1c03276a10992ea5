#include "reasoning/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace espalier {
namespace {

// Something to wait for, released by the test.
struct Gate {
  Gate() {}
  std::coroutine_handle<> waiter;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  void await_resume() {}
};

struct OnDestroy {
  explicit OnDestroy(int* count) : count(count) {}
  OnDestroy(const OnDestroy&) = delete;
  ~OnDestroy() { ++*count; }
  int* count;
};

Task<int> Seven() { co_return 7; }
Task<std::unique_ptr<int>> MoveOnly() { co_return std::make_unique<int>(5); }

Task<int> Sum() {
  const int a = co_await Seven();
  const std::unique_ptr<int> b = co_await MoveOnly();
  co_return a + *b;
}

TEST(TaskTest, ValuesTravelUp) {
  Task<int> task = Sum();
  EXPECT_FALSE(task.done()) << "a task starts when it is started";
  task.Start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.TakeResult(), 12);
}

Task<int> Throws() {
  throw std::runtime_error("inner");
  co_return 0;
}

Task<std::string> Catches() {
  try {
    co_await Throws();
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
  co_return "nothing";
}

TEST(TaskTest, ExceptionsTravelUpOnce) {
  Task<std::string> task = Catches();
  task.Start();
  EXPECT_EQ(task.TakeResult(), "inner");
  Task<int> thrown = Throws();
  thrown.Start();
  EXPECT_THROW(thrown.TakeResult(), std::runtime_error);
}

Task<> Waits(Gate& gate, int* destroyed) {
  const OnDestroy local(destroyed);
  co_await gate;
}

Task<> WaitsDeeper(Gate& gate, int* destroyed) {
  const OnDestroy local(destroyed);
  co_await Waits(gate, destroyed);
}

TEST(TaskTest, DestroyingASuspendedTaskDestroysItsWholeStack) {
  Gate gate;
  int destroyed = 0;
  {
    Task<> task = WaitsDeeper(gate, &destroyed);
    task.Start();
    EXPECT_FALSE(task.done());
    EXPECT_EQ(destroyed, 0);
  }
  EXPECT_EQ(destroyed, 2);
}

TEST(TaskTest, ResumesThroughTheWholeStack) {
  Gate gate;
  int destroyed = 0;
  Task<> task = WaitsDeeper(gate, &destroyed);
  task.Start();
  gate.waiter.resume();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(destroyed, 2);
}

TEST(TaskTest, MoveAssignmentDestroysTheOldTask) {
  Gate gate;
  int destroyed = 0;
  Task<> task = Waits(gate, &destroyed);
  task.Start();
  task = Task<>();
  EXPECT_EQ(destroyed, 1);
  EXPECT_FALSE(task.valid());
}

// Symmetric transfer: a long chain of awaits must not grow the stack.
Task<int> Chain(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await Chain(depth - 1);
}

Task<int64_t> Loop(int rounds) {
  int64_t sum = 0;
  for (int i = 0; i < rounds; ++i) sum += co_await Seven();
  co_return sum;
}

TEST(TaskTest, ManyAwaits) {
  Task<int> chain = Chain(1000);
  chain.Start();
  EXPECT_EQ(chain.TakeResult(), 1000);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const int rounds = 1'000'000;  // without optimisation the compiler keeps the frames of a transfer
#else
  const int rounds = 1'000;
#endif
  Task<int64_t> loop = Loop(rounds);
  loop.Start();
  EXPECT_EQ(loop.TakeResult(), 7 * int64_t{rounds});
}

}  // namespace
}  // namespace espalier
