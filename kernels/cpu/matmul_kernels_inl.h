// The kernels behind matmul_kernels.h. Included once per CPU level, with ESPALIER_LEVEL naming a namespace,
// by a file that is compiled for that level's instructions; see simd_inl.h for what it may call.
//
//   few rows    the packed codes are unpacked in registers, for every four rows anew
//   many rows   a panel of kPanelBlocks blocks is unpacked to the first-level cache, codes to bytes and
//   scales
//               to floats, and every group of kRows rows goes over it
//
// Both run AddBlock on the same integers and floats. N vectors side by side hold the lanes of T tiles.
#include "kernels/cpu/block_products_inl.h"
#include "kernels/cpu/float_tiles_inl.h"
#include "kernels/cpu/row_groups_inl.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

constexpr int kRows = kVectorBytes == 64 ? 6 : 4;   // activation rows that share a load of codes
constexpr int kTiles = kVectorBytes == 64 ? 2 : 1;  // tiles likewise

constexpr int kPanelBlocks = 8;

// Rows [row, row + R) from block `block` on.
template <int R>
ESPALIER_INLINE RowBlocks<R> RowsAt(const TileArguments& a, int64_t row, int64_t block) {
  const int64_t blocks = a.columns / kBlockColumns;
  RowBlocks<R> rows;
  for (int m = 0; m < R; ++m) {
    const int64_t index = (row + m) * blocks + block;
    rows.quants[m] = a.quants + index * kBlockColumns;
    rows.scales[m] = a.scales + index;
  }
  return rows;
}

template <int R>
ESPALIER_INLINE void ToNextBlock(RowBlocks<R>& rows) {
  for (int m = 0; m < R; ++m) {
    rows.quants[m] += kBlockColumns;
    ++rows.scales[m];
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
  RowBlocks<R> rows = RowsAt<R>(a, row, 0);
  Floats sums[R][kVectors] = {};
  const auto* super = reinterpret_cast<const Layout*>(a.weights);
  for (int64_t s = a.columns / Layout::kColumns; s > 0; --s, ++super) {
    for (int b = 0; b < Layout::Scales::kBlocks; ++b) {
      PackedSource<Layout> source;
      source.block = &super->blocks[b];
      PrefetchAhead(source.block);
      LoadScales(source.block->scales, super->super, source.scales);
      AddBlock<A>(static_cast<const typename A::Scales*>(nullptr), source, rows, sums);
      ToNextBlock(rows);
    }
  }
  StoreSums(a, row, sums);
}

// ---- Many rows.

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
  RowBlocks<R> rows = RowsAt<R>(a, row, panel.first);
  UnpackedSource<A, T> source;
  for (int t = 0; t < T; ++t) source.blocks[t] = unpacked[t];
  Floats sums[R][T * kVectors];
  LoadSums(a, row, sums);
  for (int64_t b = 0; b < panel.count; ++b) {
    AddBlock<A>(static_cast<const typename A::Scales*>(nullptr), source, rows, sums);
    ToNextBlock(rows);
    for (int t = 0; t < T; ++t) ++source.blocks[t];
  }
  StoreSums(a, row, sums);
}

template <typename Layout, int T>
void IntegerTiles(const TileArguments& a) {
  if constexpr (T == 1) {
    if (a.rows <= kDirectRows) {
      return ForEachRowGroup<4>(a.rows, [&]<int R>(int64_t row) { DirectRows<Layout, R>(a, row); });
    }
  }
  __builtin_memset(a.sums, 0, sizeof(float) * T * a.rows * kTileRows);
  using A = ArithmeticOf<Layout>;
  UnpackedBlock<A> unpacked[T][kPanelBlocks];
  ForEachPanel<kPanelBlocks>(a.columns / kBlockColumns, [&](const Panel& panel) {
    for (int t = 0; t < T; ++t) UnpackPanel<Layout>(a.weights + t * a.tile_bytes, panel, unpacked[t]);
    ForEachRowGroup<kRows>(a.rows, [&]<int R>(int64_t row) { PanelRows<A, R, T>(a, panel, row, unpacked); });
  });
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
