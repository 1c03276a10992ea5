#include "kernels/cpu/cpu_features.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <vector>

#include "base/check.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace espalier {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"generic", "avx2", "avx_vnni", "avx512_vnni"};

std::vector<CpuLevel> DetectLevels() {
  std::vector<CpuLevel> levels = {CpuLevel::kGeneric};
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool f16c = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
  const bool avx_vnni = __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & 1u << 4) != 0;
  // The builtin also asks whether the operating system saves the wide registers.
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !f16c) return levels;
  levels.push_back(CpuLevel::kAvx2);
  if (avx_vnni) levels.push_back(CpuLevel::kAvxVnni);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vnni")) {
    levels.push_back(CpuLevel::kAvx512Vnni);
  }
#endif
  return levels;
}

CpuLevel InitialLevel() {
  const char* name = std::getenv("ESPALIER_CPU_LEVEL");
  for (const CpuLevel level : CpuLevels()) {
    if (name != nullptr && CpuLevelName(level) == name) return level;
  }
  return CpuLevels().back();
}

std::atomic<CpuLevel>& ActiveLevel() {
  static std::atomic<CpuLevel> level{InitialLevel()};
  return level;
}

}  // namespace

std::span<const CpuLevel> CpuLevels() {
  static const std::vector<CpuLevel> levels = DetectLevels();
  return levels;
}

CpuLevel ActiveCpuLevel() { return ActiveLevel().load(std::memory_order_relaxed); }

void SetActiveCpuLevel(CpuLevel level) {
  ESPALIER_CHECK(std::ranges::count(CpuLevels(), level) == 1, "this processor cannot run ",
                 CpuLevelName(level));
  ActiveLevel().store(level);
}

std::string_view CpuLevelName(CpuLevel level) { return kNames[static_cast<size_t>(level)]; }

}  // namespace espalier
