// The inner loops of transformer.h and logits.h: one source, row_kernels_inl.h, compiled once per dispatch
// level. Every level gives the same bits.
#ifndef ESPALIER_KERNELS_CPU_ROW_KERNELS_H_
#define ESPALIER_KERNELS_CPU_ROW_KERNELS_H_

#include <cstdint>

#include "kernels/logits.h"

namespace espalier {

// How a row of logits is scanned.
inline constexpr int64_t kLogitStretch = 64;  // logits per maximum
inline constexpr int64_t kLogitBlock =
    1024;  // per LogitBlock; summed in float lanes before the sum goes on in double

// All row widths are multiples of kLanes except those of logits, which are free.
struct RowKernels {
  void (*rms_norm)(const float* x, const float* weight, float epsilon, int64_t columns, float* y);
  void (*swiglu)(const float* gate, const float* up, int64_t columns, float* out);
  void (*geglu)(const float* gate, const float* up, int64_t columns, float* out);
  void (*rope)(const float* angles, int64_t head_dim, float* x);

  // One pass: maxima[i] is that of stretch i, blocks[i] of block i, the last of each
  // shorter; scale is 1 / temperature.
  void (*scan_logits)(const float* x, int64_t count, float scale, float* maxima, LogitBlock* blocks);
  // weights[i] = exp((x[i] - max) * scale); returns their sum.
  double (*exp_weights)(const float* x, int64_t count, float max, float scale, float* weights);
};

namespace generic {
extern const RowKernels kRowKernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const RowKernels kRowKernels;  // needs AVX2 and F16C
}
#endif

// The table of the active CPU level, see cpu_features.h.
const RowKernels& ActiveRowKernels();

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_ROW_KERNELS_H_
