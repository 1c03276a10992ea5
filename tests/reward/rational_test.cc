#include "reward/rational.h"

#include <gtest/gtest.h>

#include <limits>

namespace espalier {
namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST(RationalTest, IsInLowestTermsWithAPositiveDenominator) {
  EXPECT_EQ(MakeRational(6, -4), (Rational{-3, 2}));
  EXPECT_EQ(MakeRational(0, -4), (Rational{0, 1}));
  EXPECT_EQ(MakeRational(1, 0), std::nullopt);
}

TEST(RationalTest, ComputesExactlyOrSaysThatItCannot) {
  const Rational third{1, 3}, sixth{1, 6}, most{kMost, 1};
  EXPECT_EQ(Add(third, sixth), (Rational{1, 2}));
  EXPECT_EQ(Subtract(third, sixth), sixth);
  EXPECT_EQ(Multiply(third, sixth), (Rational{1, 18}));
  EXPECT_EQ(Divide(third, sixth), (Rational{2, 1}));
  EXPECT_EQ(Divide(third, Rational()), std::nullopt);
  EXPECT_EQ(Add(most, third), std::nullopt);
  EXPECT_EQ(Multiply(most, most), std::nullopt);
  EXPECT_EQ(Divide(most, most), (Rational{1, 1}));
  EXPECT_EQ(Subtract(Rational{-kMost, 1}, most), std::nullopt);
  EXPECT_EQ(Add(Rational{-kMost, kMost - 1}, Rational{kMost, kMost - 1}), Rational());
}

TEST(RationalTest, ReadsDecimalsOfUpToEighteenDigits) {
  EXPECT_EQ(RationalOf("012.50"), (Rational{25, 2}));
  EXPECT_EQ(RationalOf(".5"), (Rational{1, 2}));
  EXPECT_EQ(RationalOf("999999999999999999"), (Rational{999'999'999'999'999'999, 1}));
  EXPECT_EQ(RationalOf("1000000000000000000"), std::nullopt);
  EXPECT_EQ(RationalOf("0.0000000000000000001"), std::nullopt);
}

TEST(RationalTest, MeasuresInUnitsOfADecimal) {
  EXPECT_EQ(WithinUnits(Rational{1, 8}, Rational{13, 100}, 2, 1), true);
  EXPECT_EQ(WithinUnits(Rational{1, 8}, Rational{14, 100}, 2, 1), false);
  EXPECT_EQ(WithinUnits(Rational{2, 3}, Rational{66, 100}, 2, 1), false);
  EXPECT_EQ(WithinUnits(Rational{2, 3}, Rational{66, 100}, 2, 2), true);
  EXPECT_EQ(WithinUnits(Rational{kMost, 1}, Rational{-kMost, 1}, 18, 1), std::nullopt);
}

}  // namespace
}  // namespace espalier
