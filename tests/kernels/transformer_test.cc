#include "kernels/transformer.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "base/cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/half.h"
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
    ThreadPool pool(1);
    std::vector<float> out(gate.size());
    SwiGlu(gate, up, 64, out, pool);
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
    ThreadPool pool(1);
    std::vector<float> out(gate.size());
    GeGlu(gate, up, 64, out, pool);
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

struct AttentionCase {
  int32_t heads, kv_heads, head_dim;
  int32_t page_size = 16;
  TensorType type = TensorType::kF32;
  int64_t tokens = 150;
  int32_t window = 0;
  float scale = 0.125f;
};

// How the case is computed; none of it may matter.
struct Schedule {
  int64_t tokens_per_step = 1 << 30;
  int threads = 1;
  int other_sequences = 0;  // in the same call
};

struct AttentionData {
  explicit AttentionData(const AttentionCase& c) {
    std::mt19937 random(5);
    queries = RandomFloats(c.tokens * c.heads * c.head_dim, random);
    keys = RandomFloats(c.tokens * c.kv_heads * c.head_dim, random);
    values = RandomFloats(c.tokens * c.kv_heads * c.head_dim, random);
    for (float& query : queries) query *= 4;  // peaked weights
  }
  std::vector<float> queries, keys, values;
};

std::vector<float> Attend(const AttentionCase& c, const AttentionData& data, const Schedule& schedule) {
  ThreadPool pool(schedule.threads);
  const int64_t page_count = (c.tokens + c.page_size - 1) / c.page_size;
  KvPages kv{.type = c.type,
             .kv_heads = c.kv_heads,
             .head_dim = c.head_dim,
             .page_size = c.page_size,
             .window = c.window};
  kv.page_stride = kv.layer_bytes() + 64;
  std::vector<std::byte> memory(kv.page_stride * page_count * (schedule.other_sequences + 1),
                                std::byte{0xff});
  kv.data = memory.data();  // NaN wherever nothing was written

  std::vector<std::vector<PageId>> pages(schedule.other_sequences + 1);
  for (size_t s = 0; s < pages.size(); ++s) {
    for (int64_t i = 0; i < page_count; ++i)
      pages[s].push_back(static_cast<PageId>((s + 1) * page_count - 1 - i));
  }
  PagedAttention attention({c.heads, c.kv_heads, c.head_dim, c.scale}, schedule.threads);
  const int64_t query_row = int64_t{c.heads} * c.head_dim;
  const int64_t kv_row = int64_t{c.kv_heads} * c.head_dim;
  std::vector<float> out(data.queries.size());
  for (int64_t begin = 0; begin < c.tokens; begin += schedule.tokens_per_step) {
    const int64_t tokens = std::min(schedule.tokens_per_step, c.tokens - begin);
    std::vector<SequenceSpan> sequences;
    std::vector<float> queries, keys, values;  // the same tokens for every sequence; the last one counts
    for (const std::vector<PageId>& sequence_pages : pages) {
      sequences.push_back(
          {sequence_pages.data(), begin, static_cast<int64_t>(sequences.size()) * tokens, tokens});
      queries.insert(queries.end(), &data.queries[begin * query_row],
                     data.queries.data() + (begin + tokens) * query_row);
      keys.insert(keys.end(), &data.keys[begin * kv_row], data.keys.data() + (begin + tokens) * kv_row);
      values.insert(values.end(), &data.values[begin * kv_row],
                    data.values.data() + (begin + tokens) * kv_row);
    }
    std::vector<float> step_out(queries.size());
    WriteKv(kv, sequences, keys.data(), values.data(), pool);
    attention.Run(kv, sequences, queries.data(), step_out.data(), pool);
    std::copy(step_out.end() - tokens * query_row, step_out.end(), out.begin() + begin * query_row);
  }
  return out;
}

float Stored(float value, TensorType type) {
  return type == TensorType::kF32 ? value : HalfToFloat(FloatToHalf(value));
}

double Norm(std::span<const float> x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return std::sqrt(sum);
}

class PagedAttentionTest : public testing::TestWithParam<AttentionCase> {};

