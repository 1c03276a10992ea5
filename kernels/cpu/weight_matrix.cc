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

// Codes of one block as bytes, in the order of packed_weights.h.
using GroupCodes = uint8_t[kBlockGroups][kGroupBytes];

void PlaceLowNibbles(const GroupCodes& codes, uint8_t (&low)[4][kGroupBytes]) {
  for (int g = 0; g < 4; ++g) {
    for (int i = 0; i < kGroupBytes; ++i) {
      low[g][i] = static_cast<uint8_t>((codes[g][i] & 15) | codes[g + 4][i] << 4);
    }
  }
}
void PlaceCodes(const GroupCodes& codes, Codes2& packed) {
  for (int h = 0; h < 2; ++h) {
    const auto* four = codes + 4 * h;
    for (int i = 0; i < kGroupBytes; ++i) {
      packed.code[h][i] =
          static_cast<uint8_t>(four[0][i] | four[1][i] << 2 | four[2][i] << 4 | four[3][i] << 6);
    }
  }
}
void PlaceCodes(const GroupCodes& codes, Codes4& packed) { PlaceLowNibbles(codes, packed.low); }
void PlaceCodes(const GroupCodes& codes, Codes5& packed) {
  PlaceLowNibbles(codes, packed.low);
  for (int g = 0; g < kBlockGroups; ++g) {
    for (int i = 0; i < kGroupBytes; ++i) packed.high[i] |= static_cast<uint8_t>((codes[g][i] >> 4) << g);
  }
}
void PlaceCodes(const GroupCodes& codes, Codes6& packed) {
  PlaceLowNibbles(codes, packed.low);
  for (int g = 0; g < kBlockGroups; ++g) {
    for (int i = 0; i < kGroupBytes; ++i) {
      packed.high[g / 4][i] |= static_cast<uint8_t>((codes[g][i] >> 4) << (2 * (g % 4)));
    }
  }
}
void PlaceCodes(const GroupCodes& codes, Codes8& packed) { std::memcpy(packed.code, codes, sizeof codes); }

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
  // Of types stored in a wider layout; no byte overflows into the next.
  const uint32_t offset_change = 0x01010101u * static_cast<uint32_t>(Layout::kOffset - codec.code_offset);
  for (int64_t index = 0; index < source.columns / kBlockColumns; ++index) {
    Layout& super = packed[index / Layout::Scales::kBlocks];
    typename Layout::Block& target = super.blocks[index % Layout::Scales::kBlocks];
    alignas(64) GroupCodes codes = {};
    for (int lane = 0; lane < source.rows; ++lane) {
      const BlockCodes block = codec.read(source.data + lane * source.row_bytes, index);
      for (int g = 0; g < kBlockGroups; ++g) {
        uint32_t four;
        std::memcpy(&four, block.codes.data() + 4 * g, sizeof four);
        four += offset_change;
        std::memcpy(codes[g] + 4 * lane, &four, sizeof four);
      }
      PlaceScales(target.scales, super.super, lane, block);
    }
    PlaceCodes(codes, target.codes);
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

WeightMatrix WeightMatrix::Pack(const StoredMatrix& stored, TensorArena& arena, ThreadPool& pool) {
  ESPALIER_CHECK(stored.rows > 0 && stored.columns > 0, stored.rows, " x ", stored.columns);
  const int64_t row_bytes = RowBytes(stored.type, stored.columns);
  WeightMatrix matrix;
  matrix.type_ = stored.type;
  matrix.rows_ = stored.rows;
  matrix.columns_ = stored.columns;
  VisitPackedLayout(stored.type, [&]<typename Layout>(std::type_identity<Layout>) {
    matrix.tile_bytes_ = stored.columns / Layout::kColumns * static_cast<int64_t>(sizeof(Layout));
    const std::shared_ptr<std::byte[]> tiles = arena.Allocate(matrix.packed_bytes());
    pool.ParallelFor(matrix.tile_count(), [&](int64_t tile, int) {
      const int64_t first = tile * kTileRows;
      const std::byte* rows = static_cast<const std::byte*>(stored.data) + first * row_bytes;
      const int count = static_cast<int>(std::min<int64_t>(kTileRows, stored.rows - first));
      PackTile({stored.type, rows, row_bytes, count, stored.columns},
               reinterpret_cast<Layout*>(tiles.get() + tile * matrix.tile_bytes_));
    });
    matrix.tiles_ = tiles;
  });
  return matrix;
}

}  // namespace espalier
