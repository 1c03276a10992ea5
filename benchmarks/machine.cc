#include "benchmarks/machine.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/cat.h"
#include "base/clock.h"
#include "base/thread_pool.h"
#include "kernels/aligned_buffer.h"

namespace espalier {
namespace {

constexpr int64_t kWords = int64_t{32} << 20;
constexpr int kPasses = 8;

// In several chains, which the compiler may make vectors of.
uint64_t Sum(const uint64_t* words, int64_t count) {
  uint64_t sums[32] = {};
  for (int64_t i = 0; i + 32 <= count; i += 32) {
    for (int j = 0; j < 32; ++j) sums[j] += words[i + j];
  }
  uint64_t sum = 0;
  for (const uint64_t part : sums) sum += part;
  return sum;
}

}  // namespace

double MeasureReadBandwidth(int threads) {
  ThreadPool pool(threads == 0 ? ThreadPool::DefaultThreads() : threads);
  AlignedBuffer<uint64_t> buffer(kWords);
  const int64_t tasks = 16 * pool.threads();
  const int64_t part = kWords / tasks;
  pool.ParallelFor(tasks, [&](int64_t task, int) { std::fill_n(buffer.data() + task * part, part, 1); });
  const MonotonicClock clock;
  double shortest = 1e9;
  for (int pass = 0; pass < kPasses; ++pass) {
    const double started = clock.Seconds();
    pool.ParallelFor(tasks, [&](int64_t task, int) {
      volatile uint64_t sum = Sum(buffer.data() + task * part, part);
      static_cast<void>(sum);
    });
    shortest = std::min(shortest, clock.Seconds() - started);
  }
  return static_cast<double>(tasks * part * 8) / shortest;
}

int64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t pages = 0, resident = 0;
  if (!(file >> pages >> resident)) return 0;
  return resident * sysconf(_SC_PAGESIZE);
}

std::string DescribeMachine(int threads) {
  std::string processor = "unknown processor";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (!line.starts_with("model name") || colon == std::string::npos) continue;
    processor = line.substr(colon + 2);
    break;
  }
  const int used = threads == 0 ? ThreadPool::DefaultThreads() : threads;
  return Cat(processor, ", ", used, used == 1 ? " thread" : " threads");
}

}  // namespace espalier
