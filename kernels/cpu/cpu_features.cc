#include "kernels/cpu/cpu_features.h"

#include <atomic>
#include <cstdlib>

#include "base/check.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace espalier {
namespace {

CpuLevel InitialLevel() {
  const char* name = std::getenv("ESPALIER_CPU_LEVEL");
  const bool generic = name != nullptr && CpuLevelName(CpuLevel::kGeneric) == name;
  return generic ? CpuLevel::kGeneric : DetectedCpuLevel();
}

std::atomic<CpuLevel>& ActiveLevel() {
  static std::atomic<CpuLevel> level{InitialLevel()};
  return level;
}

}  // namespace

CpuLevel DetectedCpuLevel() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool f16c = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
  // The builtin also asks whether the operating system saves the wide registers.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && f16c) return CpuLevel::kAvx2;
#endif
  return CpuLevel::kGeneric;
}

CpuLevel ActiveCpuLevel() { return ActiveLevel().load(std::memory_order_relaxed); }

void SetActiveCpuLevel(CpuLevel level) {
  ESPALIER_CHECK(level <= DetectedCpuLevel(), CpuLevelName(level), " is above this processor's level");
  ActiveLevel().store(level);
}

std::string_view CpuLevelName(CpuLevel level) { return level == CpuLevel::kAvx2 ? "avx2" : "generic"; }

}  // namespace espalier
