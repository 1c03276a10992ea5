// The kernels behind matmul_kernels.h. Included once per CPU level, with ESPALIER_LEVEL naming a namespace,
// by a file that is compiled for that level's instructions; see simd_inl.h for what it may call.
//
//   few rows    the packed codes are unpacked in registers, for every four rows anew
//   many rows   a panel of kPanelBlocks blocks is unpacked to the first-level cache, codes to bytes and
//   scales
//               to floats, and every group of kRows rows goes over it
//
// Both run AddBlock on the same integers and floats. N vectors side by side hold the lanes of T tiles.
#include "kernels/cpu/matmul_kernels.h"
#include "kernels/cpu/simd_inl.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

constexpr int kVectors = kTileRows / kVectorLanes;  // per tile
constexpr int kRows = kVectorBytes == 64 ? 6 : 4;   // activation rows that share a load of codes
constexpr int kTiles = kVectorBytes == 64 ? 2 : 1;  // tiles likewise
constexpr int kDirectRows = 8;
constexpr int kPanelBlocks = 8;
constexpr int kPanelColumns = 128;  // of float weights

// Codes of one plane are small enough for the dot products of the level.
template <int kBits>
constexpr int kPlanes = kFourWayDots || kBits < 8 ? 1 : 2;

// Groups whose products, each at most 2 * 127 * code, add up within int16.
constexpr int GroupsInWords(int bits) { return bits <= 4 ? 8 : bits == 5 ? 4 : bits == 6 ? 2 : 8; }

// ---- Codes: bytes of group `group`, vector `vector` of the tile.

template <int kRow>
ESPALIER_INLINE Bytes LoadBytes(const uint8_t (&row)[kRow], int vector) {
  return LoadVector<Bytes>(row + vector * kVectorBytes);
}

// 16-bit shifts: bits that cross from the neighbouring byte are masked away by the caller.
ESPALIER_INLINE Bytes ShiftRight(Bytes bytes, int bits) {
  return Reinterpret<Bytes>(Reinterpret<Words>(bytes) >> bits);
}
ESPALIER_INLINE Bytes ShiftLeft(Bytes bytes, int bits) {
  return Reinterpret<Bytes>(Reinterpret<Words>(bytes) << bits);
}

ESPALIER_INLINE Bytes LowNibbles(const uint8_t (&low)[4][kGroupBytes], int group, int vector) {
  const Bytes bytes = LoadBytes(low[group % 4], vector);
  return (group < 4 ? bytes : ShiftRight(bytes, 4)) & 15;
}
ESPALIER_INLINE Bytes PackedCodes(const Codes2& codes, int, int group, int vector) {
  return ShiftRight(LoadBytes(codes.code[group / 4], vector), 2 * (group % 4)) & 3;
}
ESPALIER_INLINE Bytes PackedCodes(const Codes4& codes, int, int group, int vector) {
  return LowNibbles(codes.low, group, vector);
}
ESPALIER_INLINE Bytes PackedCodes(const Codes5& codes, int, int group, int vector) {
  const Bytes high = LoadBytes(codes.high, vector);
  const Bytes moved = group < 4 ? ShiftLeft(high, 4 - group) : ShiftRight(high, group - 4);
  return LowNibbles(codes.low, group, vector) | (moved & 0x10);
}
ESPALIER_INLINE Bytes PackedCodes(const Codes6& codes, int, int group, int vector) {
  const Bytes high = LoadBytes(codes.high[group / 4], vector);
  const int shift = 2 * (group % 4) - 4;
  const Bytes moved = shift < 0 ? ShiftLeft(high, -shift) : ShiftRight(high, shift);
  return LowNibbles(codes.low, group, vector) | (moved & 0x30);
}
ESPALIER_INLINE Bytes PackedCodes(const Codes8& codes, int plane, int group, int vector) {
  const Bytes bytes = LoadBytes(codes.code[group], vector);
  if constexpr (kPlanes<8> == 1) return bytes;
  return (plane == 0 ? bytes : ShiftRight(bytes, 4)) & 15;
}

// ---- Scales of one block, as the arithmetic takes them.

