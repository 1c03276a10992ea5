// Running one test at every CPU level that this machine has.
#ifndef ESPALIER_TESTS_KERNELS_CPU_LEVELS_H_
#define ESPALIER_TESTS_KERNELS_CPU_LEVELS_H_

#include <vector>

#include "kernels/cpu/cpu_features.h"

namespace espalier {

// The result of `compute` at each level, the generic one first.
template <typename Compute>
auto AtEachLevel(const Compute& compute) {
  const CpuLevel before = ActiveCpuLevel();
  std::vector<decltype(compute())> results;
  for (const CpuLevel level : CpuLevels()) {
    SetActiveCpuLevel(level);
    results.push_back(compute());
  }
  SetActiveCpuLevel(before);
  return results;
}

}  // namespace espalier

#endif  // ESPALIER_TESTS_KERNELS_CPU_LEVELS_H_
