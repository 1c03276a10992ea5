// Layout of packed weights: what WeightMatrix writes and the CPU kernels read.
//
// A tile is 16 output rows by all columns, stored in column order. Lane r belongs to output row r of the
// tile, so dot products need no horizontal sum; one vector of 64 bytes or two of 32 hold the 16 lanes. A
// group is 4 columns: 16 rows of 4 codes, 64 bytes (a cache line), byte 4 * lane + column. A block is 32
// columns: 8 groups of codes and the scales of the 16 lanes. The size is the file's, but for Q4_K and Q5_K
// (scales of 8 instead of 6 bits) and for Q3_K and IQ4_NL, which are widened to the layouts of Q6_K and Q8_0.
#ifndef ESPALIER_KERNELS_CPU_PACKED_WEIGHTS_H_
#define ESPALIER_KERNELS_CPU_PACKED_WEIGHTS_H_

#include <cstdint>
#include <type_traits>

#include "kernels/tensor_type.h"

namespace espalier {

inline constexpr int kTileRows = 16;
inline constexpr int kBlockColumns = 32;
inline constexpr int kBlockGroups = 8;
inline constexpr int kGroupBytes = 4 * kTileRows;

// Codes of one block, by width in bits. Group g's low nibbles are in low[g % 4], shifted left by 4 if g >= 4.
struct Codes2 {
  static constexpr int kBits = 2;
  uint8_t code[2][kGroupBytes];  // bits 2 * (g % 4) of code[g / 4]: group g's code
};
struct Codes4 {
  static constexpr int kBits = 4;
  uint8_t low[4][kGroupBytes];
};
struct Codes5 {
  static constexpr int kBits = 5;
  uint8_t low[4][kGroupBytes];
  uint8_t high[kGroupBytes];  // bit g: bit 4 of group g's code
};
struct Codes6 {
  static constexpr int kBits = 6;
  uint8_t low[4][kGroupBytes];
  uint8_t high[2][kGroupBytes];  // bits 2 * (g % 4) of high[g / 4]: bits 4 and 5 of group g's code
};
struct Codes8 {
  static constexpr int kBits = 8;
  uint8_t code[kBlockGroups][kGroupBytes];
};

// Scales of one block, by kind; `Super` is what eight blocks share. Halves are binary16.
struct Empty {};
struct BlockScale {
  using Super = Empty;
  static constexpr int kBlocks = 1;
  uint16_t scale[kTileRows];
};
struct BlockScaleMinimum {
  using Super = Empty;
  static constexpr int kBlocks = 1;
  uint16_t scale[kTileRows];
  uint16_t minimum[kTileRows];
};
// Q4_K, Q5_K: value = super.scale * scale * code - super.minimum * minimum.
struct SubScaleMinimum {
  struct Super {
    uint16_t scale[kTileRows];
    uint16_t minimum[kTileRows];
  };
  static constexpr int kBlocks = 8;
  uint8_t scale[kTileRows];
  uint8_t minimum[kTileRows];
};
// Q6_K: value = super.scale * scale[column / 16][lane] * (code - offset).
struct HalfBlockScale {
  struct Super {
    uint16_t scale[kTileRows];
  };
  static constexpr int kBlocks = 8;
  int8_t scale[2][kTileRows];
};
// Q2_K: value = super.scale * (scale_minimum & 15) * code - super.minimum * (scale_minimum >> 4).
struct HalfBlockScaleMinimum {
  struct Super {
    uint16_t scale[kTileRows];
    uint16_t minimum[kTileRows];
  };
  static constexpr int kBlocks = 8;
  uint8_t scale_minimum[2][kTileRows];  // [column / 16][lane]
};

template <typename Codes_, typename Scales_, int kOffset_>
struct Packed {
  using Codes = Codes_;
  using Scales = Scales_;
  static constexpr int kOffset = kOffset_;  // subtracted from every code
  static constexpr int kColumns = kBlockColumns * Scales::kBlocks;
  struct Block {
    Codes codes;
    Scales scales;
  };
  Block blocks[Scales::kBlocks];
  [[no_unique_address]] typename Scales::Super super;
};

using PackedQ2_K = Packed<Codes2, HalfBlockScaleMinimum, 0>;
using PackedQ4_0 = Packed<Codes4, BlockScale, 8>;
using PackedQ4_1 = Packed<Codes4, BlockScaleMinimum, 0>;
using PackedQ4_K = Packed<Codes4, SubScaleMinimum, 0>;
using PackedQ5_0 = Packed<Codes5, BlockScale, 16>;
using PackedQ5_1 = Packed<Codes5, BlockScaleMinimum, 0>;
using PackedQ5_K = Packed<Codes5, SubScaleMinimum, 0>;
using PackedQ6_K = Packed<Codes6, HalfBlockScale, 32>;
using PackedQ8_0 = Packed<Codes8, BlockScale, 128>;

// Float weights: one column of a tile.
struct PackedF32 {
  static constexpr int kColumns = 1;
  float value[kTileRows];
};
struct PackedF16 {
  static constexpr int kColumns = 1;
  uint16_t value[kTileRows];
};
struct PackedBF16 {
  static constexpr int kColumns = 1;
  uint16_t value[kTileRows];
};

// The file's size, lane for lane; see the head of this file.
static_assert(sizeof(PackedQ2_K) == kTileRows * 84);
static_assert(sizeof(PackedQ4_0) == kTileRows * 18);
static_assert(sizeof(PackedQ4_1) == kTileRows * 20);
static_assert(sizeof(PackedQ4_K) == kTileRows * (144 + 4));
static_assert(sizeof(PackedQ5_0) == kTileRows * 22);
static_assert(sizeof(PackedQ5_1) == kTileRows * 24);
static_assert(sizeof(PackedQ5_K) == kTileRows * (176 + 4));
static_assert(sizeof(PackedQ6_K) == kTileRows * 210);
static_assert(sizeof(PackedQ8_0) == kTileRows * 34);

[[noreturn]] void FailNoPackedLayout(TensorType type);

// Calls visitor(std::type_identity<P>()) with the layout P that packed weights of `type` have.
template <typename Visitor>
auto VisitPackedLayout(TensorType type, Visitor visitor) {
  switch (type) {
    case TensorType::kF32:
      return visitor(std::type_identity<PackedF32>());
    case TensorType::kF16:
      return visitor(std::type_identity<PackedF16>());
    case TensorType::kBF16:
      return visitor(std::type_identity<PackedBF16>());
    case TensorType::kQ2_K:
      return visitor(std::type_identity<PackedQ2_K>());
    case TensorType::kQ4_0:
      return visitor(std::type_identity<PackedQ4_0>());
    case TensorType::kQ4_1:
      return visitor(std::type_identity<PackedQ4_1>());
    case TensorType::kQ4_K:
      return visitor(std::type_identity<PackedQ4_K>());
    case TensorType::kQ5_0:
      return visitor(std::type_identity<PackedQ5_0>());
    case TensorType::kQ5_1:
      return visitor(std::type_identity<PackedQ5_1>());
    case TensorType::kQ5_K:
      return visitor(std::type_identity<PackedQ5_K>());
    case TensorType::kQ3_K:
    case TensorType::kQ6_K:
      return visitor(std::type_identity<PackedQ6_K>());
    case TensorType::kQ8_0:
    case TensorType::kIQ4_NL:
      return visitor(std::type_identity<PackedQ8_0>());
    default:
      FailNoPackedLayout(type);
  }
}

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_PACKED_WEIGHTS_H_
