// Which instruction sets the kernels may use.
#ifndef ESPALIER_KERNELS_CPU_CPU_FEATURES_H_
#define ESPALIER_KERNELS_CPU_CPU_FEATURES_H_

#include <string_view>

// Marks a function that may use AVX2, FMA and F16C: call it at CpuLevel::kAvx2 and above only.
#if defined(__x86_64__)
#define ESPALIER_AVX2 __attribute__((target("avx2,fma,f16c")))
#endif

namespace espalier {

// Ordered: a level includes those before it.
enum class CpuLevel {
  kGeneric,  // plain C++, any CPU
  kAvx2,     // x86-64 with AVX2, FMA and F16C
};

// The highest level this processor has.
CpuLevel DetectedCpuLevel();

// The level kernels dispatch on: the detected one, or a lower one named by the environment variable
// ESPALIER_CPU_LEVEL (generic, avx2) when the process first asks.
CpuLevel ActiveCpuLevel();

// For tests and benchmarks; `level` must not be above the detected one. Not while kernels run.
void SetActiveCpuLevel(CpuLevel level);

std::string_view CpuLevelName(CpuLevel level);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_CPU_FEATURES_H_
