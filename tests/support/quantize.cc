#include "tests/support/quantize.h"

#include <array>

#include "base/check.h"
#include "tests/support/quantize_blocks.h"

namespace espalier {
namespace {

using Block = std::span<const float>;
using Codes = std::array<int, 32>;

std::string BlockQ8_0(Block block) {
  const float step = std::abs(Extreme(block)) / 127;
  std::string bytes = HalfBytes(step);
  for (const float value : block) bytes += static_cast<char>(NearestCode(value, step, -127, 127));
  return bytes;
}

// Bits 0 to 3: code i in the low half of byte i, code i + 16 in its high half.
std::string Nibbles(const Codes& codes) {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>((codes[i] & 15) | (codes[i + 16] & 15) << 4);
  return bytes;
}

// Bit 4 of code i in bit i.
std::string FifthBits(const Codes& codes) {
  uint32_t bits = 0;
  for (int i = 0; i < 32; ++i) bits |= static_cast<uint32_t>(codes[i] >> 4) << i;
  return RawBytes(bits);
}

// value = step * (code - offset).
std::string BlockSymmetric(Block block, int offset) {
  const float step = Extreme(block) / static_cast<float>(-offset);
  Codes codes;
  for (int i = 0; i < 32; ++i) codes[i] = NearestCode(block[i], step, -offset, offset - 1) + offset;
  return HalfBytes(step) + (offset == 16 ? FifthBits(codes) : "") + Nibbles(codes);
}

// value = step * code + minimum.
std::string BlockAffine(Block block, int largest_code) {
  const auto [low, high] = std::minmax_element(block.begin(), block.end());
  const float step = (*high - *low) / static_cast<float>(largest_code);
  Codes codes;
  for (int i = 0; i < 32; ++i) codes[i] = NearestCode(block[i] - *low, step, 0, largest_code);
  return HalfBytes(step) + HalfBytes(*low) + (largest_code == 31 ? FifthBits(codes) : "") + Nibbles(codes);
}

std::string BlockIQ4_NL(Block block) {
  constexpr std::array<int, 16> kValues = {-127, -104, -83, -65, -49, -35, -22, -10,
                                           1,    13,   25,  38,  53,  69,  89,  113};
  const float step = Extreme(block) / -127;
  Codes codes;
  for (int i = 0; i < 32; ++i) {
    const auto distance = [&](int value) { return std::abs(block[i] - step * static_cast<float>(value)); };
    const auto nearest = std::min_element(kValues.begin(), kValues.end(),
                                          [&](int a, int b) { return distance(a) < distance(b); });
    codes[i] = static_cast<int>(nearest - kValues.begin());
  }
  return HalfBytes(step) + Nibbles(codes);
}

std::string QuantizeBlock(TensorType type, Block block) {
  switch (type) {
    case TensorType::kF32:
      return RawBytes(block[0]);
    case TensorType::kF16:
      return HalfBytes(block[0]);
    case TensorType::kBF16:
      return RawBytes(FloatToBFloat16(block[0]));
    case TensorType::kQ8_0:
      return BlockQ8_0(block);
    case TensorType::kQ4_0:
      return BlockSymmetric(block, 8);
    case TensorType::kQ4_1:
      return BlockAffine(block, 15);
    case TensorType::kQ5_0:
      return BlockSymmetric(block, 16);
    case TensorType::kQ5_1:
      return BlockAffine(block, 31);
    case TensorType::kIQ4_NL:
      return BlockIQ4_NL(block);
    case TensorType::kQ2_K:
      return BlockQ2_K(block);
    case TensorType::kQ3_K:
      return BlockQ3_K(block);
    case TensorType::kQ4_K:
      return BlockQ4_K(block);
    case TensorType::kQ5_K:
      return BlockQ5_K(block);
    case TensorType::kQ6_K:
      return BlockQ6_K(block);
  }
  ESPALIER_CHECK(false, "no quantiser for ", GetTensorTypeInfo(type).name);
  __builtin_unreachable();
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
