#include "tests/support/quantize.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "kernels/half.h"
#include "tests/support/gguf_writer.h"

namespace espalier {
namespace {

using Block = std::span<const float>;

std::string Half(float value) { return RawBytes(FloatToHalf(value)); }

// `value` / `step` to the nearest code in [low, high]; a step of 0 gives the code of 0.
int Code(float value, float step, int low, int high) {
  return step == 0 ? std::clamp(0, low, high)
                   : std::clamp(static_cast<int>(std::lround(value / step)), low, high);
}

// The value of largest magnitude, with its sign.
float Extreme(Block block) {
  return *std::max_element(block.begin(), block.end(),
                           [](float a, float b) { return std::abs(a) < std::abs(b); });
}

std::string BlockQ8_0(Block block) {
  const float step = std::abs(Extreme(block)) / 127;
  std::string bytes = Half(step);
  for (const float value : block) bytes += static_cast<char>(Code(value, step, -127, 127));
  return bytes;
}

// 32 codes of 4 bits: code i in the low half of byte i, code i + 16 in its high half.
std::string Nibbles(const std::array<int, 32>& codes) {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>((codes[i] & 15) | (codes[i + 16] & 15) << 4);
  return bytes;
}

std::string BlockQ4_0(Block block) {
  const float step = Extreme(block) / -8;
  std::array<int, 32> codes;
  for (int i = 0; i < 32; ++i) codes[i] = Code(block[i], step, -8, 7) + 8;
  return Half(step) + Nibbles(codes);
}

std::string BlockQ4_1(Block block) {
  const auto [low, high] = std::minmax_element(block.begin(), block.end());
  const float step = (*high - *low) / 15;
  std::array<int, 32> codes;
  for (int i = 0; i < 32; ++i) codes[i] = Code(block[i] - *low, step, 0, 15);
  return Half(step) + Half(*low) + Nibbles(codes);
}

std::string BlockQ5_0(Block block) {
  const float step = Extreme(block) / -16;
  std::array<int, 32> codes;
  uint32_t high_bits = 0;
  for (int i = 0; i < 32; ++i) {
    codes[i] = Code(block[i], step, -16, 15) + 16;
    high_bits |= static_cast<uint32_t>(codes[i] >> 4) << i;
  }
  return Half(step) + RawBytes(high_bits) + Nibbles(codes);
}

// Eight 6-bit scales and eight 6-bit minimums in 12 bytes, the packing of Q4_K and Q5_K.
std::string PackScales(const std::array<int, 8>& scales, const std::array<int, 8>& minimums) {
  std::array<int, 12> packed;
  for (int j = 0; j < 4; ++j) {
    packed[j] = scales[j] | (scales[j + 4] >> 4) << 6;
    packed[j + 4] = minimums[j] | (minimums[j + 4] >> 4) << 6;
    packed[j + 8] = (scales[j + 4] & 15) | (minimums[j + 4] & 15) << 4;
  }
  return std::string(packed.begin(), packed.end());
}

std::string BlockQ4_K(Block block) {
  std::array<float, 8> steps, offsets;
  for (int j = 0; j < 8; ++j) {
    const Block part = block.subspan(32 * j, 32);
    offsets[j] = std::max(0.0f, -*std::min_element(part.begin(), part.end()));
    steps[j] = (std::max(0.0f, *std::max_element(part.begin(), part.end())) + offsets[j]) / 15;
  }
  const float scale_step = *std::max_element(steps.begin(), steps.end()) / 63;
  const float offset_step = *std::max_element(offsets.begin(), offsets.end()) / 63;
  std::array<int, 8> scales, minimums;
  for (int j = 0; j < 8; ++j) {
    scales[j] = Code(steps[j], scale_step, 0, 63);
    minimums[j] = Code(offsets[j], offset_step, 0, 63);
  }
  std::string bytes = Half(scale_step) + Half(offset_step) + PackScales(scales, minimums);
  const auto code = [&](int j, int i) {
    const float value = block[32 * j + i] + offset_step * minimums[j];
    return Code(value, scale_step * scales[j], 0, 15);
  };
  for (int j = 0; j < 8; j += 2) {  // two sub-blocks share 32 bytes
    for (int i = 0; i < 32; ++i) bytes += static_cast<char>(code(j, i) | code(j + 1, i) << 4);
  }
  return bytes;
}

std::string BlockQ6_K(Block block) {
  std::array<float, 16> steps;
  for (int j = 0; j < 16; ++j) steps[j] = Extreme(block.subspan(16 * j, 16)) / -32;
  const float scale_step = std::abs(Extreme(steps)) / 127;
  std::array<int, 16> scales;
  for (int j = 0; j < 16; ++j) scales[j] = Code(steps[j], scale_step, -127, 127);
  std::array<char, 128> low{};
  std::array<char, 64> high{};
  for (int i = 0; i < 256; ++i) {
    const int code = Code(block[i], scale_step * scales[i / 16], -32, 31) + 32;
    const int half = i / 128, quarter = i % 128 / 32, lane = i % 32;
    low[64 * half + 32 * (quarter % 2) + lane] |= static_cast<char>((code & 15) << 4 * (quarter / 2));
    high[32 * half + lane] |= static_cast<char>((code >> 4) << 2 * quarter);
  }
  std::string bytes(low.begin(), low.end());
  bytes.append(high.begin(), high.end());
  bytes.append(scales.begin(), scales.end());
  return bytes + Half(scale_step);
}

std::string QuantizeBlock(TensorType type, Block block) {
  switch (type) {
    case TensorType::kF32:
      return RawBytes(block[0]);
    case TensorType::kF16:
      return Half(block[0]);
    case TensorType::kBF16:
      return RawBytes(FloatToBFloat16(block[0]));
    case TensorType::kQ8_0:
      return BlockQ8_0(block);
    case TensorType::kQ4_0:
      return BlockQ4_0(block);
    case TensorType::kQ4_1:
      return BlockQ4_1(block);
    case TensorType::kQ5_0:
      return BlockQ5_0(block);
    case TensorType::kQ4_K:
      return BlockQ4_K(block);
    case TensorType::kQ6_K:
      return BlockQ6_K(block);
    default:
      ESPALIER_CHECK(false, "no quantiser for ", GetTensorTypeInfo(type).name);
  }
}

}  // namespace

std::string Quantize(TensorType type, std::span<const float> values) {
  const size_t block = static_cast<size_t>(GetTensorTypeInfo(type).block_elements);
  ESPALIER_CHECK(values.size() % block == 0, values.size(), " values, blocks of ", block);
  std::string bytes;
  for (size_t i = 0; i < values.size(); i += block) bytes += QuantizeBlock(type, values.subspan(i, block));
  return bytes;
}

}  // namespace espalier
