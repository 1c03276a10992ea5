#include "kernels/cpu/row_kernels.h"

#include "kernels/cpu/cpu_features.h"

namespace espalier {

const RowKernels& ActiveRowKernels() {
#if defined(__x86_64__)
  if (ActiveCpuLevel() >= CpuLevel::kAvx2) return avx2::kRowKernels;
#endif
  return generic::kRowKernels;
}

}  // namespace espalier
