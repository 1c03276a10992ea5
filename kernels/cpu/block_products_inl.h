// sums += the products of one 32-column block with a few activation rows: the arithmetic that
// matmul_kernels.h describes, for packed and for unpacked blocks. N vectors side by side hold the lanes of T
// tiles.
#ifndef ESPALIER_KERNELS_CPU_BLOCK_PRODUCTS_INL_H_
#define ESPALIER_KERNELS_CPU_BLOCK_PRODUCTS_INL_H_

#include "kernels/cpu/packed_blocks_inl.h"
#include "kernels/matmul.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

// ---- Blocks, packed or unpacked.

template <typename A>
struct UnpackedBlock {
  Bytes codes[kPlanes<A::kBits>][kBlockGroups][kVectors];
  typename A::Scales scales;
};

template <typename A, int T>
struct UnpackedSource {
  const UnpackedBlock<A>* blocks[T];
  ESPALIER_INLINE Bytes Codes(int plane, int group, int n) const {
    return blocks[n / kVectors]->codes[plane][group][n % kVectors];
  }
  ESPALIER_INLINE const typename A::Scales& Scales(int tile) const { return blocks[tile]->scales; }
};

template <typename Layout>
struct PackedSource {
  const typename Layout::Block* block;
  typename ArithmeticOf<Layout>::Scales scales;
  ESPALIER_INLINE Bytes Codes(int plane, int group, int n) const {
    return PackedCodes(block->codes, plane, group, n);
  }
  ESPALIER_INLINE const typename ArithmeticOf<Layout>::Scales& Scales(int) const { return scales; }
};

// The same block of R activation rows.
template <int R>
struct RowBlocks {
  const int8_t* quants[R];
  const ActivationBlock* scales[R];
};

template <int R, int N>
using Dots = Ints[R][N];

// ---- dots += dot products of groups [kFirst, kFirst + kCount).

template <int kBits, int kFirst, int kCount, int R, int N, typename Source>
ESPALIER_INLINE void AddDots(const Source& source, const RowBlocks<R>& rows, Dots<R, N>& dots) {
  if constexpr (kFourWayDots) {
#pragma GCC unroll 8
    for (int g = kFirst; g < kFirst + kCount; ++g) {
      Bytes codes[N];
#pragma GCC unroll 8
      for (int n = 0; n < N; ++n) codes[n] = source.Codes(0, g, n);
#pragma GCC unroll 8
      for (int m = 0; m < R; ++m) {
        const Ints quants = BroadcastGroup(rows.quants[m], g);
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) dots[m][n] = DotFour(dots[m][n], codes[n], quants);
      }
    }
  } else {
    constexpr int kRun = GroupsInWords(kBits) < kCount ? GroupsInWords(kBits) : kCount;
    RowBlocks<R> again = rows;
#pragma GCC unroll 2
    for (int plane = 0; plane < kPlanes<kBits>; ++plane) {
      // Or GCC would keep the broadcasts of one plane for the next, on the stack.
      for (int m = 0; m < R; ++m) Hide(again.quants[m]);
#pragma GCC unroll 8
      for (int first = kFirst; first < kFirst + kCount; first += kRun) {
        Words partial[R][N];
#pragma GCC unroll 8
        for (int g = first; g < first + kRun; ++g) {
          Bytes codes[N];
#pragma GCC unroll 8
          for (int n = 0; n < N; ++n) codes[n] = source.Codes(plane, g, n);
#pragma GCC unroll 8
          for (int m = 0; m < R; ++m) {
            const Ints quants = BroadcastGroup(again.quants[m], g);
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n) {
              const Words products = MultiplyPairs(codes[n], quants);
              partial[m][n] = g == first ? products : partial[m][n] + products;
              KeepOrder(partial[m][n]);
            }
          }
        }
#pragma GCC unroll 8
        for (int m = 0; m < R; ++m) {
#pragma GCC unroll 8
          for (int n = 0; n < N; ++n) {
            dots[m][n] += plane == 0 ? AddPairs<1>(partial[m][n]) : AddPairs<16>(partial[m][n]);
          }
        }
      }
    }
  }
}

