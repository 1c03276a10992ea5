// The inner kernels of matrix products, one set per CPU level.
//
// A kernel computes a rectangle of at most kMaxRows activation rows by kMaxTiles weight tiles over all
// columns. Every output element is accumulated alone, in one order, so the rectangle's shape changes no bit:
//
//   integer weights, for each 32-column block in order, with exact integer dots:
//     scale and minimum:  acc = fma(weight_scale * activation.scale, float(dot(code, quant)), acc)
//                         acc = fma(minimum, activation.scaled_sum, acc)
//       where minimum is -offset * weight_scale if the type stores none
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

#include "kernels/cpu/cpu_features.h"
#include "kernels/cpu/packed_weights.h"
#include "kernels/matmul.h"

namespace espalier {

inline constexpr int kMaxRows = 4;
inline constexpr int kMaxTiles = 2;

struct TileArguments {
  const std::byte* weights;  // first tile
  int64_t tile_bytes;        // to the next
  const ActivationMatrix* activations;
  int64_t row;  // first activation row
  float* sums;  // out: [rows][tiles][kTileRows]
};

using TileKernel = void (*)(const TileArguments& arguments);

struct TileKernels {
  TileKernel kernels[kMaxRows][kMaxTiles];  // [rows - 1][tiles - 1]
  int preferred_tiles;                      // when rows are many
};

TileKernels GenericTileKernels(TensorType type);

// A block whose largest magnitude is below this is quantised to zeros: 127 / largest would overflow.
inline constexpr float kSmallestQuantized = 1e-36f;

// Quantises one row of `columns` values: fills ceil(columns / 32) blocks of quants and scales.
using QuantizeRowFunction = void (*)(const float* values, int64_t columns, int8_t* quants,
                                     ActivationBlock* scales);
void QuantizeRowGeneric(const float* values, int64_t columns, int8_t* quants, ActivationBlock* scales);

#if defined(__x86_64__)
TileKernels Avx2TileKernels(TensorType type);
void QuantizeRowAvx2(const float* values, int64_t columns, int8_t* quants, ActivationBlock* scales);
#endif

// What a CPU level runs.
struct MatMulLevel {
  TileKernels (*tile_kernels)(TensorType type);
  QuantizeRowFunction quantize_row;
};

inline MatMulLevel ActiveMatMulLevel() {
#if defined(__x86_64__)
  if (ActiveCpuLevel() >= CpuLevel::kAvx2) return {Avx2TileKernels, QuantizeRowAvx2};
#endif
  return {GenericTileKernels, QuantizeRowGeneric};
}

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_MATMUL_KERNELS_H_
