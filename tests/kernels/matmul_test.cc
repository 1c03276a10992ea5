#include "kernels/matmul.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/block_codes.h"
#include "kernels/cpu/cpu_features.h"
#include "kernels/half.h"
#include "kernels/reference/matmul.h"
#include "tests/kernels/random_tensor.h"

namespace espalier {
namespace {

constexpr double kEpsilon = 0x1p-24;  // of one rounding to float

class LevelGuard {
 public:
  explicit LevelGuard(CpuLevel level) : before_(ActiveCpuLevel()) { SetActiveCpuLevel(level); }
  ~LevelGuard() { SetActiveCpuLevel(before_); }

 private:
  CpuLevel before_;
};

struct Shape {
  int64_t rows, columns, count;
};

// A random problem in which every activation row differs in size by up to a thousand.
struct Problem {
  Problem(TensorType type, Shape shape, uint32_t seed = 1) : type(type), shape(shape) {
    std::mt19937 random(seed);
    stored = RandomTensor(type, shape.rows, shape.columns, random);
    input = RandomFloats(static_cast<size_t>(shape.count * shape.columns), random);
    std::uniform_real_distribution<float> exponent(-1.5f, 1.5f);
    for (int64_t m = 0; m < shape.count; ++m) {
      const float size = std::pow(10.0f, exponent(random));
      for (int64_t k = 0; k < shape.columns; ++k) input[m * shape.columns + k] *= size;
    }
  }

  WeightMatrix Pack(ThreadPool& pool) const {
    TensorArena arena;
    return WeightMatrix::Pack({type, stored.data(), shape.rows, shape.columns}, arena, pool);
  }
  std::vector<float> Compute(ThreadPool& pool) const {
    const WeightMatrix weights = Pack(pool);
    ActivationMatrix activations;
    activations.Assign(input.data(), shape.count, shape.columns, pool);
    std::vector<float> output(static_cast<size_t>(shape.count * shape.rows), NAN);
    MatMul({.weights = &weights, .output = output.data(), .stride = shape.rows}, activations, pool);
    return output;
  }
  bool quantized() const { return GetBlockCodec(type).read != nullptr; }

