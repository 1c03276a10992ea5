// Matrix products on the shapes of the catalog's models, as shares of what the machine can do, both measured
// here with as many threads: int8_peak is multiply-accumulates at the rate of maddubs and a 16-bit addition,
// the densest AVX2 sequence (8-bit weights need two of them); read_peak is bytes of weights from memory.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "benchmark/benchmark.h"
#include "kernels/aligned_buffer.h"
#include "kernels/cpu/cpu_features.h"
#include "kernels/matmul.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace espalier {
namespace {

ThreadPool& Pool() {
  static ThreadPool pool(ThreadPool::DefaultThreads());
  return pool;
}

// The shortest of some runs: peaks are what the machine can do when nothing else disturbs it.
template <typename Function>
double ShortestSeconds(Function run) {
  double shortest = 1e9;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    shortest = std::min(shortest, elapsed.count());
  }
  return shortest;
}

#if defined(__x86_64__)
ESPALIER_AVX2 void MultiplyAccumulate(int64_t rounds) {
  constexpr int kChains = 8;
  __m256i sums[kChains] = {};
  __m256i codes = _mm256_set1_epi8(3);
  const __m256i quants = _mm256_set1_epi8(5);
  for (int64_t i = 0; i < rounds; ++i) {
    for (__m256i& sum : sums) {
      __m256i products = _mm256_maddubs_epi16(codes, quants);
      asm("" : "+x"(products), "+x"(codes));  // hides that all products are equal
      sum = _mm256_add_epi16(sum, products);
    }
  }
  for (__m256i& sum : sums) asm volatile("" : : "x"(sum));
}
#endif

// Multiply-accumulates a second; 0 where the densest sequence is not known.
double Int8Peak() {
#if defined(__x86_64__)
  if (DetectedCpuLevel() >= CpuLevel::kAvx2) {
    constexpr int64_t kRounds = 200000;
    const int threads = Pool().threads();
    const double seconds = ShortestSeconds(
        [&] { Pool().ParallelFor(threads, [](int64_t, int) { MultiplyAccumulate(kRounds); }); });
    return static_cast<double>(kRounds) * 8 * 32 * threads / seconds;
  }
#endif
  return 0;
}

// Bytes a second from memory: sums a buffer larger than the caches.
double ReadPeak() {
  constexpr int64_t kWords = int64_t{32} << 20;
  AlignedBuffer<uint64_t> buffer(kWords);
  std::fill(buffer.data(), buffer.data() + kWords, 1);
  const int64_t tasks = 8 * Pool().threads();
  const double seconds = ShortestSeconds([&] {
    Pool().ParallelFor(tasks, [&](int64_t task, int) {
      const uint64_t* part = buffer.data() + task * (kWords / tasks);
      uint64_t sums[8] = {};
      for (int64_t i = 0; i + 8 <= kWords / tasks; i += 8) {
        for (int j = 0; j < 8; ++j) sums[j] += part[i + j];
      }
      benchmark::DoNotOptimize(sums);
    });
  });
  return static_cast<double>(kWords * 8) / seconds;
}

struct Product {
  TensorType type;
  int64_t rows, columns;
};

// Speed depends on no value but NaN: all halves of these bytes are 0x2424, about 0.016.
WeightMatrix SomeWeights(const Product& product) {
  const std::vector<std::byte> bytes(
      static_cast<size_t>(product.rows * RowBytes(product.type, product.columns)), std::byte{0x24});
  return WeightMatrix::Pack(product.type, bytes.data(), product.rows, product.columns, Pool());
}

void BenchmarkMatMul(benchmark::State& state, Product product, int64_t count) {
  static const double int8_peak = Int8Peak(), read_peak = ReadPeak();
  // Copies beyond the caches, in turn: a model's weights are out of the cache when a step comes back to them.
  std::vector<WeightMatrix> copies;
  constexpr int64_t kBeyondCaches = int64_t{128} << 20;
  do {
    copies.push_back(SomeWeights(product));
  } while (static_cast<int64_t>(copies.size()) * copies[0].packed_bytes() < kBeyondCaches);
  const std::vector<float> input(static_cast<size_t>(count * product.columns), 0.5f);
  std::vector<float> output(static_cast<size_t>(count * product.rows));
  ActivationMatrix activations;
  size_t next = 0;
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    activations.Assign(input.data(), count, product.columns, Pool());
    MatMul({.weights = &copies[next], .output = output.data(), .stride = product.rows}, activations, Pool());
    next = (next + 1) % copies.size();
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const double per_second = static_cast<double>(state.iterations()) / elapsed.count();
  const double work = per_second * static_cast<double>(count * product.rows * product.columns);
  state.counters["GMAC/s"] = work / 1e9;
  if (int8_peak > 0) state.counters["int8_peak_%"] = 100 * work / int8_peak;
  state.counters["read_peak_%"] =
      100 * per_second * static_cast<double>(copies[0].packed_bytes()) / read_peak;
}

bool RegisterAll() {
  // Attention, feed-forward and output products of SmolLM2-135M, then of Qwen2.5-Coder-0.5B.
  const Product products[] = {
      {TensorType::kQ4_1, 576, 576},  {TensorType::kQ4_1, 1536, 576},   {TensorType::kQ8_0, 49152, 576},
      {TensorType::kQ5_0, 896, 896},  {TensorType::kQ5_0, 4864, 896},   {TensorType::kQ4_K, 896, 4864},
      {TensorType::kQ6_K, 896, 4864}, {TensorType::kQ8_0, 151936, 896},
  };
  for (const Product& product : products) {
    for (int64_t count : {1, 8, 32, 128, 512}) {
      if (count > 128 && product.rows > 10000) continue;  // outputs of one row a branch
      const std::string name = "MatMul/" + GetTensorTypeInfo(product.type).name + "/" +
                               std::to_string(product.rows) + "x" + std::to_string(product.columns) + "/" +
                               std::to_string(count);
      benchmark::RegisterBenchmark(name.c_str(), BenchmarkMatMul, product, count)->UseRealTime();
    }
  }
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();

}  // namespace
}  // namespace espalier
