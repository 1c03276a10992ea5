#include <cstring>

#include "base/check.h"
#include "kernels/block_codes.h"
#include "kernels/cpu/packed_weights.h"
#include "kernels/matmul.h"

namespace espalier {
namespace {

// The rows of one tile in the file.
struct TileSource {
  TensorType type;
  const std::byte* data;  // first row
  int64_t row_bytes;
  int rows;  // 1 to kTileRows
  int64_t columns;
};

void PlaceCode(Codes2& codes, int group, int byte, uint8_t code) {
  codes.code[group / 4][byte] |= static_cast<uint8_t>(code << (2 * (group % 4)));
}
void PlaceCode(Codes4& codes, int group, int byte, uint8_t code) {
  codes.low[group % 4][byte] |= static_cast<uint8_t>((code & 15) << (group < 4 ? 0 : 4));
}
void PlaceCode(Codes5& codes, int group, int byte, uint8_t code) {
  codes.low[group % 4][byte] |= static_cast<uint8_t>((code & 15) << (group < 4 ? 0 : 4));
  codes.high[byte] |= static_cast<uint8_t>((code >> 4) << group);
}
void PlaceCode(Codes6& codes, int group, int byte, uint8_t code) {
  codes.low[group % 4][byte] |= static_cast<uint8_t>((code & 15) << (group < 4 ? 0 : 4));
  codes.high[group / 4][byte] |= static_cast<uint8_t>((code >> 4) << (2 * (group % 4)));
}
void PlaceCode(Codes8& codes, int group, int byte, uint8_t code) { codes.code[group][byte] = code; }

void PlaceScales(BlockScale& scales, Empty&, int lane, const BlockCodes& block) {
  scales.scale[lane] = block.scale;
}
void PlaceScales(BlockScaleMinimum& scales, Empty&, int lane, const BlockCodes& block) {
  scales.scale[lane] = block.scale;
  scales.minimum[lane] = block.minimum;
}
void PlaceScales(SubScaleMinimum& scales, SubScaleMinimum::Super& super, int lane, const BlockCodes& block) {
  scales.scale[lane] = static_cast<uint8_t>(block.sub_scale[0]);
  scales.minimum[lane] = block.sub_minimum[0];
  super.scale[lane] = block.scale;
  super.minimum[lane] = block.minimum;
}
void PlaceScales(HalfBlockScale& scales, HalfBlockScale::Super& super, int lane, const BlockCodes& block) {
  for (int h = 0; h < 2; ++h) scales.scale[h][lane] = block.sub_scale[h];
  super.scale[lane] = block.scale;
}
void PlaceScales(HalfBlockScaleMinimum& scales, HalfBlockScaleMinimum::Super& super, int lane,
                 const BlockCodes& block) {
  for (int h = 0; h < 2; ++h) {
    scales.scale_minimum[h][lane] = static_cast<uint8_t>(block.sub_scale[h] | block.sub_minimum[h] << 4);
  }
  super.scale[lane] = block.scale;
  super.minimum[lane] = block.minimum;
}

// `packed` is zeroed: the codes and scales of missing rows stay 0, so their products are 0.
template <typename Layout>
void PackTile(const TileSource& source, Layout* packed) {
  const BlockCodec codec = GetBlockCodec(source.type);
  const int offset_change = Layout::kOffset - codec.code_offset;  // of types stored in a wider layout
  for (int lane = 0; lane < source.rows; ++lane) {
    const std::byte* row = source.data + lane * source.row_bytes;
    for (int64_t index = 0; index < source.columns / kBlockColumns; ++index) {
      const BlockCodes block = codec.read(row, index);
      Layout& super = packed[index / Layout::Scales::kBlocks];
      typename Layout::Block& target = super.blocks[index % Layout::Scales::kBlocks];
      for (int c = 0; c < kBlockColumns; ++c) {
        PlaceCode(target.codes, c / 4, 4 * lane + c % 4,
                  static_cast<uint8_t>(block.codes[c] + offset_change));
      }
      PlaceScales(target.scales, super.super, lane, block);
    }
  }
}

template <typename Float>
requires(Float::kColumns == 1) void PackTile(const TileSource& source, Float* packed) {
  constexpr int kBytes = sizeof(packed->value[0]);
  for (int lane = 0; lane < source.rows; ++lane) {
    const std::byte* row = source.data + lane * source.row_bytes;
    for (int64_t c = 0; c < source.columns; ++c)
      std::memcpy(&packed[c].value[lane], row + c * kBytes, kBytes);
  }
}

}  // namespace

void FailNoPackedLayout(TensorType type) {
  ESPALIER_CHECK(false, GetTensorTypeInfo(type).name, " has no packed layout");
  __builtin_unreachable();
}

WeightMatrix WeightMatrix::Pack(TensorType type, const void* data, int64_t rows, int64_t columns,
                                ThreadPool& pool) {
  ESPALIER_CHECK(rows > 0 && columns > 0, rows, " x ", columns);
  const int64_t row_bytes = RowBytes(type, columns);
  WeightMatrix matrix;
  matrix.type_ = type;
  matrix.rows_ = rows;
  matrix.columns_ = columns;
  VisitPackedLayout(type, [&]<typename Layout>(std::type_identity<Layout>) {
    matrix.tile_bytes_ = columns / Layout::kColumns * static_cast<int64_t>(sizeof(Layout));
    matrix.tiles_.Reserve(matrix.packed_bytes());
    pool.ParallelFor(matrix.tile_count(), [&](int64_t tile, int) {
      std::byte* target = matrix.tiles_.data() + tile * matrix.tile_bytes_;
      std::memset(target, 0, static_cast<size_t>(matrix.tile_bytes_));
      const int64_t first = tile * kTileRows;
      const int tile_rows = static_cast<int>(std::min<int64_t>(kTileRows, rows - first));
      PackTile({type, static_cast<const std::byte*>(data) + first * row_bytes, row_bytes, tile_rows, columns},
               reinterpret_cast<Layout*>(target));
    });
  });
  return matrix;
}

}  // namespace espalier