// ---- sums += the products of one block, one form for each kind of scales.

// dots[m] = start(m) in every lane.
template <int R, int N, typename Start>
ESPALIER_INLINE void StartDots(Start start, Dots<R, N>& dots) {
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) dots[m][n] = BroadcastInt(start(m));
  }
}

// sums += scale of the block * scale of the activations * dots.
template <int R, int N, typename Source>
ESPALIER_INLINE void AddScaled(const Source& source, const RowBlocks<R>& rows, const Dots<R, N>& dots,
                               Floats (&sums)[R][N]) {
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
    const Floats activation = BroadcastFloat(rows.scales[m]->scale);
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      const Floats scale = source.Scales(n / kVectors).scale[n % kVectors] * activation;
      sums[m][n] = Fma(scale, ToFloats(dots[m][n]), sums[m][n]);
    }
  }
}

template <typename A, int R, int N, typename Source>
ESPALIER_INLINE void AddBlock(const OffsetScales*, const Source& source, const RowBlocks<R>& rows,
                              Floats (&sums)[R][N]) {
  Dots<R, N> dots;
  StartDots<R, N>([&](int m) { return rows.scales[m]->sum * -A::kOffset; }, dots);
  AddDots<A::kBits, 0, kBlockGroups>(source, rows, dots);
  AddScaled(source, rows, dots, sums);
}

template <typename A, int R, int N, typename Source>
ESPALIER_INLINE void AddBlock(const MinimumScales*, const Source& source, const RowBlocks<R>& rows,
                              Floats (&sums)[R][N]) {
  Dots<R, N> dots = {};
  AddDots<A::kBits, 0, kBlockGroups>(source, rows, dots);
  AddScaled(source, rows, dots, sums);
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
    const Floats scaled_sum = BroadcastFloat(rows.scales[m]->scaled_sum);
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      sums[m][n] = Fma(source.Scales(n / kVectors).minimum[n % kVectors], scaled_sum, sums[m][n]);
    }
  }
}

// totals += sum of the half's codes, less the offset, by its scale.
template <typename A, int kHalf, int R, int N, typename Source>
ESPALIER_INLINE void AddHalf(const Source& source, const RowBlocks<R>& rows, Dots<R, N>& totals) {
  Dots<R, N> dots;
  StartDots<R, N>([&](int m) { return rows.scales[m]->half_sum[kHalf] * -A::kOffset; }, dots);
  AddDots<A::kBits, kHalf * kBlockGroups / 2, kBlockGroups / 2>(source, rows, dots);
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      totals[m][n] += dots[m][n] * source.Scales(n / kVectors).half_scale[kHalf][n % kVectors];
    }
  }
}

template <typename A, int R, int N, typename Source>
ESPALIER_INLINE void AddBlock(const HalfScales*, const Source& source, const RowBlocks<R>& rows,
                              Floats (&sums)[R][N]) {
  Dots<R, N> totals = {};
  AddHalf<A, 0>(source, rows, totals);
  AddHalf<A, 1>(source, rows, totals);
  AddScaled(source, rows, totals, sums);
}

template <typename A, int R, int N, typename Source>
ESPALIER_INLINE void AddBlock(const HalfMinimumScales*, const Source& source, const RowBlocks<R>& rows,
                              Floats (&sums)[R][N]) {
  AddBlock<A>(static_cast<const HalfScales*>(nullptr), source, rows, sums);
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
    const ActivationBlock& activation = *rows.scales[m];
    const Floats activation_scale = BroadcastFloat(activation.scale);
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      const HalfMinimumScales& scales = source.Scales(n / kVectors);
      const int v = n % kVectors;
      const Ints minimum = -(scales.half_minimum[0][v] * BroadcastInt(activation.half_sum[0]) +
                             scales.half_minimum[1][v] * BroadcastInt(activation.half_sum[1]));
      sums[m][n] = Fma(scales.minimum[v] * activation_scale, ToFloats(minimum), sums[m][n]);
    }
  }
}

}  // namespace
}  // namespace espalier::ESPALIER_LEVEL

#endif  // ESPALIER_KERNELS_CPU_BLOCK_PRODUCTS_INL_H_
