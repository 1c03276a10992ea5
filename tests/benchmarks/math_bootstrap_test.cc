#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "benchmarks/math/bootstrap.h"
#include "benchmarks/math/random_words.h"
#include "tests/benchmarks/math_fixture.h"

namespace espalier {
namespace {

std::vector<double> Shares(int64_t correct, int64_t problems) {
  std::vector<double> values(problems, 0);
  std::fill_n(values.begin(), correct, 1.0);
  return values;
}

TEST(BootstrapTest, SignTestIsThatOfSciPy) {
  for (const StatisticsGolden& golden : ReadStatistics("sign")) {
    const auto better = static_cast<int64_t>(golden.arguments[0]),
               worse = static_cast<int64_t>(golden.arguments[1]);
    EXPECT_NEAR(SignTest(better, worse), golden.values[0], 1e-9) << better << " " << worse;
    EXPECT_EQ(SignTest(better, worse), SignTest(worse, better));
  }
}

TEST(BootstrapTest, IntervalsOfSharesAreTheBinomialOnes) {
  for (const StatisticsGolden& golden : ReadStatistics("share")) {
    const auto correct = static_cast<int64_t>(golden.arguments[0]),
               problems = static_cast<int64_t>(golden.arguments[1]);
    const Interval interval = BootstrapMean(Shares(correct, problems), {});
    // A step of the mean, and four standard errors of the 2.5 % point of 10,000 normal draws.
    const double n = static_cast<double>(problems), share = golden.arguments[0] / n;
    const double tolerance = 1.01 / n + 4 * 0.0267 * std::sqrt(share * (1 - share) / n);
    EXPECT_NEAR(interval.low, golden.values[0], tolerance) << problems;
    EXPECT_NEAR(interval.high, golden.values[1], tolerance) << problems;
  }
}

TEST(BootstrapTest, IntervalsOfMeansAreThoseOfSciPy) {
  for (const StatisticsGolden& golden : ReadStatistics("mean")) {
    const Interval interval = BootstrapMean(golden.arguments, {});
    EXPECT_NEAR(interval.low, golden.values[0], 0.004);
    EXPECT_NEAR(interval.high, golden.values[1], 0.004);
  }
}

TEST(BootstrapTest, IntervalsRepeatAndHangOnTheKey) {
  const std::vector<double> values = {0.1, 0.7, 0.3, 0.35, 1, 0.22};
  BootstrapOptions other;
  other.key = 1;
  EXPECT_EQ(BootstrapMean(values, {}).low, BootstrapMean(values, {}).low);
  EXPECT_NE(BootstrapMean(values, {}).low, BootstrapMean(values, other).low);
}

// Of 400 experiments whose truth is known, about 95 % must hold it.
TEST(BootstrapTest, HoldsTheTruthAsOftenAsItSays) {
  std::mt19937 random(3);
  std::bernoulli_distribution a_is_right(0.6), b_is_right_too(0.8);
  int held = 0;
  constexpr int kExperiments = 400;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    std::vector<double> a, b;
    for (int problem = 0; problem < 150; ++problem) {
      const bool right = a_is_right(random);
      a.push_back(right ? 1 : 0);
      b.push_back(b_is_right_too(random) == right ? 1 : 0);  // P = 0.6 x 0.8 + 0.4 x 0.2
    }
    BootstrapOptions options;
    options.resamples = 1000;
    options.key = static_cast<uint64_t>(experiment);
    const Interval interval = BootstrapDifference(a, b, options);
    held += interval.low <= 0.04 && 0.04 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(held, kExperiments * 92 / 100);
  EXPECT_LE(held, kExperiments * 98 / 100);
}

TEST(BootstrapTest, PairsAreNarrowerThanStrangers) {
  const std::vector<double> a = Shares(60, 100), b = Shares(55, 100);  // alike but for five problems
  std::vector<double> reversed(b.rbegin(), b.rend());
  const Interval paired = BootstrapDifference(a, b, {}), strangers = BootstrapDifference(a, reversed, {});
  EXPECT_LT(paired.high - paired.low, (strangers.high - strangers.low) / 2);
  EXPECT_GT(paired.low, 0);
}

TEST(BootstrapTest, RandomWordsCoverTheirRangeEvenly) {
  RandomWords random(9);
  std::vector<int64_t> counts(7, 0);
  for (int draw = 0; draw < 70'000; ++draw) ++counts[random.Below(7)];
  for (const int64_t count : counts) EXPECT_NEAR(static_cast<double>(count), 10'000, 400);
}

}  // namespace
}  // namespace espalier
