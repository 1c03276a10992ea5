// The K types: blocks of 256 values whose parts of 16 or 32 have integer scales.
#include <array>

#include "tests/support/quantize_blocks.h"

namespace espalier {
namespace {

using Block = std::span<const float>;
using Codes = std::array<uint8_t, 256>;

template <size_t kSize>
std::string Bytes(const std::array<uint8_t, kSize>& values) {
  return std::string(values.begin(), values.end());
}

// Parts with minimums: value = scale_step * scale * code - offset_step * minimum.
template <int kParts>
struct Affine {
  float scale_step, offset_step;
  std::array<uint8_t, kParts> scales, minimums;
  Codes codes;
};

template <int kParts>
Affine<kParts> FitAffine(Block block, int largest_code, int largest_scale) {
  constexpr int kPart = 256 / kParts;
  std::array<float, kParts> steps, offsets;
  for (int j = 0; j < kParts; ++j) {
    const Block part = block.subspan(kPart * j, kPart);
    offsets[j] = std::max(0.0f, -*std::min_element(part.begin(), part.end()));
    const float largest = std::max(0.0f, *std::max_element(part.begin(), part.end()));
    steps[j] = (largest + offsets[j]) / static_cast<float>(largest_code);
  }
  Affine<kParts> fit;
  fit.scale_step = Extreme(steps) / static_cast<float>(largest_scale);
  fit.offset_step = Extreme(offsets) / static_cast<float>(largest_scale);
  for (int j = 0; j < kParts; ++j) {
    fit.scales[j] = static_cast<uint8_t>(NearestCode(steps[j], fit.scale_step, 0, largest_scale));
    fit.minimums[j] = static_cast<uint8_t>(NearestCode(offsets[j], fit.offset_step, 0, largest_scale));
  }
  for (int i = 0; i < 256; ++i) {
    const int j = i / kPart;
    const float value = block[i] + fit.offset_step * static_cast<float>(fit.minimums[j]);
    const float step = fit.scale_step * static_cast<float>(fit.scales[j]);
    fit.codes[i] = static_cast<uint8_t>(NearestCode(value, step, 0, largest_code));
  }
  return fit;
}

// 16 parts with signed scales: value = scale_step * scale * (code - offset), codes up to 2 * offset - 1.
struct Symmetric {
  float scale_step;
  std::array<int, 16> scales;
  Codes codes;
};

Symmetric FitSymmetric(Block block, int offset, int largest_scale) {
  std::array<float, 16> steps;
  for (int j = 0; j < 16; ++j) steps[j] = Extreme(block.subspan(16 * j, 16)) / static_cast<float>(-offset);
  Symmetric fit;
  fit.scale_step = std::abs(Extreme(steps)) / static_cast<float>(largest_scale);
  for (int j = 0; j < 16; ++j) {
    fit.scales[j] = NearestCode(steps[j], fit.scale_step, -largest_scale, largest_scale);
  }
  for (int i = 0; i < 256; ++i) {
    const float step = fit.scale_step * static_cast<float>(fit.scales[i / 16]);
    fit.codes[i] = static_cast<uint8_t>(NearestCode(block[i], step, -offset, offset - 1) + offset);
  }
  return fit;
}

// Bits 0 and 1 of the codes: those of columns 128h + 32q + lane at bit 2q of byte 32h + lane.
std::string PackTwoBits(const Codes& codes) {
  std::array<uint8_t, 64> packed{};
  for (int i = 0; i < 256; ++i) {
    packed[32 * (i / 128) + i % 32] |= static_cast<uint8_t>((codes[i] & 3) << (2 * (i % 128 / 32)));
  }
  return Bytes(packed);
}

// Bits 0 to 3 of the codes: two parts of 32 share 32 bytes.
std::string PackNibbles(const Codes& codes) {
  std::array<uint8_t, 128> packed{};
  for (int i = 0; i < 256; ++i) {
    packed[32 * (i / 64) + i % 32] |= static_cast<uint8_t>((codes[i] & 15) << (4 * (i % 64 / 32)));
  }
  return Bytes(packed);
}

// Bit `bit` of the codes: that of column 32j + lane at bit j of byte lane.
std::string PackBit(const Codes& codes, int bit) {
  std::array<uint8_t, 32> packed{};
  for (int i = 0; i < 256; ++i) packed[i % 32] |= static_cast<uint8_t>((codes[i] >> bit & 1) << (i / 32));
  return Bytes(packed);
}

// Eight 6-bit scales and eight 6-bit minimums in 12 bytes, the packing of Q4_K and Q5_K.
std::string PackSixBits(const Affine<8>& fit) {
  std::array<uint8_t, 12> packed;
  for (int j = 0; j < 4; ++j) {
    packed[j] = static_cast<uint8_t>(fit.scales[j] | (fit.scales[j + 4] >> 4) << 6);
    packed[j + 4] = static_cast<uint8_t>(fit.minimums[j] | (fit.minimums[j + 4] >> 4) << 6);
    packed[j + 8] = static_cast<uint8_t>((fit.scales[j + 4] & 15) | (fit.minimums[j + 4] & 15) << 4);
  }
  return Bytes(packed);
}

}  // namespace

std::string BlockQ2_K(Block block) {
  const Affine<16> fit = FitAffine<16>(block, 3, 15);
  std::array<uint8_t, 16> both;
  for (int j = 0; j < 16; ++j) both[j] = static_cast<uint8_t>(fit.scales[j] | fit.minimums[j] << 4);
  return Bytes(both) + PackTwoBits(fit.codes) + HalfBytes(fit.scale_step) + HalfBytes(fit.offset_step);
}

std::string BlockQ3_K(Block block) {
  const Symmetric fit = FitSymmetric(block, 4, 31);
  std::array<uint8_t, 12> packed{};
  for (int j = 0; j < 16; ++j) {
    const int scale = fit.scales[j] + 32;
    packed[j % 8] |= static_cast<uint8_t>((scale & 15) << (4 * (j / 8)));
    packed[8 + j % 4] |= static_cast<uint8_t>((scale >> 4) << (2 * (j / 4)));
  }
  return PackBit(fit.codes, 2) + PackTwoBits(fit.codes) + Bytes(packed) + HalfBytes(fit.scale_step);
}

std::string BlockQ4_K(Block block) {
  const Affine<8> fit = FitAffine<8>(block, 15, 63);
  return HalfBytes(fit.scale_step) + HalfBytes(fit.offset_step) + PackSixBits(fit) + PackNibbles(fit.codes);
}

std::string BlockQ5_K(Block block) {
  const Affine<8> fit = FitAffine<8>(block, 31, 63);
  return HalfBytes(fit.scale_step) + HalfBytes(fit.offset_step) + PackSixBits(fit) + PackBit(fit.codes, 4) +
         PackNibbles(fit.codes);
}

std::string BlockQ6_K(Block block) {
  const Symmetric fit = FitSymmetric(block, 32, 127);
  std::array<uint8_t, 128> low{};
  std::array<uint8_t, 64> high{};
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128, quarter = i % 128 / 32, lane = i % 32;
    low[64 * half + 32 * (quarter % 2) + lane] |=
        static_cast<uint8_t>((fit.codes[i] & 15) << (4 * (quarter / 2)));
    high[32 * half + lane] |= static_cast<uint8_t>((fit.codes[i] >> 4) << (2 * quarter));
  }
  return Bytes(low) + Bytes(high) + std::string(fit.scales.begin(), fit.scales.end()) +
         HalfBytes(fit.scale_step);
}

}  // namespace espalier