  TensorType type;
  Shape shape;
  std::vector<std::byte> stored;
  std::vector<float> input;
};

// Sum over columns of the sizes of all terms that enter the float accumulation of output (m, r): what
// rounding errors are relative to. Offsets and minimums enter as terms of their own.
double TermSizes(const Problem& problem, const std::vector<double>& activation, int64_t m, int64_t r) {
  const BlockCodec codec = GetBlockCodec(problem.type);
  const int64_t columns = problem.shape.columns;
  const std::byte* row = problem.stored.data() + r * RowBytes(problem.type, columns);
  std::vector<float> weights(static_cast<size_t>(columns));
  if (!problem.quantized()) DequantizeRow(problem.type, row, weights.data(), columns);
  double sum = 0;
  for (int64_t k = 0; k < columns; ++k) {
    double size = std::fabs(weights[k]);
    if (problem.quantized()) {
      const BlockCodes block = codec.read(row, k / 32);
      const double scale = HalfToFloat(block.scale) * block.sub_scale[k % 32 / 16];
      size = std::fabs(scale) * (block.codes[k % 32] + codec.code_offset) +
             std::fabs(HalfToFloat(block.minimum) * block.sub_minimum[k % 32 / 16]);
    }
    sum += size * std::fabs(activation[m * columns + k]);
  }
  return sum;
}

class MatMulTest : public testing::TestWithParam<std::tuple<TensorType, Shape>> {
 protected:
  Problem MakeProblem() const { return Problem(std::get<0>(GetParam()), std::get<1>(GetParam())); }
};

// Against the exact product of the dequantised weights with the quantised activations: float rounding only.
TEST_P(MatMulTest, IsTheProductOfWeightsAndQuantizedActivations) {
  const Problem problem = MakeProblem();
  const auto [rows, columns, count] = problem.shape;
  ThreadPool pool(2);
  ActivationMatrix activations;
  activations.Assign(problem.input.data(), count, columns, pool);
  std::vector<double> exact(problem.input.begin(), problem.input.end());
  if (problem.quantized()) {
    for (int64_t i = 0; i < count * columns; ++i) {
      const int64_t m = i / columns, k = i % columns;
      exact[i] = double{activations.scales(m)[k / 32].scale} * activations.quants(m)[k];
    }
  }
  const std::vector<double> expected =
      ReferenceMatMul(problem.type, problem.stored.data(), rows, columns, exact);
  // A term meets at most 6 roundings of its own (scales, their product, the sum of quants, the reference's
  // weight), then every addition: two a block, or one a column for float weights.
  const double roundings = 6 + static_cast<double>(problem.quantized() ? columns / 16 : columns);
  for (CpuLevel level : CpuLevels()) {
    LevelGuard guard(level);
    const std::vector<float> output = problem.Compute(pool);
    for (int64_t i = 0; i < count * rows; ++i) {
      const double tolerance = roundings * kEpsilon * TermSizes(problem, exact, i / rows, i % rows);
      ASSERT_NEAR(output[i], expected[i], tolerance) << CpuLevelName(level) << " element " << i;
    }
  }
}

// Against the unquantised product: each activation is off by at most half a step of its block.
TEST_P(MatMulTest, IsNearTheUnquantizedProduct) {
  const Problem problem = MakeProblem();
  const auto [rows, columns, count] = problem.shape;
  ThreadPool pool(2);
  const std::vector<double> input(problem.input.begin(), problem.input.end());
  std::vector<double> half_steps(input.size(), 0.0);
  for (size_t i = 0; problem.quantized() && i < input.size(); i += 32) {
    double largest = 0;
    for (size_t c = i; c < i + 32; ++c) largest = std::max(largest, std::fabs(input[c]));
    std::fill_n(half_steps.begin() + static_cast<int64_t>(i), 32, largest / 127 / 2);
  }
  const std::vector<double> expected =
      ReferenceMatMul(problem.type, problem.stored.data(), rows, columns, input);
  const std::vector<float> output = problem.Compute(pool);
  const double roundings = 16 + static_cast<double>(columns);
  for (int64_t i = 0; i < count * rows; ++i) {
    const double quantization = TermSizes(problem, half_steps, i / rows, i % rows);
    const double rounding = roundings * kEpsilon * TermSizes(problem, input, i / rows, i % rows);
    ASSERT_NEAR(output[i], expected[i], 1.001 * quantization + rounding) << i;
  }
}

TEST_P(MatMulTest, LevelsGiveTheSameBits) {
  const Problem problem = MakeProblem();
  ThreadPool pool(1);
  std::vector<std::vector<float>> outputs;
  for (CpuLevel level : CpuLevels()) {
    LevelGuard guard(level);
    outputs.push_back(problem.Compute(pool));
  }
  for (const std::vector<float>& output : outputs) {
    EXPECT_EQ(std::memcmp(output.data(), outputs[0].data(), output.size() * sizeof(float)), 0);
  }
}

std::string ParameterName(const testing::TestParamInfo<std::tuple<TensorType, Shape>>& info) {
  const auto& [type, shape] = info.param;
  return GetTensorTypeInfo(type).name + "_" + std::to_string(shape.rows) + "x" +
         std::to_string(shape.columns) + "_" + std::to_string(shape.count);
}

INSTANTIATE_TEST_SUITE_P(All, MatMulTest,
                         testing::Combine(testing::ValuesIn(kComputeTypes),
                                          testing::Values(Shape{1, 256, 1}, Shape{8, 256, 3},
                                                          Shape{13, 512, 5}, Shape{67, 768, 9},
                                                          Shape{24, 4864, 2})),
                         ParameterName);

// Types of 32-column blocks also serve widths that are no multiple of 256; float types serve any width.
INSTANTIATE_TEST_SUITE_P(Narrow, MatMulTest,
                         testing::Combine(testing::Values(TensorType::kQ4_0, TensorType::kQ4_1,
                                                          TensorType::kQ5_0, TensorType::kQ5_1,
                                                          TensorType::kQ8_0, TensorType::kIQ4_NL),
                                          testing::Values(Shape{17, 32, 6}, Shape{40, 96, 7})),
                         ParameterName);
INSTANTIATE_TEST_SUITE_P(Floats, MatMulTest,
                         testing::Combine(testing::Values(TensorType::kF32, TensorType::kF16,
                                                          TensorType::kBF16),
                                          testing::Values(Shape{9, 1, 2}, Shape{30, 37, 7})),
                         ParameterName);

class MatMulTypeTest : public testing::TestWithParam<TensorType> {};

TEST_P(MatMulTypeTest, RowsAndThreadsChangeNoBit) {
  // More rows than one task takes, and every remainder of the kernels' row count.
  const Problem problem(GetParam(), {53, 512, 547});
  ThreadPool one(1);
  const std::vector<float> expected = problem.Compute(one);
  for (int threads : {2, 3}) {
    ThreadPool pool(threads);
    EXPECT_EQ(problem.Compute(pool), expected) << threads;
  }
  for (int64_t count : {1, 2, 3, 4, 64}) {
    Problem part = problem;
    part.shape.count = count;
    const int64_t first = 547 - count;
    part.input.assign(problem.input.begin() + first * 512, problem.input.end());
    const std::vector<float> tail(expected.begin() + first * 53, expected.end());
    EXPECT_EQ(part.Compute(one), tail) << count;
  }
}

// The largest codes against the largest quants: int16 sums must not overflow.
TEST_P(MatMulTypeTest, ExtremesDoNotOverflow) {
  Problem problem(GetParam(), {8, 512, 4});
  if (!problem.quantized()) GTEST_SKIP() << "float weights";
  const TensorTypeInfo info = GetTensorTypeInfo(problem.type);
  ThreadPool pool(1);
  for (int pattern : {0x00, 0x7f, 0x80, 0xff}) {
    std::fill(problem.stored.begin(), problem.stored.end(), static_cast<std::byte>(pattern));
    for (size_t block = 0; block < problem.stored.size(); block += static_cast<size_t>(info.block_bytes)) {
      for (int field : HalfFields(problem.type)) {
        const uint16_t one = FloatToHalf(1);
        std::memcpy(&problem.stored[block + static_cast<size_t>(field)], &one, sizeof one);
      }
    }
    for (float sign : {1.0f, -1.0f}) {
      std::fill(problem.input.begin(), problem.input.end(), sign * 127);
      const std::vector<double> input(problem.input.begin(), problem.input.end());
      const std::vector<double> expected =
          ReferenceMatMul(problem.type, problem.stored.data(), 8, 512, input);
      for (CpuLevel level : CpuLevels()) {
        LevelGuard guard(level);
        const std::vector<float> output = problem.Compute(pool);
        for (size_t i = 0; i < output.size(); ++i) {
          const double tolerance = 64 * kEpsilon * TermSizes(problem, input, 0, 0);
          ASSERT_NEAR(output[i], expected[i], tolerance) << CpuLevelName(level) << " pattern " << pattern;
        }
      }
    }
  }
}

// Sets every binary16 field of every stored block.
void FillHalves(Problem& problem, uint16_t half) {
  const auto bytes = static_cast<size_t>(GetTensorTypeInfo(problem.type).block_bytes);
  for (size_t block = 0; block < problem.stored.size(); block += bytes) {
    for (const int field : HalfFields(problem.type)) {
      std::memcpy(&problem.stored[block + static_cast<size_t>(field)], &half, sizeof half);
    }
  }
}

// Zero, the smallest and largest subnormal, the largest finite: in scales of quantised types, in the values
// of F16 and BF16.
TEST_P(MatMulTypeTest, OddScalesGiveTheSameBitsAtEveryLevel) {
  if (GetParam() == TensorType::kF32) GTEST_SKIP() << "no 16-bit fields";
  Problem problem(GetParam(), {11, 256, 3});
  ThreadPool pool(1);
  for (const uint16_t half : {0x0000, 0x8000, 0x0001, 0x83ff, 0x7bff}) {
    FillHalves(problem, half);
    const std::vector<double> input(problem.input.begin(), problem.input.end());
    std::vector<std::vector<float>> outputs;
    for (const CpuLevel level : CpuLevels()) {
      LevelGuard guard(level);
      outputs.push_back(problem.Compute(pool));
      EXPECT_EQ(outputs.back(), outputs.front()) << CpuLevelName(level) << " half " << half;
    }
    if (half << 1 != 0x10000 && half != 0) continue;
    for (const float value : outputs.front()) EXPECT_EQ(value, 0.0f);
  }
}

// A hostile file: what comes out is no number, and that is all that happens.
TEST_P(MatMulTypeTest, InfiniteAndNanScalesGiveNoNumbers) {
  if (GetParam() == TensorType::kF32) GTEST_SKIP() << "no 16-bit fields";
  Problem problem(GetParam(), {11, 256, 3});
  ThreadPool pool(1);
  for (const uint16_t half : {0x7f80, 0xff80, 0x7fff}) {  // for binary16 NaNs; for bfloat16 infinities first
    FillHalves(problem, half);
    for (const CpuLevel level : CpuLevels()) {
      LevelGuard guard(level);
      for (const float value : problem.Compute(pool)) EXPECT_FALSE(std::isfinite(value));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, MatMulTypeTest, testing::ValuesIn(kComputeTypes),
                         [](const auto& info) { return GetTensorTypeInfo(info.param).name; });

TEST(MatMul, AddsBiasThenWhatIsThere) {
  const Problem problem(TensorType::kQ4_0, {11, 64, 3});
  ThreadPool pool(2);
  const WeightMatrix weights = problem.Pack(pool);
  ActivationMatrix activations;
  activations.Assign(problem.input.data(), 3, 64, pool);
  const std::vector<float> product = problem.Compute(pool);
  std::vector<float> bias(11), output(3 * 16, 0.25f);
  for (int r = 0; r < 11; ++r) bias[r] = 0.1f * static_cast<float>(r);
  MatMul({&weights, output.data(), 16, bias.data(), true}, activations, pool);
  for (int i = 0; i < 3 * 16; ++i) {
    const int m = i / 16, r = i % 16;
    EXPECT_EQ(output[i], r < 11 ? 0.25f + (product[m * 11 + r] + bias[r]) : 0.25f) << i;
  }
}

TEST(MatMul, SeveralTargetsEqualSingleCalls) {
  const Problem a(TensorType::kQ4_K, {300, 256, 6}, 1), b(TensorType::kF16, {7, 256, 6}, 2),
      c(TensorType::kQ6_K, {40, 256, 6}, 3);
  ThreadPool pool(3);
  ActivationMatrix activations;
  activations.Assign(a.input.data(), 6, 256, pool);
  std::vector<WeightMatrix> weights;
  std::vector<std::vector<float>> together, single;
  std::vector<MatMulTarget> targets;
  for (const Problem* problem : {&a, &b, &c}) {
    weights.push_back(problem->Pack(pool));
    single.emplace_back(6 * problem->shape.rows);
    together.emplace_back(6 * problem->shape.rows);
  }
  for (size_t i = 0; i < 3; ++i) {
    MatMul({&weights[i], single[i].data(), weights[i].rows()}, activations, pool);
    targets.push_back({&weights[i], together[i].data(), weights[i].rows()});
  }
  MatMul(targets, activations, pool);
  EXPECT_EQ(together, single);
}

TEST(ActivationMatrix, LevelsQuantizeAlike) {
  std::mt19937 random(5);
  std::vector<float> values = RandomFloats(4 * 77, random);
  std::fill_n(values.begin(), 32, 0.0f);
  std::fill_n(values.begin() + 32, 32, 1e-40f);
  for (int i = 0; i < 32; ++i) values[77 + i] = 0.5f * static_cast<float>(i - 16) * 127 / 8;  // many ties
  ThreadPool pool(1);
  std::vector<std::vector<int8_t>> quants;
  std::vector<std::vector<std::byte>> scales;
  for (CpuLevel level : CpuLevels()) {
    LevelGuard guard(level);
    ActivationMatrix activations;
    activations.Assign(values.data(), 4, 77, pool);
    quants.emplace_back(activations.quants(0), activations.quants(0) + 4 * 96);
    const auto* bytes = reinterpret_cast<const std::byte*>(activations.scales(0));
    scales.emplace_back(bytes, bytes + 4 * 3 * sizeof(ActivationBlock));
    for (int i = 0; i < 4 * 96; ++i) {
      const int m = i / 96, k = i % 96;
      const double value = k < 77 ? values[m * 77 + k] : 0;
      const ActivationBlock& block = activations.scales(m)[k / 32];
      EXPECT_NEAR(block.scale * quants.back()[i], value, block.scale * 0.501 + 1e-37) << i;
    }
  }
  for (size_t i = 1; i < quants.size(); ++i) {
    EXPECT_EQ(quants[i], quants[0]);
    EXPECT_EQ(scales[i], scales[0]);
  }
}

// Values of a broken model: no level may fail on them, and a good row beside them keeps its bits.
TEST(ActivationMatrix, ValuesThatAreNoNumbersStayInTheirRow) {
  std::mt19937 random(6);
  std::vector<float> values = RandomFloats(3 * 64, random);
  values[3] = std::numeric_limits<float>::quiet_NaN();
  values[40] = -std::numeric_limits<float>::infinity();
  values[2 * 64] = std::numeric_limits<float>::max();
  ThreadPool pool(1);
  for (const CpuLevel level : CpuLevels()) {
    LevelGuard guard(level);
    ActivationMatrix all, one;
    all.Assign(values.data(), 3, 64, pool);
    one.Assign(values.data() + 64, 1, 64, pool);
    EXPECT_EQ(std::memcmp(all.quants(1), one.quants(0), 64), 0);
    EXPECT_EQ(std::memcmp(all.scales(1), one.scales(0), 2 * sizeof(ActivationBlock)), 0);
    EXPECT_EQ(all.quants(2)[0], 127);
  }
}

}  // namespace
}  // namespace espalier
