// Matrix products on the shapes of the catalog's models, as shares of what the machine can do, both measured
// here with as many threads: int8_peak is multiply-accumulates at the rate of the CPU level's densest
// sequence (AVX2: maddubs and a 16-bit addition, of which 8-bit weights need two; VNNI: one dpbusd);
// read_peak is bytes of weights from memory.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "benchmark/benchmark.h"
#include "kernels/aligned_buffer.h"
#include "kernels/cpu/cpu_features.h"
#include "kernels/matmul.h"

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
// Eight independent multiply-accumulates of a vector, `rounds` times: sums in registers 8 to 15. Written out,
// because a compiler finds that all the products are equal.
ESPALIER_AVX2 void MultiplyAccumulateAvx2(int64_t rounds) {
  for (int64_t i = 0; i < rounds; ++i) {
    asm volatile(
        "vpmaddubsw %%ymm0, %%ymm1, %%ymm2\n vpmaddubsw %%ymm0, %%ymm1, %%ymm3\n"
        "vpmaddubsw %%ymm0, %%ymm1, %%ymm4\n vpmaddubsw %%ymm0, %%ymm1, %%ymm5\n"
        "vpaddw %%ymm2, %%ymm8, %%ymm8\n vpaddw %%ymm3, %%ymm9, %%ymm9\n"
        "vpaddw %%ymm4, %%ymm10, %%ymm10\n vpaddw %%ymm5, %%ymm11, %%ymm11\n"
        "vpmaddubsw %%ymm0, %%ymm1, %%ymm2\n vpmaddubsw %%ymm0, %%ymm1, %%ymm3\n"
        "vpmaddubsw %%ymm0, %%ymm1, %%ymm4\n vpmaddubsw %%ymm0, %%ymm1, %%ymm5\n"
        "vpaddw %%ymm2, %%ymm12, %%ymm12\n vpaddw %%ymm3, %%ymm13, %%ymm13\n"
        "vpaddw %%ymm4, %%ymm14, %%ymm14\n vpaddw %%ymm5, %%ymm15, %%ymm15\n"
        :
        :
        : "xmm2", "xmm3", "xmm4", "xmm5", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
          "xmm15");
  }
}

__attribute__((target("avx512f,avx512vnni"))) void MultiplyAccumulateVnni(int64_t rounds) {
  for (int64_t i = 0; i < rounds; ++i) {
    asm volatile(
        "vpdpbusd %%zmm0, %%zmm1, %%zmm8\n vpdpbusd %%zmm0, %%zmm1, %%zmm9\n"
        "vpdpbusd %%zmm0, %%zmm1, %%zmm10\n vpdpbusd %%zmm0, %%zmm1, %%zmm11\n"
        "vpdpbusd %%zmm0, %%zmm1, %%zmm12\n vpdpbusd %%zmm0, %%zmm1, %%zmm13\n"
        "vpdpbusd %%zmm0, %%zmm1, %%zmm14\n vpdpbusd %%zmm0, %%zmm1, %%zmm15\n"
        "vpdpbusd %%zmm0, %%zmm1, %%zmm16\n vpdpbusd %%zmm0, %%zmm1, %%zmm17\n"
        "vpdpbusd %%zmm0, %%zmm1, %%zmm18\n vpdpbusd %%zmm0, %%zmm1, %%zmm19\n"
        :
        :
        : "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18",
          "xmm19");
  }
}

// The same with 32 bytes; VEX encoded.
__attribute__((target("avx2"))) void MultiplyAccumulateAvxVnni(int64_t rounds) {
  for (int64_t i = 0; i < rounds; ++i) {
    asm volatile(
        "%{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm2\n %{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm3\n"
        "%{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm4\n %{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm5\n"
        "%{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm6\n %{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm7\n"
        "%{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm8\n %{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm9\n"
        "%{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm10\n %{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm11\n"
        "%{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm12\n %{vex%} vpdpbusd %%ymm0, %%ymm1, %%ymm13\n"
        :
        :
        : "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13");
  }
}

// The level's densest sequence, and its multiply-accumulates a round.
struct PeakLoop {
  void (*run)(int64_t rounds) = nullptr;
  double work = 0;
};

PeakLoop DensestLoop() {
  switch (ActiveCpuLevel()) {
    case CpuLevel::kAvx512Vnni:
      return {MultiplyAccumulateVnni, 12 * 64};
    case CpuLevel::kAvxVnni:
      return {MultiplyAccumulateAvxVnni, 12 * 32};
    case CpuLevel::kAvx2:
      return {MultiplyAccumulateAvx2, 8 * 32};
    case CpuLevel::kGeneric:
      break;
  }
  return {};
}
#endif

// Multiply-accumulates a second; 0 where the densest sequence is not known.
double Int8Peak() {
#if defined(__x86_64__)
  const PeakLoop loop = DensestLoop();
  if (loop.run == nullptr) return 0;
  constexpr int64_t kRounds = 50000;
  const int threads = Pool().threads();
  const double seconds =
      ShortestSeconds([&] { Pool().ParallelFor(threads, [&](int64_t, int) { loop.run(kRounds); }); });
  return static_cast<double>(kRounds) * loop.work * threads / seconds;
#else
  return 0;
#endif
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
