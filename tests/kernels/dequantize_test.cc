#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/cpu/cpu_features.h"
#include "kernels/half.h"
#include "kernels/tensor_type.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace espalier {
namespace {

std::vector<std::byte> FromHex(const std::string& hex) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

TensorType TypeNamed(const std::string& name) {
  for (uint32_t id = 0; id < 64; ++id) {
    if (GetTensorTypeInfo(id).name == name) return static_cast<TensorType>(id);
  }
  ADD_FAILURE() << name;
  return TensorType::kF32;
}

TEST(Dequantize, EqualsTheValuesOfTheGgufPackage) {
  std::ifstream golden("tests/golden/dequantize.txt");
  ASSERT_TRUE(golden);
  std::set<std::string> seen;
  for (std::string name, stored, expected; golden >> name >> stored >> expected;) {
    const TensorType type = TypeNamed(name);
    const std::vector<std::byte> bytes = FromHex(stored);
    const std::vector<std::byte> expected_bytes = FromHex(expected);
    std::vector<float> values(expected_bytes.size() / sizeof(float));
    ASSERT_EQ(RowBytes(type, static_cast<int64_t>(values.size())), bytes.size()) << name;
    DequantizeRow(type, bytes.data(), values.data(), static_cast<int64_t>(values.size()));
    for (size_t i = 0; i < values.size(); ++i) {
      float value;
      std::memcpy(&value, &expected_bytes[4 * i], sizeof value);
      ASSERT_EQ(values[i], value) << name << " element " << i;
    }
    seen.insert(name);
  }
  for (uint32_t id = 0; id < 64; ++id) {
    const TensorTypeInfo info = GetTensorTypeInfo(id);
    EXPECT_EQ(info.supported, seen.contains(info.name)) << info.name;
  }
}

TEST(TensorType, AnswersForUnknownIds) {
  EXPECT_EQ(GetTensorTypeInfo(99).name, "type 99");
  EXPECT_EQ(GetTensorTypeInfo(99).block_bytes, 0);
  EXPECT_FALSE(GetTensorTypeInfo(9).supported);
}

TEST(Half, EveryHalfReturnsThroughFloat) {
  for (uint32_t half = 0; half < 0x10000; ++half) {
    const float value = HalfToFloat(static_cast<uint16_t>(half));
    const uint32_t magnitude = half & 0x7fff;
    const double expected = magnitude >= 0x7c00 ? std::numeric_limits<double>::infinity()
                            : magnitude < 0x400
                                ? std::ldexp(magnitude, -24)
                                : std::ldexp(1024 + magnitude % 1024, int(magnitude / 1024) - 25);
    if (magnitude > 0x7c00) {
      EXPECT_TRUE(std::isnan(value));
      EXPECT_EQ(FloatToHalf(value), half | 0x200);
    } else {
      EXPECT_EQ(value, half & 0x8000 ? -expected : expected);
      EXPECT_EQ(FloatToHalf(value), half);
    }
  }
}

#if defined(__x86_64__)
ESPALIER_AVX2 uint16_t HardwareHalf(float value) {
  return static_cast<uint16_t>(
      _mm_extract_epi16(_mm_cvtps_ph(_mm_set_ss(value), _MM_FROUND_TO_NEAREST_INT), 0));
}

TEST(Half, RoundsAsTheProcessorDoes) {
  if (CpuLevels().back() < CpuLevel::kAvx2) GTEST_SKIP() << "needs F16C";
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += 1009) {
    const float value = std::bit_cast<float>(static_cast<uint32_t>(bits));
    ASSERT_EQ(FloatToHalf(value), HardwareHalf(value)) << value << " " << bits;
  }
}
#endif

TEST(Half, BFloat16RoundsToNearestEven) {
  EXPECT_EQ(FloatToBFloat16(1.0f), 0x3f80);
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0x3f808000u)), 0x3f80);  // half way: to even
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0x3f818000u)), 0x3f82);
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0x3f808001u)), 0x3f81);
  EXPECT_EQ(FloatToBFloat16(3.4e38f), 0x7f80);
  EXPECT_TRUE(std::isnan(BFloat16ToFloat(FloatToBFloat16(std::nanf("")))));
}

}  // namespace
}  // namespace espalier
