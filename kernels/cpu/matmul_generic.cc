// Plain C++: the kernels of processors without a level of their own, and what the others are compared with.
#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/cpu/matmul_kernels.h"
#include "kernels/half.h"

namespace espalier {
namespace {

using GroupCodes = uint8_t[kBlockGroups][kGroupBytes];

void UnpackLow(const uint8_t (&low)[4][kGroupBytes], GroupCodes& out) {
  for (int g = 0; g < 4; ++g) {
    for (int i = 0; i < kGroupBytes; ++i) {
      out[g][i] = low[g][i] & 15;
      out[g + 4][i] = low[g][i] >> 4;
    }
  }
}
void Unpack(const Codes2& codes, GroupCodes& out) {
  for (int g = 0; g < kBlockGroups; ++g) {
    for (int i = 0; i < kGroupBytes; ++i) out[g][i] = codes.code[g / 4][i] >> (2 * (g % 4)) & 3;
  }
}
void Unpack(const Codes4& codes, GroupCodes& out) { UnpackLow(codes.low, out); }
void Unpack(const Codes5& codes, GroupCodes& out) {
  UnpackLow(codes.low, out);
  for (int g = 0; g < kBlockGroups; ++g) {
    for (int i = 0; i < kGroupBytes; ++i) out[g][i] |= (codes.high[i] >> g & 1) << 4;
  }
}
void Unpack(const Codes6& codes, GroupCodes& out) {
  UnpackLow(codes.low, out);
  for (int g = 0; g < kBlockGroups; ++g) {
    for (int i = 0; i < kGroupBytes; ++i) out[g][i] |= (codes.high[g / 4][i] >> (2 * (g % 4)) & 3) << 4;
  }
}
void Unpack(const Codes8& codes, GroupCodes& out) {
  std::copy(&codes.code[0][0], &codes.code[0][0] + sizeof codes, &out[0][0]);
}

// dots[h][lane]: sum of code * quant over columns [16h, 16h + 16) of the block.
void HalfDots(const GroupCodes& codes, const int8_t* quants, int32_t (&dots)[2][kTileRows]) {
  for (int h = 0; h < 2; ++h) {
    std::fill(dots[h], dots[h] + kTileRows, 0);
    for (int g = 4 * h; g < 4 * h + 4; ++g) {
      for (int i = 0; i < kGroupBytes; ++i) {
        dots[h][i / 4] += static_cast<int16_t>(codes[g][i]) * static_cast<int16_t>(quants[4 * g + i % 4]);
      }
    }
  }
}

// Weight scale and minimum of the 8 lanes of one block, in value = scale * code + minimum.
struct LaneScales {
  float scale[kTileRows];
  float minimum[kTileRows];
};

template <int kOffset>
LaneScales LoadScales(const BlockScale& block, const Empty&) {
  LaneScales lanes;
  for (int r = 0; r < kTileRows; ++r) {
    lanes.scale[r] = HalfToFloat(block.scale[r]);
    lanes.minimum[r] = static_cast<float>(-kOffset) * lanes.scale[r];
  }
  return lanes;
}
template <int>
LaneScales LoadScales(const BlockScaleMinimum& block, const Empty&) {
  LaneScales lanes;
  for (int r = 0; r < kTileRows; ++r) {
    lanes.scale[r] = HalfToFloat(block.scale[r]);
    lanes.minimum[r] = HalfToFloat(block.minimum[r]);
  }
  return lanes;
}
template <int>
LaneScales LoadScales(const SubScaleMinimum& block, const SubScaleMinimum::Super& super) {
  LaneScales lanes;
  for (int r = 0; r < kTileRows; ++r) {
    lanes.scale[r] = HalfToFloat(super.scale[r]) * static_cast<float>(block.scale[r]);
    lanes.minimum[r] = HalfToFloat(super.minimum[r]) * -static_cast<float>(block.minimum[r]);
  }
  return lanes;
}

template <typename Layout>
void AccumulateBlock(const Layout& super, int b, const int32_t (&dots)[2][kTileRows],
                     const ActivationBlock& activation, float* sums) {
  const auto& scales = super.blocks[b].scales;
  if constexpr (std::is_same_v<typename Layout::Scales, HalfBlockScaleMinimum>) {
    for (int r = 0; r < kTileRows; ++r) {
      int32_t dot = 0, minimum = 0;
      for (int h = 0; h < 2; ++h) {
        dot += (scales.scale_minimum[r][h] & 15) * dots[h][r];
        minimum -= (scales.scale_minimum[r][h] >> 4) * activation.half_sum[h];
      }
      sums[r] =
          std::fma(HalfToFloat(super.super.scale[r]) * activation.scale, static_cast<float>(dot), sums[r]);
      sums[r] = std::fma(HalfToFloat(super.super.minimum[r]) * activation.scale, static_cast<float>(minimum),
                         sums[r]);
    }
  } else if constexpr (std::is_same_v<typename Layout::Scales, HalfBlockScale>) {
    for (int r = 0; r < kTileRows; ++r) {
      int32_t dot = 0;
      for (int h = 0; h < 2; ++h) {
        dot += scales.scale[r][h] * (dots[h][r] - Layout::kOffset * activation.half_sum[h]);
      }
      sums[r] =
          std::fma(HalfToFloat(super.super.scale[r]) * activation.scale, static_cast<float>(dot), sums[r]);
    }
  } else {
    const LaneScales lanes = LoadScales<Layout::kOffset>(scales, super.super);
    for (int r = 0; r < kTileRows; ++r) {
      const auto dot = static_cast<float>(dots[0][r] + dots[1][r]);
      sums[r] = std::fma(lanes.scale[r] * activation.scale, dot, sums[r]);
      sums[r] = std::fma(lanes.minimum[r], activation.scaled_sum, sums[r]);
    }
  }
}

// One tile; sums of row m at sums + m * stride.
template <typename Layout>
void TileProduct(const TileArguments& a, const Layout* tile, int rows, float* sums, int stride) {
  const int64_t blocks = a.activations->blocks();
  for (int64_t index = 0; index < blocks; ++index) {
    const Layout& super = tile[index / Layout::Scales::kBlocks];
    const int b = static_cast<int>(index % Layout::Scales::kBlocks);
    GroupCodes codes;
    Unpack(super.blocks[b].codes, codes);
    for (int m = 0; m < rows; ++m) {
      int32_t dots[2][kTileRows];
      HalfDots(codes, a.activations->quants(a.row + m) + index * kBlockColumns, dots);
      AccumulateBlock(super, b, dots, a.activations->scales(a.row + m)[index], sums + m * stride);
    }
  }
}

template <typename Float>
float LoadLane(const Float& column, int lane) {
  if constexpr (std::is_same_v<Float, PackedF16>) return HalfToFloat(column.value[lane]);
  if constexpr (std::is_same_v<Float, PackedBF16>) return BFloat16ToFloat(column.value[lane]);
  if constexpr (std::is_same_v<Float, PackedF32>) return column.value[lane];
}

template <typename Float>
requires(Float::kColumns == 1) void TileProduct(const TileArguments& a, const Float* tile, int rows,
                                                float* sums, int stride) {
  for (int64_t k = 0; k < a.activations->columns(); ++k) {
    for (int r = 0; r < kTileRows; ++r) {
      const float weight = LoadLane(tile[k], r);
      for (int m = 0; m < rows; ++m) {
        float& sum = sums[m * stride + r];
        sum = std::fma(weight, a.activations->values(a.row + m)[k], sum);
      }
    }
  }
}

template <typename Layout, int kRows, int kTiles>
void Kernel(const TileArguments& a) {
  std::fill(a.sums, a.sums + kRows * kTiles * kTileRows, 0.0f);
  for (int t = 0; t < kTiles; ++t) {
    const auto* tile = reinterpret_cast<const Layout*>(a.weights + t * a.tile_bytes);
    TileProduct(a, tile, kRows, a.sums + t * kTileRows, kTiles * kTileRows);
  }
}

// To the nearest integer, ties to even; 0 for a NaN, which only a broken model brings.
int8_t RoundToQuant(float value) {
  return std::fabs(value) < 127.5f ? static_cast<int8_t>(std::nearbyint(value)) : int8_t{0};
}

}  // namespace

TileKernels GenericTileKernels(TensorType type) {
  return VisitPackedLayout(type, []<typename Layout>(std::type_identity<Layout>) {
    return TileKernels{{{Kernel<Layout, 1, 1>, Kernel<Layout, 1, 2>},
                        {Kernel<Layout, 2, 1>, Kernel<Layout, 2, 2>},
                        {Kernel<Layout, 3, 1>, Kernel<Layout, 3, 2>},
                        {Kernel<Layout, 4, 1>, Kernel<Layout, 4, 2>}},
                       1};
  });
}

void QuantizeRowGeneric(const float* values, int64_t columns, int8_t* quants, ActivationBlock* scales) {
  for (int64_t first = 0; first < columns; first += kBlockColumns, quants += kBlockColumns, ++scales) {
    const int64_t count = std::min<int64_t>(kBlockColumns, columns - first);
    float largest = 0;
    for (int64_t c = 0; c < count; ++c) largest = std::max(largest, std::fabs(values[first + c]));
    const float inverse = largest < kSmallestQuantized ? 0.0f : 127.0f / largest;
    int32_t half_sum[2] = {0, 0};
    for (int64_t c = 0; c < kBlockColumns; ++c) {
      quants[c] = c < count ? RoundToQuant(values[first + c] * inverse) : int8_t{0};
      half_sum[c / 16] += quants[c];
    }
    const float scale = largest / 127.0f;
    *scales = {scale,
               scale * static_cast<float>(half_sum[0] + half_sum[1]),
               {static_cast<int16_t>(half_sum[0]), static_cast<int16_t>(half_sum[1])}};
  }
}

}  // namespace espalier
