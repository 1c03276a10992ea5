// The inner kernels of matrix products: one source, matmul_kernels_inl.h, compiled once per CPU level.
//
// Every output element is accumulated alone, in one order, so neither the number of rows nor the level
// changes a bit:
//
//   integer weights, for each 32-column block in order, with exact integer dots:
//     scale:              acc = fma(weight_scale * activation.scale, float(dot(code - offset, quant)), acc)
//     scale and minimum:  acc = fma(weight_scale * activation.scale, float(dot(code, quant)), acc)
//                         acc = fma(minimum, activation.scaled_sum, acc)
//     scale per 16:       acc = fma(super.scale * activation.scale,
//                                   float(sum of both halves of scale * dot(code - offset, quant)), acc)
//     scale and minimum per 16: the same with offset 0, then
//                         acc = fma(super.minimum * activation.scale,
//                                   float(-sum of both halves of minimum * sum of the half's quants), acc)
//   float weights, for each column in order:  acc = fma(weight, value, acc)
#ifndef ESPALIER_KERNELS_CPU_MATMUL_KERNELS_H_
#define ESPALIER_KERNELS_CPU_MATMUL_KERNELS_H_

#include <cstddef>
#include <cstdint>

#include "kernels/cpu/packed_weights.h"
#include "kernels/matmul.h"

namespace espalier {

inline constexpr int kMaxTiles = 2;

// One call: `rows` activation rows against one tile or two, over all columns.
struct TileArguments {
  const std::byte* weights;  // first tile
  int64_t tile_bytes;        // to the next
  int64_t columns;
  int64_t rows;
  const float* values;            // [rows][columns], read by float weights
  const int8_t* quants;           // [rows][blocks * 32]
  const ActivationBlock* scales;  // [rows][blocks]
  float* sums;                    // out: [tiles][rows][kTileRows], 64-byte aligned
};

using TileKernel = void (*)(const TileArguments& arguments);

struct TileKernels {
  TileKernel kernels[kMaxTiles];  // [tiles - 1]
  int preferred_tiles;            // when rows are more than direct_rows
  int direct_rows;  // up to so many rows read the packed weights as they stream by; more rows are
                    // worth unpacking a panel of columns to the first-level cache first
};

// A block whose largest magnitude is below this is quantised to zeros: 127 / largest would overflow.
inline constexpr float kSmallestQuantized = 1e-36f;

// Quantises one row of `columns` values: fills ceil(columns / 32) blocks of quants and scales.
using QuantizeRowFunction = void (*)(const float* values, int64_t columns, int8_t* quants,
                                     ActivationBlock* scales);

// What a CPU level runs.
struct MatMulLevel {
  TileKernels (*tile_kernels)(TensorType type);
  QuantizeRowFunction quantize_row;
};

namespace generic {
extern const MatMulLevel kMatMulLevel;
void QuantizeRow(const float* values, int64_t columns, int8_t* quants, ActivationBlock* scales);
}  // namespace generic
#if defined(__x86_64__)
namespace avx2 {
extern const MatMulLevel kMatMulLevel;
void QuantizeRow(const float* values, int64_t columns, int8_t* quants, ActivationBlock* scales);
}  // namespace avx2
namespace avx_vnni {
extern const MatMulLevel kMatMulLevel;
}
namespace avx512_vnni {
extern const MatMulLevel kMatMulLevel;
}
#endif

// The set of the active CPU level, see cpu_features.h.
const MatMulLevel& ActiveMatMulLevel();

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_MATMUL_KERNELS_H_
