#include "kernels/attention.h"

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

using testing::ElementsAreArray;

constexpr double kEpsilon = 0x1p-24;  // relative error of one rounding to float

// Every level's result has the bits of the first.
void ExpectSameBits(const std::vector<std::vector<float>>& results) {
  for (const std::vector<float>& result : results) EXPECT_THAT(result, ElementsAreArray(results[0]));
}

struct AttentionCase {
  int32_t heads, kv_heads, head_dim;
  int32_t page_size = 16;
  KvType type = KvType::kF32;
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
    attention.Plan(sequences, kv.page_size);
    attention.Run(kv, queries.data(), step_out.data(), pool);
    std::copy(step_out.end() - tokens * query_row, step_out.end(), out.begin() + begin * query_row);
  }
  return out;
}

// What `x` is after a way through the cache.
std::vector<float> Stored(std::span<const float> x, KvType type) {
  std::vector<float> stored(x.begin(), x.end());
  float largest = 0;
  for (const float value : x) largest = std::max(largest, std::abs(value));
  for (float& value : stored) {
    if (type == KvType::kF16) value = HalfToFloat(FloatToHalf(value));
    if (type == KvType::kBF16) value = BFloat16ToFloat(FloatToBFloat16(value));
    if (type == KvType::kInt8) value = std::nearbyint(value * (127 / largest)) * (largest / 127);
  }
  return stored;
}

std::string TypeName(KvType type) {
  const char* const names[] = {"F32", "F16", "BF16", "Int8"};
  return names[static_cast<int>(type)];
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
      const std::vector<float> key = Stored(std::span(data.keys).subspan(source, c.head_dim), c.type);
      const std::vector<float> value = Stored(std::span(data.values).subspan(source, c.head_dim), c.type);
      keys.insert(keys.end(), key.begin(), key.end());
      values.insert(values.end(), value.begin(), value.end());
      for (const double element : value) largest_value = std::max(largest_value, std::abs(element));
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
                    AttentionCase{.heads = 14, .kv_heads = 2, .head_dim = 64, .type = KvType::kF16},
                    AttentionCase{.heads = 2, .kv_heads = 2, .head_dim = 8, .type = KvType::kF16},
                    AttentionCase{.heads = 4, .kv_heads = 2, .head_dim = 72},
                    AttentionCase{.heads = 5, .kv_heads = 1, .head_dim = 64, .type = KvType::kInt8},
                    AttentionCase{.heads = 8, .kv_heads = 2, .head_dim = 32, .type = KvType::kBF16},
                    AttentionCase{.heads = 2, .kv_heads = 1, .head_dim = 128, .page_size = 32, .tokens = 65},
                    AttentionCase{.heads = 1, .kv_heads = 1, .head_dim = 16, .tokens = 1},
                    AttentionCase{.heads = 2, .kv_heads = 1, .head_dim = 24, .tokens = 300, .window = 16},
                    AttentionCase{.heads = 1, .kv_heads = 1, .head_dim = 32, .tokens = 200, .window = 1},
                    AttentionCase{.heads = 4,
                                  .kv_heads = 1,
                                  .head_dim = 256,
                                  .type = KvType::kF16,
                                  .tokens = 260,
                                  .window = 65,
                                  .scale = 0.0625f}),
    [](const auto& info) {
      const AttentionCase& c = info.param;
      return Cat(TypeName(c.type), "Heads", c.heads, "Of", c.head_dim);
    });

}  // namespace
}  // namespace espalier
