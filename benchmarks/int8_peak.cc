#include "benchmarks/int8_peak.h"

#include <algorithm>
#include <chrono>

#include "kernels/cpu/cpu_features.h"

namespace espalier {
namespace {

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

}  // namespace

double MeasureInt8Peak(ThreadPool& pool) {
#if defined(__x86_64__)
  const PeakLoop loop = DensestLoop();
  if (loop.run == nullptr) return 0;
  constexpr int64_t kRounds = 50000;
  const int threads = pool.threads();
  const double seconds =
      ShortestSeconds([&] { pool.ParallelFor(threads, [&](int64_t, int) { loop.run(kRounds); }); });
  return static_cast<double>(kRounds) * loop.work * threads / seconds;
#else
  static_cast<void>(pool);
  return 0;
#endif
}

}  // namespace espalier
