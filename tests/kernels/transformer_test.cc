#include "kernels/transformer.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/reference/transformer.h"
#include "tests/kernels/cpu_levels.h"
#include "tests/kernels/random_tensor.h"

namespace espalier {
namespace {

using testing::Each;
using testing::ElementsAreArray;
using testing::Eq;

constexpr double kEpsilon = 0x1p-24;  // relative error of one rounding to float

// Every level's result has the bits of the first.
void ExpectSameBits(const std::vector<std::vector<float>>& results) {
  for (const std::vector<float>& result : results) EXPECT_THAT(result, ElementsAreArray(results[0]));
}

TEST(RmsNorm, IsTheReference) {
  std::mt19937 random(1);
  for (const int64_t columns : {8, 24, 64, 576, 4864}) {
    const std::vector<float> x = RandomFloats(3 * columns, random);
    const std::vector<float> weight = RandomFloats(columns, random);
    const auto results = AtEachLevel([&] {
      ThreadPool pool(2);
      std::vector<float> y(x.size());
      RmsNorm(x, weight, 1e-5f, y, pool);
      return y;
    });
    ExpectSameBits(results);
    // A sum of n squares in 32 lanes, then a division, a root, an inverse and two products.
    const double tolerance = (static_cast<double>(columns) / 32 + 12) * kEpsilon;
    for (int64_t t = 0; t < 3; ++t) {
      const auto expected = ReferenceRmsNorm(std::span(x).subspan(t * columns, columns), weight, 1e-5f);
      for (int64_t i = 0; i < columns; ++i) {
        EXPECT_NEAR(results[0][t * columns + i], expected[i], tolerance * std::abs(expected[i]));
      }
    }
  }
}

TEST(RmsNorm, WorksInPlaceAndOnZeros) {
  ThreadPool pool(1);
  std::vector<float> x(16, 0.0f);
  const std::vector<float> weight(16, 2.0f);
  RmsNorm(x, weight, 1e-5f, x, pool);
  EXPECT_THAT(x, Each(Eq(0.0f)));
}

TEST(SwiGlu, IsTheReferenceUpToTheEndsOfTheExponent) {
  std::mt19937 random(2);
  std::vector<float> gate = RandomFloats(256, random);
  for (size_t i = 0; i < gate.size(); ++i) gate[i] *= static_cast<float>(i % 32);
  const float ends[] = {-1e30f, -200.0f, -100.0f, -88.0f, -87.0f, -0.0f,
                        0.0f,   1e-30f,  87.0f,   88.0f,  1e4f,   1e30f};
  std::copy(std::begin(ends), std::end(ends), gate.begin());
  const std::vector<float> up = RandomFloats(gate.size(), random);
  const auto results = AtEachLevel([&] {
    std::vector<float> out(gate.size());
    for (size_t row = 0; row < gate.size(); row += 64) SwiGluRow(&gate[row], &up[row], 64, &out[row]);
    return out;
  });
  ExpectSameBits(results);
  const std::vector<double> expected = ReferenceSwiGlu(gate, up);
  for (size_t i = 0; i < gate.size(); ++i) {
    // exp within 2 ulp (4 epsilon), a sum, a division, a product; below -80 the result is only tiny.
    const double size = std::abs(expected[i]);
    const double tolerance = gate[i] < -80 ? 1e-30 * std::abs(double{gate[i]} * up[i]) : 8 * kEpsilon * size;
    EXPECT_NEAR(results[0][i], expected[i], tolerance) << gate[i];
  }
}

TEST(GeGlu, IsTheReference) {
  std::mt19937 random(6);
  std::vector<float> gate = RandomFloats(256, random);
  for (size_t i = 0; i < gate.size(); ++i) gate[i] *= static_cast<float>(i % 16);
  const float ends[] = {-1e4f, -100.0f, -10.0f, -6.0f, -0.0f, 0.0f, 1e-30f, 6.0f, 10.0f, 100.0f, 1e4f, 1e30f};
  std::copy(std::begin(ends), std::end(ends), gate.begin());
  const std::vector<float> up = RandomFloats(gate.size(), random);
  const auto results = AtEachLevel([&] {
    std::vector<float> out(gate.size());
    for (size_t row = 0; row < gate.size(); row += 64) GeGluRow(&gate[row], &up[row], 64, &out[row]);
    return out;
  });
  ExpectSameBits(results);
  const std::vector<double> expected = ReferenceGeGlu(gate, up);
  for (size_t i = 0; i < gate.size(); ++i) {
    // u carries five roundings, and an error of u is a relative error of exp(-2u): at most 2u times as large,
    // where the result itself has become exp(2u) times smaller; below -4 the result is only tiny.
    const double u = 1.6 * (std::abs(gate[i]) + 0.045 * std::pow(std::abs(gate[i]), 3));
    const double tolerance = (8 + 5 * std::min(u, 40.0)) * kEpsilon * std::abs(double{gate[i]} * up[i]);
    EXPECT_NEAR(results[0][i], expected[i], gate[i] > 5 ? 8 * kEpsilon * std::abs(expected[i]) : tolerance)
        << gate[i];
  }
}

TEST(AddTo, AddsEveryElementOnce) {
  ThreadPool pool(3);
  std::vector<float> x(40000), y(40000, 0.5f);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  AddTo(x, y, pool);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], static_cast<float>(i) + 0.5f);
}

