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

uint64_t Word(const std::byte* bytes, int index) {
  uint64_t word;
  std::memcpy(&word, bytes + 8 * index, sizeof word);
  return word;
}

constexpr uint64_t kOnes = 0x0101010101010101;  // `kOnes * x` has x in every byte

// codes |= (source byte >> shift & mask) << left, of all 32 columns, eight at a time.
void AddBits(const std::byte* source, int shift, uint64_t mask, int left, BlockCodes& block) {
  for (int i = 0; i < 4; ++i) {
    uint64_t codes;
    std::memcpy(&codes, block.codes.data() + 8 * i, sizeof codes);
    codes |= (Word(source, i) >> shift & kOnes * mask) << left;
    std::memcpy(block.codes.data() + 8 * i, &codes, sizeof codes);
  }
}

// Column c < 16 in the low nibble of byte c, column c + 16 in its high nibble.
void ReadNibbles(const std::byte* nibbles, BlockCodes& block) {
  for (int i = 0; i < 2; ++i) {
    const uint64_t word = Word(nibbles, i);
    const uint64_t low = word & kOnes * 15;
    const uint64_t high = word >> 4 & kOnes * 15;
    std::memcpy(block.codes.data() + 8 * i, &low, sizeof low);
    std::memcpy(block.codes.data() + 16 + 8 * i, &high, sizeof high);
  }
}

// Bit c of the little-endian word `bits` is bit 4 of column c.
void ReadFifthBits(const std::byte* bits, BlockCodes& block) {
  std::byte spread[32];
  for (int i = 0; i < 4; ++i) {
    // Byte b of `own` keeps bit b alone, then becomes 0 or 1.
    const uint64_t own = kOnes * Byte(bits, i) & 0x8040201008040201;
    const uint64_t ones = (own + kOnes * 0x7f) >> 7 & kOnes;
    std::memcpy(spread + 8 * i, &ones, sizeof ones);
  }
  AddBits(spread, 0, 1, 4, block);
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
  AddBits(nibbles, 4 * (j % 2), 15, 0, block);
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
  AddBits(nibbles, 4 * (j % 2), 15, 0, block);
  AddBits(high, j, 1, 4, block);
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
  AddBits(codes, 2 * (j % 4), 3, 0, block);
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
  AddBits(low, 2 * (j % 4), 3, 0, block);
  AddBits(high, j, 1, 2, block);
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
  AddBits(low, low_shift, 15, 0, block);
  AddBits(high, 2 * (j % 4), 3, 4, block);
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
