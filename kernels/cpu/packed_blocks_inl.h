// Codes and scales of packed blocks as vectors: what each layout of packed_weights.h becomes in registers.
#ifndef ESPALIER_KERNELS_CPU_PACKED_BLOCKS_INL_H_
#define ESPALIER_KERNELS_CPU_PACKED_BLOCKS_INL_H_

#include "kernels/cpu/packed_weights.h"
#include "kernels/cpu/simd_inl.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

constexpr int kVectors = kTileRows / kVectorLanes;  // per tile

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

}  // namespace
}  // namespace espalier::ESPALIER_LEVEL

#endif  // ESPALIER_KERNELS_CPU_PACKED_BLOCKS_INL_H_
