// Own thread pool: OpenMP's spinning collapses on a busy machine. Workers spin briefly, then sleep.
#ifndef ESPALIER_BASE_THREAD_POOL_H_
#define ESPALIER_BASE_THREAD_POOL_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace espalier {

// `threads` counts the caller: a pool of 1 starts no thread and runs everything inline.
// One caller at a time; tasks must not call back into the pool.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(i, thread) once for each i in [0, tasks), thread in [0, threads()); returns when all are
  // done. Which thread runs which i is not fixed: results must not depend on it.
  void ParallelFor(int64_t tasks, absl::FunctionRef<void(int64_t task, int thread)> task);

  // Physical choice when the user names none: the processors this process may run on.
  static int DefaultThreads();

 private:
  void WorkerLoop(int thread);
  void RunTasks(int thread);

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> generation_{0};  // bumped once per ParallelFor
  std::atomic<bool> stop_{false};
  std::atomic<int> sleepers_{0};
  // The current job. Written before generation_ is bumped, read after.
  const absl::FunctionRef<void(int64_t, int)>* task_ = nullptr;
  int64_t tasks_ = 0;
  std::atomic<int64_t> next_{0};
  std::atomic<int> running_{0};  // workers that have not yet left the current job
};

}  // namespace espalier

#endif  // ESPALIER_BASE_THREAD_POOL_H_