struct OffsetScales {
  Floats scale[kVectors];
};
struct MinimumScales {
  Floats scale[kVectors];
  Floats minimum[kVectors];
};
struct HalfScales {
  Ints half_scale[2][kVectors];
  Floats scale[kVectors];
};
struct HalfMinimumScales {
  Ints half_scale[2][kVectors];
  Ints half_minimum[2][kVectors];
  Floats scale[kVectors];
  Floats minimum[kVectors];
};

ESPALIER_INLINE void LoadScales(const BlockScale& block, const Empty&, OffsetScales& scales) {
  for (int v = 0; v < kVectors; ++v) scales.scale[v] = LoadHalves(block.scale + v * kVectorLanes);
}
ESPALIER_INLINE void LoadScales(const BlockScaleMinimum& block, const Empty&, MinimumScales& scales) {
  for (int v = 0; v < kVectors; ++v) {
    scales.scale[v] = LoadHalves(block.scale + v * kVectorLanes);
    scales.minimum[v] = LoadHalves(block.minimum + v * kVectorLanes);
  }
}
ESPALIER_INLINE void LoadScales(const SubScaleMinimum& block, const SubScaleMinimum::Super& super,
                                MinimumScales& scales) {
  for (int v = 0; v < kVectors; ++v) {
    const int lane = v * kVectorLanes;
    scales.scale[v] = LoadHalves(super.scale + lane) * ToFloats(LoadUnsigned(block.scale + lane));
    scales.minimum[v] = LoadHalves(super.minimum + lane) * -ToFloats(LoadUnsigned(block.minimum + lane));
  }
}
ESPALIER_INLINE void LoadScales(const HalfBlockScale& block, const HalfBlockScale::Super& super,
                                HalfScales& scales) {
  for (int v = 0; v < kVectors; ++v) {
    const int lane = v * kVectorLanes;
    for (int h = 0; h < 2; ++h) scales.half_scale[h][v] = LoadSigned(block.scale[h] + lane);
    scales.scale[v] = LoadHalves(super.scale + lane);
  }
}
ESPALIER_INLINE void LoadScales(const HalfBlockScaleMinimum& block, const HalfBlockScaleMinimum::Super& super,
                                HalfMinimumScales& scales) {
  for (int v = 0; v < kVectors; ++v) {
    const int lane = v * kVectorLanes;
    for (int h = 0; h < 2; ++h) {
      const Ints both = LoadUnsigned(block.scale_minimum[h] + lane);
      scales.half_scale[h][v] = both & 15;
      scales.half_minimum[h][v] = both >> 4;
    }
    scales.scale[v] = LoadHalves(super.scale + lane);
    scales.minimum[v] = LoadHalves(super.minimum + lane);
  }
}

template <typename Stored>
struct ScalesOf;
template <>
struct ScalesOf<BlockScale> {
  using Type = OffsetScales;
};
template <>
struct ScalesOf<BlockScaleMinimum> {
  using Type = MinimumScales;
};
template <>
struct ScalesOf<SubScaleMinimum> {
  using Type = MinimumScales;
};
template <>
struct ScalesOf<HalfBlockScale> {
  using Type = HalfScales;
};
template <>
struct ScalesOf<HalfBlockScaleMinimum> {
  using Type = HalfMinimumScales;
};

// How blocks are computed. Layouts that agree in this share the kernels of many rows.
template <int kBits_, int kOffset_, typename Scales_>
struct Arithmetic {
  static constexpr int kBits = kBits_;
  static constexpr int kOffset = kOffset_;
  using Scales = Scales_;
};
template <typename Layout>
using ArithmeticOf = Arithmetic<kFourWayDots ? 8 : Layout::Codes::kBits, Layout::kOffset,
                                typename ScalesOf<typename Layout::Scales>::Type>;

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

