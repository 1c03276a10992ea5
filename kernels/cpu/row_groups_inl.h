// Activation rows in groups, and their sums in memory: [tiles][rows][kTileRows].
#ifndef ESPALIER_KERNELS_CPU_ROW_GROUPS_INL_H_
#define ESPALIER_KERNELS_CPU_ROW_GROUPS_INL_H_

#include "kernels/cpu/matmul_kernels.h"
#include "kernels/cpu/packed_blocks_inl.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

constexpr int kDirectRows = 8;  // up to so many rows read the packed weights themselves

// Columns of a panel: blocks, or columns of float weights, [first, first + count) of all rows.
struct Panel {
  int64_t first;
  int64_t count;
};

template <int kStep, typename Body>
ESPALIER_INLINE void ForEachPanel(int64_t count, Body body) {
  for (Panel panel = {0, 0}; panel.first < count; panel.first += kStep) {
    panel.count = count - panel.first < kStep ? count - panel.first : kStep;
    body(panel);
  }
}

// Calls body.template operator()<R>(row) for groups of rows: kMostRows while there are so many, then the
// rest.
template <int kMostRows, typename Body>
ESPALIER_INLINE void ForEachRowGroup(int64_t rows, Body body) {
  int64_t row = 0;
  for (; row + kMostRows <= rows; row += kMostRows) body.template operator()<kMostRows>(row);
  switch (rows - row) {
    case 1:
      return body.template operator()<1>(row);
    case 2:
      return body.template operator()<2>(row);
    case 3:
      return body.template operator()<3>(row);
    case 4:
      if constexpr (kMostRows > 4) return body.template operator()<4>(row);
      return;
    case 5:
      if constexpr (kMostRows > 5) return body.template operator()<5>(row);
      return;
  }
}

template <int R, int N>
ESPALIER_INLINE void LoadSums(const TileArguments& a, int64_t row, Floats (&sums)[R][N]) {
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      sums[m][n] = LoadVector<Floats>(a.sums + ((n / kVectors) * a.rows + row + m) * kTileRows +
                                      n % kVectors * kVectorLanes);
    }
  }
}
template <int R, int N>
ESPALIER_INLINE void StoreSums(const TileArguments& a, int64_t row, const Floats (&sums)[R][N]) {
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      __builtin_memcpy(a.sums + ((n / kVectors) * a.rows + row + m) * kTileRows + n % kVectors * kVectorLanes,
                       &sums[m][n], sizeof(Floats));
    }
  }
}

}  // namespace
}  // namespace espalier::ESPALIER_LEVEL

#endif  // ESPALIER_KERNELS_CPU_ROW_GROUPS_INL_H_
