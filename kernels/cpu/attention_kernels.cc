#include "kernels/cpu/attention_kernels.h"

#include "kernels/cpu/cpu_features.h"

namespace espalier {

const AttentionKernels& ActiveAttentionKernels() {
#if defined(__x86_64__)
  if (ActiveCpuLevel() >= CpuLevel::kAvx2) return avx2::kAttentionKernels;
#endif
  return generic::kAttentionKernels;
}

}  // namespace espalier
