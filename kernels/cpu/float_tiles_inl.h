// Tiles of float weights: the packed columns themselves for few rows, panels of floats for many.
#ifndef ESPALIER_KERNELS_CPU_FLOAT_TILES_INL_H_
#define ESPALIER_KERNELS_CPU_FLOAT_TILES_INL_H_

#include "kernels/cpu/row_groups_inl.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

constexpr int kPanelColumns = 128;

ESPALIER_INLINE Floats LoadColumn(const PackedF32& column, int v) {
  return LoadVector<Floats>(column.value + v * kVectorLanes);
}
ESPALIER_INLINE Floats LoadColumn(const PackedF16& column, int v) {
  return LoadHalves(column.value + v * kVectorLanes);
}
ESPALIER_INLINE Floats LoadColumn(const PackedBF16& column, int v) {
  return LoadBFloats(column.value + v * kVectorLanes);
}

// sums += the products of panel columns; columns[t] points to the panel's first column of tile t.
template <typename Column, int R, int T>
ESPALIER_INLINE void FloatRows(const TileArguments& a, const Panel& panel, int64_t row,
                               const Column* const (&columns)[T]) {
  const float* values[R];
  for (int m = 0; m < R; ++m) values[m] = a.values + (row + m) * a.columns + panel.first;
  Floats sums[R][T * kVectors];
  LoadSums(a, row, sums);
  for (int64_t k = 0; k < panel.count; ++k) {
    Floats weights[T * kVectors];
#pragma GCC unroll 8
    for (int n = 0; n < T * kVectors; ++n) weights[n] = LoadColumn(columns[n / kVectors][k], n % kVectors);
#pragma GCC unroll 8
    for (int m = 0; m < R; ++m) {
      const Floats value = BroadcastFloat(values[m][k]);
#pragma GCC unroll 8
      for (int n = 0; n < T * kVectors; ++n) sums[m][n] = Fma(weights[n], value, sums[m][n]);
    }
  }
  StoreSums(a, row, sums);
}

template <typename Float, int T>
void FloatTiles(const TileArguments& a) {
  constexpr int kFloatRows = 6;
  __builtin_memset(a.sums, 0, sizeof(float) * T * a.rows * kTileRows);
  if (a.rows <= kDirectRows) {
    const Panel all = {0, a.columns};
    const Float* columns[T];
    for (int t = 0; t < T; ++t) columns[t] = reinterpret_cast<const Float*>(a.weights + t * a.tile_bytes);
    return ForEachRowGroup<4>(a.rows,
                              [&]<int R>(int64_t row) { FloatRows<Float, R, T>(a, all, row, columns); });
  }
  PackedF32 unpacked[T][kPanelColumns];
  const PackedF32* columns[T];
  for (int t = 0; t < T; ++t) columns[t] = unpacked[t];
  ForEachPanel<kPanelColumns>(a.columns, [&](const Panel& panel) {
    for (int t = 0; t < T; ++t) {
      const auto* tile = reinterpret_cast<const Float*>(a.weights + t * a.tile_bytes) + panel.first;
      for (int64_t k = 0; k < panel.count; ++k) {
        for (int v = 0; v < kVectors; ++v) {
          const Floats weights = LoadColumn(tile[k], v);
          __builtin_memcpy(unpacked[t][k].value + v * kVectorLanes, &weights, sizeof weights);
        }
      }
    }
    ForEachRowGroup<kFloatRows>(
        a.rows, [&]<int R>(int64_t row) { FloatRows<PackedF32, R, T>(a, panel, row, columns); });
  });
}

}  // namespace
}  // namespace espalier::ESPALIER_LEVEL

#endif  // ESPALIER_KERNELS_CPU_FLOAT_TILES_INL_H_