template <typename A, int R, int N, typename Source>
ESPALIER_INLINE void AddBlock(const OffsetScales*, const Source& source, const RowBlocks<R>& rows,
                              Floats (&sums)[R][N]) {
  Dots<R, N> dots;
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) dots[m][n] = BroadcastInt(rows.scales[m]->sum) * -A::kOffset;
  }
  AddDots<A::kBits, 0, kBlockGroups>(source, rows, dots);
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
ESPALIER_INLINE void AddBlock(const MinimumScales*, const Source& source, const RowBlocks<R>& rows,
                              Floats (&sums)[R][N]) {
  Dots<R, N> dots = {};
  AddDots<A::kBits, 0, kBlockGroups>(source, rows, dots);
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
    const Floats activation = BroadcastFloat(rows.scales[m]->scale);
    const Floats scaled_sum = BroadcastFloat(rows.scales[m]->scaled_sum);
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      const MinimumScales& scales = source.Scales(n / kVectors);
      const Floats scale = scales.scale[n % kVectors] * activation;
      sums[m][n] = Fma(scale, ToFloats(dots[m][n]), sums[m][n]);
      sums[m][n] = Fma(scales.minimum[n % kVectors], scaled_sum, sums[m][n]);
    }
  }
}

// totals += sum of the half's codes, less the offset, by its scale.
template <typename A, int kHalf, int R, int N, typename Source>
ESPALIER_INLINE void AddHalf(const Source& source, const RowBlocks<R>& rows, Dots<R, N>& totals) {
  Dots<R, N> dots;
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) dots[m][n] = BroadcastInt(rows.scales[m]->half_sum[kHalf]) * -A::kOffset;
  }
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
#pragma GCC unroll 8
  for (int m = 0; m < R; ++m) {
    const Floats activation = BroadcastFloat(rows.scales[m]->scale);
#pragma GCC unroll 8
    for (int n = 0; n < N; ++n) {
      const Floats scale = source.Scales(n / kVectors).scale[n % kVectors] * activation;
      sums[m][n] = Fma(scale, ToFloats(totals[m][n]), sums[m][n]);
    }
  }
}

template <typename A, int R, int N, typename Source>
ESPALIER_INLINE void AddBlock(const HalfMinimumScales*, const Source& source, const RowBlocks<R>& rows,
                              Floats (&sums)[R][N]) {
  Dots<R, N> totals = {};
  AddHalf<A, 0>(source, rows, totals);
  AddHalf<A, 1>(source, rows, totals);
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
      sums[m][n] = Fma(scales.scale[v] * activation_scale, ToFloats(totals[m][n]), sums[m][n]);
      sums[m][n] = Fma(scales.minimum[v] * activation_scale, ToFloats(minimum), sums[m][n]);
    }
  }
}

// ---- Sums in memory: [tiles][rows][kTileRows].

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

// ---- Few rows.

// Asks for the block that is read about a memory latency later, in this tile or the next.
template <typename Block>
ESPALIER_INLINE void PrefetchAhead(const Block* block) {
  const char* ahead = reinterpret_cast<const char*>(block) + 4096;
#pragma GCC unroll 16
  for (unsigned offset = 0; offset < sizeof(Block); offset += 64) __builtin_prefetch(ahead + offset);
}

template <typename Layout, int R>
ESPALIER_NOINLINE void DirectRows(const TileArguments& a, int64_t row) {
  using A = ArithmeticOf<Layout>;
  const int64_t blocks = a.columns / kBlockColumns;
  RowBlocks<R> rows;
  for (int m = 0; m < R; ++m) {
    rows.quants[m] = a.quants + (row + m) * blocks * kBlockColumns;
    rows.scales[m] = a.scales + (row + m) * blocks;
  }
  Floats sums[R][kVectors] = {};
  const auto* super = reinterpret_cast<const Layout*>(a.weights);
  for (int64_t s = blocks / Layout::Scales::kBlocks; s > 0; --s, ++super) {
    for (int b = 0; b < Layout::Scales::kBlocks; ++b) {
      PackedSource<Layout> source;
      source.block = &super->blocks[b];
      PrefetchAhead(source.block);
      LoadScales(source.block->scales, super->super, source.scales);
      AddBlock<A>(static_cast<const typename A::Scales*>(nullptr), source, rows, sums);
      for (int m = 0; m < R; ++m) {
        rows.quants[m] += kBlockColumns;
        ++rows.scales[m];
      }
    }
  }
  StoreSums(a, row, sums);
}

// ---- Many rows.

// Columns of a panel: blocks [first, first + count) of all rows.
struct Panel {
  int64_t first;
  int64_t count;
};

