// Which instruction sets the kernels may use.
#ifndef ESPALIER_KERNELS_CPU_CPU_FEATURES_H_
#define ESPALIER_KERNELS_CPU_CPU_FEATURES_H_

#include <span>
#include <string_view>

// Marks a single function that may use AVX2, FMA and F16C: call it at CpuLevel::kAvx2 and above only.
#if defined(__x86_64__)
#define ESPALIER_AVX2 __attribute__((target("avx2,fma,f16c")))
#endif

namespace espalier {

// From the least to the best. Files of a level are compiled for it (kernels/CMakeLists.txt).
enum class CpuLevel {
  kGeneric,     // plain C++, any CPU
  kAvx2,        // x86-64 with AVX2, FMA and F16C
  kAvxVnni,     // the same and AVX-VNNI: dot products of bytes, 32 at a time
  kAvx512Vnni,  // AVX2 level and AVX-512 F, BW, VL, DQ and VNNI: 64 at a time
};

// The levels that this processor can run, in order; a processor with AVX-512 VNNI may lack AVX-VNNI.
std::span<const CpuLevel> CpuLevels();

// The level kernels dispatch on: the last of CpuLevels(), or one that the environment variable
// ESPALIER_CPU_LEVEL names (generic, avx2, avx_vnni, avx512_vnni) when the process first asks.
CpuLevel ActiveCpuLevel();

// For tests and benchmarks; `level` is one of CpuLevels(). Not while kernels run.
void SetActiveCpuLevel(CpuLevel level);

std::string_view CpuLevelName(CpuLevel level);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_CPU_FEATURES_H_
