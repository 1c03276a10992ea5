#include "kernels/logits.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/reference/transformer.h"
#include "tests/kernels/cpu_levels.h"
#include "tests/kernels/random_tensor.h"

namespace espalier {
namespace {

using testing::ElementsAre;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kAlmostOne = 1 - 0x1p-53;

// Logits like a model's: a broad bell with a few tokens far above it, in steps coarse enough to give ties.
std::vector<float> ModelLogits(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> logits = RandomFloats(count, random);
  for (float& logit : logits) logit = std::round(logit * 64) / 32;
  for (size_t i = 0; i < count / 100 + 1; ++i) logits[random() % count] += static_cast<float>(random() % 10);
  return logits;
}

TokenId Draw(const std::vector<float>& logits, const DrawFilter& filter, double uniform) {
  LogitScan scan;
  scan.Read(logits, filter.temperature);
  return scan.Draw(filter, uniform);
}

TokenId ArgMaxOf(const std::vector<float>& logits) {
  LogitScan scan;
  scan.Read(logits);
  return scan.ArgMax();
}

// Every token that some uniform number draws.
std::set<TokenId> Survivors(const std::vector<float>& logits, const DrawFilter& filter) {
  std::set<TokenId> drawn;
  for (int i = 0; i < 4096; ++i) drawn.insert(Draw(logits, filter, i / 4096.0));
  drawn.insert(Draw(logits, filter, kAlmostOne));
  return drawn;
}

TEST(LogitScanSummarize, IsTheReferenceAtEveryLevel) {
  for (const size_t count : {1, 2, 7, 20, 64, 65, 1000, 49152}) {
    const std::vector<float> logits = ModelLogits(count, 1);
    const ReferenceLogitSummary expected = ReferenceSummary(logits);
    LogitScan scan;
    const auto results = AtEachLevel([&] {
      scan.Read(logits);
      return scan.Summarize();
    });
    for (const LogitSummary& result : results) {
      EXPECT_EQ(result.log_sum_exp, results[0].log_sum_exp);
      EXPECT_EQ(result.entropy, results[0].entropy);
      EXPECT_EQ(result.margin, results[0].margin);
      EXPECT_EQ(result.confidence, results[0].confidence);
    }
    // Blocks of 1,024 in eight float lanes: 128 roundings, and one of the exponential.
    const double tolerance = 140 * 0x1p-24 * std::max(1.0, std::abs(expected.log_sum_exp));
    EXPECT_NEAR(results[0].log_sum_exp, expected.log_sum_exp, tolerance);
    EXPECT_NEAR(results[0].entropy, expected.entropy, tolerance * (1 + expected.entropy));
    EXPECT_NEAR(results[0].margin, expected.margin, 1e-6);
    EXPECT_NEAR(results[0].confidence, expected.confidence, tolerance);
    EXPECT_EQ(scan.LogSumExp(), results[0].log_sum_exp);
  }
}

TEST(LogitScanSummarize, CountsForbiddenTokensAsNothing) {
  const std::vector<float> logits = {1.0f, -kInfinity, 1.0f};
  LogitScan scan;
  scan.Read(logits);
  const LogitSummary summary = scan.Summarize();
  EXPECT_NEAR(summary.log_sum_exp, 1 + std::log(2.0), 1e-6);
  EXPECT_NEAR(summary.entropy, std::log(2.0), 1e-6);
  EXPECT_EQ(summary.margin, 0);
}

TEST(LogitScanTop, IsASortWithTiesByAscendingId) {
  LogitScan scan;
  for (const size_t count : {1, 5, 63, 64, 4097, 50000}) {
    const std::vector<float> logits = ModelLogits(count, 2);
    std::vector<TokenId> order(count);
    for (size_t i = 0; i < count; ++i) order[i] = static_cast<TokenId>(i);
    std::stable_sort(order.begin(), order.end(), [&](TokenId a, TokenId b) { return logits[a] > logits[b]; });
    for (const size_t wanted : {1, 2, 20, 100, 5000}) {
      scan.Read(logits);
      const std::span<const TokenLogit> top = scan.Top(static_cast<int64_t>(wanted));
      ASSERT_EQ(top.size(), std::min(wanted, count));
      for (size_t i = 0; i < top.size(); ++i) {
        ASSERT_EQ(top[i].id, order[i]) << i << " of " << wanted;
        ASSERT_EQ(top[i].logit, logits[order[i]]);
      }
    }
  }
}

TEST(LogitScanArgMax, TakesTheLowestIdOfEqualOnes) {
  std::vector<float> logits(300, 0.0f);
  EXPECT_EQ(ArgMaxOf(logits), 0);
  logits[299] = logits[130] = logits[70] = 1.0f;
  EXPECT_EQ(ArgMaxOf(logits), 70);
  logits[3] = kNan;
  EXPECT_EQ(ArgMaxOf(logits), 70);
}

class LogitScanDrawTest : public testing::TestWithParam<DrawFilter> {};

// For many uniform numbers, the token whose stretch of the reference's cumulative distribution, by ascending
// id, holds the number.
TEST_P(LogitScanDrawTest, InvertsTheReferenceDistribution) {
  std::mt19937_64 random(3);
  for (const size_t count : {2, 50, 3000}) {
    const std::vector<float> logits = ModelLogits(count, 4);
    const std::vector<double> probabilities = ReferenceDrawProbabilities(logits, GetParam());
    int checked = 0;
    for (int i = 0; i < 500; ++i) {
      const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
      double below = 0;
      TokenId expected = 0;
      while (below + probabilities[expected] <= uniform) below += probabilities[expected++];
      const double distance = std::min(uniform - below, below + probabilities[expected] - uniform);
      if (distance < 1e-5) continue;  // too near a border for float weights
      ++checked;
      const auto drawn = AtEachLevel([&] { return Draw(logits, GetParam(), uniform); });
      for (const TokenId token : drawn) ASSERT_EQ(token, expected) << uniform;
    }
    EXPECT_GT(checked, 400);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Filters, LogitScanDrawTest,
    testing::Values(DrawFilter{}, DrawFilter{.temperature = 0.3f}, DrawFilter{.temperature = 4.0f},
                    DrawFilter{.top_k = 1}, DrawFilter{.top_k = 40}, DrawFilter{.top_k = 1000000},
                    DrawFilter{.top_p = 0.9f}, DrawFilter{.top_p = 0.999f}, DrawFilter{.top_p = 1e-6f},
                    DrawFilter{.min_p = 0.05f}, DrawFilter{.top_p = 0.95f, .min_p = 0.01f},
                    DrawFilter{.temperature = 0.8f, .top_k = 50, .top_p = 0.9f, .min_p = 0.02f}));

TEST(LogitScanDraw, FiltersHaveExactBorders) {
  const std::vector<float> equal(10, 1.5f);
  EXPECT_THAT(Survivors(equal, {.top_k = 3}), ElementsAre(0, 1, 2)) << "ties go to the lower ids";
  EXPECT_THAT(Survivors(equal, {.top_p = 0.29f}), ElementsAre(0, 1, 2));
  EXPECT_EQ(Survivors(equal, {.min_p = 0.999f}).size(), 10u);

  const std::vector<float> falling = {0.0f, std::log(2.0f), std::log(4.0f), std::log(9.0f)};  // 1 2 4 9 of 16
  EXPECT_THAT(Survivors(falling, {.top_p = 0.5f}), ElementsAre(3));
  EXPECT_THAT(Survivors(falling, {.top_p = 0.57f}), ElementsAre(2, 3));
  EXPECT_THAT(Survivors(falling, {.min_p = 0.3f}), ElementsAre(2, 3));
  EXPECT_THAT(Survivors(falling, {.top_k = 2, .top_p = 0.68f}), ElementsAre(3)) << "9/13 after top_k";
  EXPECT_THAT(Survivors(falling, {.top_k = 2, .top_p = 0.70f}), ElementsAre(2, 3));
}

// Blocks of 1,024 whose largest logits lie so far apart that single precision relative to the row's largest
// would leave nothing of some.
TEST(LogitScanDraw, FindsTokensOfBlocksFarBelowTheLargest) {
  std::vector<float> logits(3 * 1024 + 5, -200.0f);
  logits[5] = -30.0f;
  logits[1024 + 7] = 0.0f;
  logits[3 * 1024 + 4] = -95.0f;
  EXPECT_EQ(Draw(logits, {}, 0.0), 5);
  EXPECT_EQ(Draw(logits, {}, 0.5), 1024 + 7);
  EXPECT_EQ(Draw(logits, {.temperature = 40.0f}, kAlmostOne), 3 * 1024 + 4);
  EXPECT_EQ(Draw(logits, {.temperature = 1e-6f}, kAlmostOne), 1024 + 7);
  EXPECT_EQ(Draw(logits, {.temperature = 1e-6f, .top_p = 0.5f}, 0.3), 1024 + 7);
}

TEST(LogitScanDraw, EndsOfTheUnitIntervalDrawTheFirstAndTheLastSurvivor) {
  const std::vector<float> logits = {-kInfinity, 0.0f, 1.0f, 0.5f, -kInfinity};
  EXPECT_EQ(Draw(logits, {}, 0.0), 1);
  EXPECT_EQ(Draw(logits, {}, kAlmostOne), 3);
  EXPECT_EQ(Draw(logits, {.top_k = 4}, kAlmostOne), 3);
}

TEST(LogitScanDraw, StaysInRangeOnBrokenLogits) {
  for (const float value : {-kInfinity, kNan, kInfinity}) {
    const std::vector<float> logits(100, value);
    for (const DrawFilter& filter : {DrawFilter{}, DrawFilter{.top_k = 5}, DrawFilter{.top_p = 0.5f}}) {
      const TokenId token = Draw(logits, filter, 0.5);
      EXPECT_GE(token, 0);
      EXPECT_LT(token, 100);
    }
  }
}

}  // namespace
}  // namespace espalier