template <typename Layout>
ESPALIER_NOINLINE void UnpackPanel(const std::byte* tile, const Panel& panel,
                                   UnpackedBlock<ArithmeticOf<Layout>>* unpacked) {
  const auto* supers = reinterpret_cast<const Layout*>(tile);
  for (int64_t index = panel.first; index < panel.first + panel.count; ++index, ++unpacked) {
    const Layout& super = supers[index / Layout::Scales::kBlocks];
    const typename Layout::Block& block = super.blocks[index % Layout::Scales::kBlocks];
    PrefetchAhead(&block);
#pragma GCC unroll 2
    for (int plane = 0; plane < kPlanes<ArithmeticOf<Layout>::kBits>; ++plane) {
#pragma GCC unroll 8
      for (int g = 0; g < kBlockGroups; ++g) {
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v)
          unpacked->codes[plane][g][v] = PackedCodes(block.codes, plane, g, v);
      }
    }
    LoadScales(block.scales, super.super, unpacked->scales);
  }
}

template <typename A, int R, int T>
ESPALIER_NOINLINE void PanelRows(const TileArguments& a, const Panel& panel, int64_t row,
                                 const UnpackedBlock<A> (*unpacked)[kPanelBlocks]) {
  const int64_t blocks = a.columns / kBlockColumns;
  RowBlocks<R> rows;
  for (int m = 0; m < R; ++m) {
    const int64_t block = (row + m) * blocks + panel.first;
    rows.quants[m] = a.quants + block * kBlockColumns;
    rows.scales[m] = a.scales + block;
  }
  UnpackedSource<A, T> source;
  for (int t = 0; t < T; ++t) source.blocks[t] = unpacked[t];
  Floats sums[R][T * kVectors];
  LoadSums(a, row, sums);
  for (int64_t b = 0; b < panel.count; ++b) {
    AddBlock<A>(static_cast<const typename A::Scales*>(nullptr), source, rows, sums);
    for (int m = 0; m < R; ++m) {
      rows.quants[m] += kBlockColumns;
      ++rows.scales[m];
    }
    for (int t = 0; t < T; ++t) ++source.blocks[t];
  }
  StoreSums(a, row, sums);
}

// Calls body.template operator()<R>(row) for groups of rows: kRows while there are so many, then the rest.
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

template <typename Layout, int T>
void IntegerTiles(const TileArguments& a) {
  if constexpr (T == 1) {
    if (a.rows <= kDirectRows) {
      return ForEachRowGroup<4>(a.rows, [&]<int R>(int64_t row) { DirectRows<Layout, R>(a, row); });
    }
  }
  using A = ArithmeticOf<Layout>;
  UnpackedBlock<A> unpacked[T][kPanelBlocks];
  __builtin_memset(a.sums, 0, sizeof(float) * T * a.rows * kTileRows);
  const int64_t blocks = a.columns / kBlockColumns;
  for (Panel panel = {0, 0}; panel.first < blocks; panel.first += kPanelBlocks) {
    panel.count = blocks - panel.first < kPanelBlocks ? blocks - panel.first : kPanelBlocks;
    for (int t = 0; t < T; ++t) UnpackPanel<Layout>(a.weights + t * a.tile_bytes, panel, unpacked[t]);
    ForEachRowGroup<kRows>(a.rows, [&]<int R>(int64_t row) { PanelRows<A, R, T>(a, panel, row, unpacked); });
  }
}

// ---- Float weights.

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
  for (Panel panel = {0, 0}; panel.first < a.columns; panel.first += kPanelColumns) {
    panel.count = a.columns - panel.first < kPanelColumns ? a.columns - panel.first : kPanelColumns;
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
  }
}

template <typename Layout, int T>
constexpr TileKernel KernelFor() {
  if constexpr (Layout::kColumns == 1) {
    return FloatTiles<Layout, T>;
  } else {
    return IntegerTiles<Layout, T>;
  }
}

TileKernels GetTileKernels(TensorType type) {
  return VisitPackedLayout(type, []<typename Layout>(std::type_identity<Layout>) {
    return TileKernels{{KernelFor<Layout, 1>(), KernelFor<Layout, kTiles>()}, kTiles, kDirectRows};
  });
}

}  // namespace

extern const MatMulLevel kMatMulLevel;
const MatMulLevel kMatMulLevel = {GetTileKernels, ESPALIER_QUANTIZE_ROW};

}  // namespace espalier::ESPALIER_LEVEL
