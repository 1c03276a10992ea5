#include "tests/support/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "base/random.h"

namespace espalier {
namespace {

// The root mean square error of a code/decode round trip over deviation-1 values, at most.
struct Case {
  TensorType type;
  double error;
};

class QuantizeTest : public testing::TestWithParam<Case> {};

TEST_P(QuantizeTest, RoundTripLosesNoMoreThanTheTypeMust) {
  std::vector<float> values(256 * 16);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>((UniformDraw(7, i) - 0.5) * std::sqrt(12.0));
  }
  const std::string bytes = Quantize(GetParam().type, values);
  const TensorTypeInfo info = GetTensorTypeInfo(GetParam().type);
  const auto blocks = static_cast<int64_t>(values.size()) / info.block_elements;
  ASSERT_EQ(static_cast<int64_t>(bytes.size()), blocks * info.block_bytes);

  std::vector<float> decoded(values.size());
  DequantizeRow(GetParam().type, bytes.data(), decoded.data(), static_cast<int64_t>(values.size()));
  double squares = 0;
  for (size_t i = 0; i < values.size(); ++i) squares += std::pow(decoded[i] - values[i], 2);
  EXPECT_LE(std::sqrt(squares / static_cast<double>(values.size())), GetParam().error);
}

// Uniform values over 2 * sqrt(3): n codes leave a step of about 3.5 / n, an error of step / sqrt(12) = 1 /
// n. Few codes are spread over fewer values (a part's range, or offsets shared by half of the codes).
constexpr Case kCases[] = {
    {TensorType::kF32, 0},          {TensorType::kF16, 1e-3},      {TensorType::kBF16, 4e-3},
    {TensorType::kQ8_0, 1.2 / 256}, {TensorType::kQ4_0, 1.8 / 16}, {TensorType::kQ4_1, 1.2 / 16},
    {TensorType::kQ5_0, 1.6 / 32},  {TensorType::kQ5_1, 1.2 / 32}, {TensorType::kIQ4_NL, 1.8 / 16},
    {TensorType::kQ2_K, 1.4 / 4},   {TensorType::kQ3_K, 1.9 / 8},  {TensorType::kQ4_K, 1.3 / 16},
    {TensorType::kQ5_K, 1.4 / 32},  {TensorType::kQ6_K, 1.6 / 64},
};

INSTANTIATE_TEST_SUITE_P(Types, QuantizeTest, testing::ValuesIn(kCases), [](const auto& info) {
  return std::string(GetTensorTypeInfo(info.param.type).name);
});

TEST(Quantize, WritesEverySupportedType) {
  for (uint32_t id = 0; id < 64; ++id) {
    const bool written = std::any_of(std::begin(kCases), std::end(kCases),
                                     [&](const Case& c) { return static_cast<uint32_t>(c.type) == id; });
    EXPECT_EQ(written, GetTensorTypeInfo(id).supported) << id;
  }
}

}  // namespace
}  // namespace espalier