TEST_P(PagedAttentionTest, IsTheReference) {
  const AttentionCase& c = GetParam();
  const AttentionData data(c);
  const std::vector<float> result = Attend(c, data, {.tokens_per_step = 40, .threads = 2});
  for (int64_t h = 0; h < c.heads; ++h) {
    std::vector<float> keys, values;
    double largest_key = 0;
    double largest_value = 0;
    for (int64_t t = 0; t < c.tokens; ++t) {
      const int64_t source = (t * c.kv_heads + h / (c.heads / c.kv_heads)) * c.head_dim;
      for (int64_t d = 0; d < c.head_dim; ++d) {
        keys.push_back(Stored(data.keys[source + d], c.type));
        values.push_back(Stored(data.values[source + d], c.type));
        largest_value = std::max(largest_value, std::abs(double{values.back()}));
      }
      const std::span<const float> query =
          std::span(data.queries).subspan((t * c.heads + h) * c.head_dim, c.head_dim);
      largest_key = std::max(largest_key, Norm(std::span(keys).last(c.head_dim)));
      // A score is a product of two vectors in head_dim roundings; an error of it is a relative error of its
      // weight, once above and once below the line; then up to 64 terms a chunk and the merges.
      const double score_error = (c.head_dim + 3) * kEpsilon * Norm(query) * largest_key * c.scale;
      const double tolerance =
          (2 * score_error + (64 + static_cast<double>(t) / 16 + 16) * kEpsilon) * largest_value;
      const int64_t read = c.window == 0 ? t + 1 : std::min<int64_t>(c.window, t + 1);
      const std::vector<double> expected = ReferenceAttention(
          query, std::span(keys).last(read * c.head_dim), std::span(values).last(read * c.head_dim), c.scale);
      for (int64_t d = 0; d < c.head_dim; ++d) {
        ASSERT_NEAR(result[(t * c.heads + h) * c.head_dim + d], expected[d], tolerance) << "token " << t;
      }
    }
  }
}

TEST_P(PagedAttentionTest, HasTheSameBitsHoweverItIsComputed) {
  const AttentionCase& c = GetParam();
  const AttentionData data(c);
  const auto levels = AtEachLevel([&] { return Attend(c, data, {}); });
  ExpectSameBits(levels);
  for (const int64_t tokens_per_step : {1, 7, 64, 100}) {
    EXPECT_THAT(Attend(c, data, {.tokens_per_step = tokens_per_step}), ElementsAreArray(levels[0]));
  }
  EXPECT_THAT(Attend(c, data, {.tokens_per_step = 9, .threads = 3, .other_sequences = 4}),
              ElementsAreArray(levels[0]));
  for (const int32_t page_size : {8, 24, 64, 128}) {
    AttentionCase other = c;
    other.page_size = page_size;
    EXPECT_THAT(Attend(other, data, {}), ElementsAreArray(levels[0])) << "pages of " << page_size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PagedAttentionTest,
    testing::Values(AttentionCase{.heads = 3, .kv_heads = 1, .head_dim = 64},
                    AttentionCase{.heads = 14, .kv_heads = 2, .head_dim = 64, .type = TensorType::kF16},
                    AttentionCase{.heads = 2, .kv_heads = 2, .head_dim = 8, .type = TensorType::kF16},
                    AttentionCase{.heads = 4, .kv_heads = 2, .head_dim = 72},
                    AttentionCase{.heads = 2, .kv_heads = 1, .head_dim = 128, .page_size = 32, .tokens = 65},
                    AttentionCase{.heads = 1, .kv_heads = 1, .head_dim = 16, .tokens = 1},
                    AttentionCase{.heads = 2, .kv_heads = 1, .head_dim = 24, .tokens = 300, .window = 16},
                    AttentionCase{.heads = 1, .kv_heads = 1, .head_dim = 32, .tokens = 200, .window = 1},
                    AttentionCase{.heads = 4,
                                  .kv_heads = 1,
                                  .head_dim = 256,
                                  .type = TensorType::kF16,
                                  .tokens = 260,
                                  .window = 65,
                                  .scale = 0.0625f}),
    [](const auto& info) {
      const AttentionCase& c = info.param;
      return std::string(c.type == TensorType::kF32 ? "F32" : "F16") +
             Cat("Heads", c.heads, "Of", c.head_dim);
    });

}  // namespace
}  // namespace espalier
