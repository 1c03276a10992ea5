#include "kernels/block_codes.h"

#include <cstring>

namespace espalier {
namespace {

uint8_t Byte(const std::byte* bytes, int64_t index) { return static_cast<uint8_t>(bytes[index]); }

uint16_t Half(const std::byte* bytes) {
  uint16_t half;
  std::memcpy(&half, bytes, sizeof half);
  return half;
}

// Column c < 16 in the low nibble of byte c, column c + 16 in its high nibble.
void ReadNibbles(const std::byte* nibbles, BlockCodes& block) {
  for (int c = 0; c < 16; ++c) {
    block.codes[c] = Byte(nibbles, c) & 15;
    block.codes[c + 16] = Byte(nibbles, c) >> 4;
  }
}

// Bit c of the little-endian word `bits` is bit 4 of column c.
void ReadFifthBits(const std::byte* bits, BlockCodes& block) {
  for (int c = 0; c < 32; ++c) block.codes[c] |= (Byte(bits, c / 8) >> (c % 8) & 1) << 4;
}

template <int kBlockBytes, bool kHasMinimum, bool kHasFifthBit>
BlockCodes ReadLegacy(const std::byte* row, int64_t index) {
  const std::byte* source = row + index * kBlockBytes;
  BlockCodes block;
  block.scale = Half(source);
  source += 2;
  if constexpr (kHasMinimum) {
    block.minimum = Half(source);
    source += 2;
  }
  ReadNibbles(source + (kHasFifthBit ? 4 : 0), block);
  if constexpr (kHasFifthBit) ReadFifthBits(source, block);
  return block;
}

BlockCodes ReadQ8_0(const std::byte* row, int64_t index) {
  const std::byte* source = row + index * 34;
  BlockCodes block;
  block.scale = Half(source);
  for (int c = 0; c < 32; ++c) block.codes[c] = Byte(source, 2 + c) ^ 0x80;  // quant + 128
  return block;
}

BlockCodes ReadIQ4_NL(const std::byte* row, int64_t index) {
  constexpr int8_t kValues[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
  BlockCodes block = ReadLegacy<18, false, false>(row, index);
  for (uint8_t& code : block.codes) code = static_cast<uint8_t>(kValues[code] + 128);
  return block;
}

// Q4_K and Q5_K: eight 6-bit scales, then eight 6-bit minimums, in 12 bytes.
void ReadSixBitScales(const std::byte* packed, int j, BlockCodes& block) {
  if (j < 4) {
    block.sub_scale[0] = Byte(packed, j) & 63;
    block.sub_minimum[0] = Byte(packed, j + 4) & 63;
  } else {
    block.sub_scale[0] = static_cast<int8_t>((Byte(packed, j + 4) & 15) | (Byte(packed, j - 4) >> 6) << 4);
    block.sub_minimum[0] = static_cast<uint8_t>(Byte(packed, j + 4) >> 4 | (Byte(packed, j) >> 6) << 4);
  }
  block.sub_scale[1] = block.sub_scale[0];
  block.sub_minimum[1] = block.sub_minimum[0];
}

BlockCodes ReadQ4_K(const std::byte* row, int64_t index) {
  const std::byte* source = row + index / 8 * 144;
  const int j = static_cast<int>(index % 8);
  BlockCodes block;
  block.scale = Half(source);
  block.minimum = Half(source + 2);
  ReadSixBitScales(source + 4, j, block);
  const std::byte* nibbles = source + 16 + 32 * (j / 2);
  for (int c = 0; c < 32; ++c) block.codes[c] = Byte(nibbles, c) >> (4 * (j % 2)) & 15;
  return block;
}

BlockCodes ReadQ5_K(const std::byte* row, int64_t index) {
  const std::byte* source = row + index / 8 * 176;
  const int j = static_cast<int>(index % 8);
  BlockCodes block;
  block.scale = Half(source);
  block.minimum = Half(source + 2);
  ReadSixBitScales(source + 4, j, block);
  const std::byte* high = source + 16;
  const std::byte* nibbles = source + 48 + 32 * (j / 2);
  for (int c = 0; c < 32; ++c) {
    block.codes[c] = (Byte(nibbles, c) >> (4 * (j % 2)) & 15) | (Byte(high, c) >> j & 1) << 4;
  }
  return block;
}

BlockCodes ReadQ2_K(const std::byte* row, int64_t index) {
  const std::byte* source = row + index / 8 * 84;
  const int j = static_cast<int>(index % 8);
  BlockCodes block;
  block.scale = Half(source + 80);
  block.minimum = Half(source + 82);
  for (int h = 0; h < 2; ++h) {
    const uint8_t both = Byte(source, 2 * j + h);
    block.sub_scale[h] = both & 15;
    block.sub_minimum[h] = both >> 4;
  }
  const std::byte* codes = source + 16 + 32 * (j / 4);
  for (int c = 0; c < 32; ++c) block.codes[c] = Byte(codes, c) >> (2 * (j % 4)) & 3;
  return block;
}

BlockCodes ReadQ3_K(const std::byte* row, int64_t index) {
  const std::byte* source = row + index / 8 * 110;
  const int j = static_cast<int>(index % 8);
  const std::byte* high = source;
  const std::byte* low = source + 32 + 32 * (j / 4);
  const std::byte* scales = source + 96;
  BlockCodes block;
  block.scale = Half(source + 108);
  for (int h = 0; h < 2; ++h) {
    const int s = 2 * j + h;
    const int low_bits = s < 8 ? Byte(scales, s) & 15 : Byte(scales, s - 8) >> 4;
    const int high_bits = Byte(scales, 8 + s % 4) >> (2 * (s / 4)) & 3;
    block.sub_scale[h] = static_cast<int8_t>((low_bits | high_bits << 4) - 32);
  }
  for (int c = 0; c < 32; ++c) {
    block.codes[c] = (Byte(low, c) >> (2 * (j % 4)) & 3) | (Byte(high, c) >> j & 1) << 2;
  }
  return block;
}

BlockCodes ReadQ6_K(const std::byte* row, int64_t index) {
  const std::byte* source = row + index / 8 * 210;
  const int j = static_cast<int>(index % 8);
  const std::byte* low = source + 64 * (j / 4) + 32 * (j % 2);
  const std::byte* high = source + 128 + 32 * (j / 4);
  const int low_shift = j % 4 < 2 ? 0 : 4;
  BlockCodes block;
  block.scale = Half(source + 208);
  for (int h = 0; h < 2; ++h) block.sub_scale[h] = static_cast<int8_t>(Byte(source, 192 + 2 * j + h));
  for (int c = 0; c < 32; ++c) {
    block.codes[c] = (Byte(low, c) >> low_shift & 15) | (Byte(high, c) >> (2 * (j % 4)) & 3) << 4;
  }
  return block;
}

}  // namespace

BlockCodec GetBlockCodec(TensorType type) {
  switch (type) {
    case TensorType::kQ4_0:
      return {ReadLegacy<18, false, false>, 8};
    case TensorType::kQ4_1:
      return {ReadLegacy<20, true, false>};
    case TensorType::kQ5_0:
      return {ReadLegacy<22, false, true>, 16};
    case TensorType::kQ5_1:
      return {ReadLegacy<24, true, true>};
    case TensorType::kQ8_0:
      return {ReadQ8_0, 128};
    case TensorType::kIQ4_NL:
      return {ReadIQ4_NL, 128};
    case TensorType::kQ2_K:
      return {ReadQ2_K, 0, -1};
    case TensorType::kQ3_K:
      return {ReadQ3_K, 4};
    case TensorType::kQ4_K:
      return {ReadQ4_K, 0, -1};
    case TensorType::kQ5_K:
      return {ReadQ5_K, 0, -1};
    case TensorType::kQ6_K:
      return {ReadQ6_K, 32};
    default:
      return {};
  }
}

}  // namespace espalier
