// The inner loops of transformer.h and logits.h: one source, row_kernels_inl.h, compiled once per dispatch
// level. Every level gives the same bits.
#ifndef ESPALIER_KERNELS_CPU_ROW_KERNELS_H_
#define ESPALIER_KERNELS_CPU_ROW_KERNELS_H_

#include <cstdint>

namespace espalier {

// With e_i = exp(x_i - max):
struct ExpSums {
  double sum;       // of e_i
  double weighted;  // of e_i * (x_i - max)
};

// All row widths are multiples of kLanes except those of logits, which are free.
struct RowKernels {
  void (*rms_norm)(const float* x, const float* weight, float epsilon, int64_t columns, float* y);
  void (*swiglu)(const float* gate, const float* up, int64_t columns, float* out);
  void (*geglu)(const float* gate, const float* up, int64_t columns, float* out);
  void (*rope)(const float* angles, int64_t head_dim, float* x);

  // maxima[i] = max of x[64 i, 64 i + 64), the last stretch shorter.
  void (*stretch_maxima)(const float* x, int64_t count, float* maxima);
  ExpSums (*exp_sums)(const float* x, int64_t count, float max);
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