std::vector<double> Frequencies(int32_t head_dim, double base) {
  std::vector<double> frequencies(head_dim / 2);
  for (int32_t i = 0; i < head_dim / 2; ++i) frequencies[i] = std::pow(base, -2.0 * i / head_dim);
  return frequencies;
}

TEST(Rope, IsTheReference) {
  std::mt19937 random(3);
  const std::vector<int64_t> positions = {0, 1, 63, 2047, 131071};
  constexpr int64_t kHeads = 3;
  for (const double magnitude : {1.0, 1.25}) {
    for (const int32_t head_dim : {8, 64, 128}) {
      const std::vector<float> x = RandomFloats(positions.size() * kHeads * head_dim, random);
      const std::vector<double> frequencies = Frequencies(head_dim, 10000.0);
      const Rope rope(frequencies, magnitude);
      const auto results = AtEachLevel([&] {
        ThreadPool pool(2);
        std::vector<float> angles(positions.size() * rope.angles_per_token());
        std::vector<float> out = x;
        rope.Angles(positions, angles, pool);
        rope.Apply(angles, kHeads, out, pool);
        return out;
      });
      ExpectSameBits(results);
      for (size_t row = 0; row < positions.size() * kHeads; ++row) {
        const std::span<const float> head = std::span(x).subspan(row * head_dim, head_dim);
        const auto expected = ReferenceRope(frequencies, magnitude, positions[row / kHeads], head);
        double largest = 0;
        for (const float value : head) largest = std::max(largest, std::abs(double{value}));
        for (int32_t i = 0; i < head_dim; ++i) {
          EXPECT_NEAR(results[0][row * head_dim + i], expected[i], 6 * kEpsilon * magnitude * largest)
              << positions[row / kHeads];
        }
      }
    }
  }
}

TEST(Rope, KeepsInnerProductsOfEqualDistances) {
  ThreadPool pool(1);
  std::mt19937 random(4);
  const Rope rope(Frequencies(64, 1e6));
  const std::vector<float> q = RandomFloats(64, random);
  const std::vector<float> k = RandomFloats(64, random);
  const auto product = [&](int64_t query_position, int64_t key_position) {
    std::vector<float> x = q;
    x.insert(x.end(), k.begin(), k.end());
    const std::vector<int64_t> positions = {query_position, key_position};
    std::vector<float> angles(2 * rope.angles_per_token());
    rope.Angles(positions, angles, pool);
    rope.Apply(angles, 1, x, pool);
    double sum = 0;
    for (int i = 0; i < 64; ++i) sum += double{x[i]} * x[64 + i];
    return sum;
  };
  EXPECT_NEAR(product(5, 2), product(1005, 1002), 1e-4);
  EXPECT_GT(std::abs(product(5, 2) - product(6, 2)), 1e-3);
}

}  // namespace
}  // namespace espalier
