#include "base/thread_pool.h"

#include <chrono>
#include <memory>

#include "gtest/gtest.h"

namespace espalier {
namespace {

TEST(ThreadPool, RunsEveryTaskOnceOnAThreadOfThePool) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.threads(), threads);
    for (const int64_t tasks : {0, 1, 2, 7, 1000}) {
      std::vector<int> runs(tasks, 0);  // unguarded on purpose: each slot is one task's own
      pool.ParallelFor(tasks, [&](int64_t task, int thread) {
        ASSERT_GE(thread, 0);
        ASSERT_LT(thread, threads);
        ++runs[task];
      });
      ASSERT_EQ(runs, std::vector<int>(tasks, 1)) << threads << " threads";
    }
  }
}

TEST(ThreadPool, OneThreadRunsInlineInOrder) {
  ThreadPool pool(1);
  std::vector<int64_t> order;
  pool.ParallelFor(5, [&](int64_t task, int) { order.push_back(task); });
  EXPECT_EQ(order, (std::vector<int64_t>{0, 1, 2, 3, 4}));
}

// Each job reads what the job before wrote: a missing happens-before edge shows under ThreadSanitizer, a
// lost task or a late worker in the sums.
TEST(ThreadPool, JobsBackToBackSeeEachOthersWrites) {
  constexpr int kJobs = 3000;
  ThreadPool pool(4);
  std::vector<int64_t> cells(16, 0);
  for (int job = 0; job < kJobs; ++job) {
    const size_t shift = job % cells.size();
    pool.ParallelFor(static_cast<int64_t>(cells.size()),
                     [&](int64_t task, int) { ++cells[(static_cast<size_t>(task) + shift) % cells.size()]; });
  }
  EXPECT_EQ(cells, std::vector<int64_t>(cells.size(), kJobs));
}

TEST(ThreadPool, WakesWorkersThatFellAsleep) {
  ThreadPool pool(3);
  for (int job = 0; job < 20; ++job) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int64_t> sum{0};
    pool.ParallelFor(100, [&](int64_t task, int) { sum += task; });
    ASSERT_EQ(sum, 4950);
  }
}

TEST(ThreadPool, StartsAndStopsWithoutWork) {
  for (int i = 0; i < 50; ++i) ThreadPool pool(4);
}

TEST(ThreadPool, StopsRightAfterWork) {
  for (int i = 0; i < 50; ++i) {
    auto pool = std::make_unique<ThreadPool>(3);
    std::atomic<int> runs{0};
    pool->ParallelFor(10, [&](int64_t, int) { ++runs; });
    pool.reset();
    ASSERT_EQ(runs, 10);
  }
}

TEST(ThreadPool, PoolsOfTwoCallersDoNotMeet) {
  const auto work = [](int64_t& total) {
    ThreadPool pool(2);
    for (int job = 0; job < 300; ++job) {
      std::atomic<int64_t> sum{0};
      pool.ParallelFor(10, [&](int64_t task, int) { sum += task; });
      total += sum;
    }
  };
  int64_t a = 0;
  int64_t b = 0;
  std::thread other(work, std::ref(a));
  work(b);
  other.join();
  EXPECT_EQ(a, 300 * 45);
  EXPECT_EQ(b, 300 * 45);
}

TEST(ThreadPool, DefaultIsAtLeastOne) { EXPECT_GE(ThreadPool::DefaultThreads(), 1); }

TEST(ThreadPoolDeathTest, RefusesAnEmptyPool) { EXPECT_DEATH(ThreadPool(0), "threads >= 1"); }

}  // namespace
}  // namespace espalier
