#include "engine/normalizer.h"

#include <algorithm>
#include <chrono>

#include "gtest/gtest.h"

namespace espalier {
namespace {

TEST(NormalizeTest, Forms) {
  EXPECT_EQ(Normalize("cafe\u0301", NormalForm::kNfc), "caf\u00e9");
  EXPECT_EQ(Normalize("caf\u00e9", NormalForm::kNfd), "cafe\u0301");
  EXPECT_EQ(Normalize("\uFB01 \u2460", NormalForm::kNfkc), "fi 1");
  EXPECT_EQ(Normalize("\uFB01", NormalForm::kNfc), "\uFB01");
  EXPECT_EQ(Normalize("\u1112\u1161\u11AB", NormalForm::kNfc), "\uD55C");   // Hangul
  EXPECT_EQ(Normalize("a\u0301\u0316", NormalForm::kNfc), "\u00e1\u0316");  // marks change places
  EXPECT_EQ(Normalize("\u0958", NormalForm::kNfc), "\u0915\u093c");         // excluded from composition
  EXPECT_EQ(Normalize("", NormalForm::kNfc), "");
}

TEST(NormalizeTest, InvalidBytesStayAndSeparate) {
  EXPECT_EQ(Normalize("e\xFF\u0301", NormalForm::kNfc), "e\xFF\u0301");
  EXPECT_EQ(Normalize("e\u0301\xC3", NormalForm::kNfc), "\u00e9\xC3");
}

// Sorting by insertion would take hours.
TEST(NormalizeTest, LongRunsOfMarksSortQuickly) {
  std::string text = "a";
  for (int i = 0; i < 500'000; ++i) text += i % 2 == 0 ? "\u0301" : "\u0316";
  const auto start = std::chrono::steady_clock::now();
  const std::string normalized = Normalize(text, NormalForm::kNfc);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(normalized.substr(0, 6), "\u00e1\u0316\u0316");
}

TEST(NormalizerTest, StepsApplyInOrder) {
  Normalizer normalizer;
  normalizer.AddStrip(true, true);
  ASSERT_TRUE(normalizer.AddPrefix(" ", PrefixPlace::kEverywhere).ok());
  ASSERT_TRUE(normalizer.AddReplacement(SplitPattern::Literal(" "), 1, "\u2581").ok());
  EXPECT_EQ(normalizer.Apply("\u00a0a b\n", StretchPlace::kTextStart), "\u2581a\u2581b");
  EXPECT_EQ(normalizer.Apply("a", StretchPlace::kAfterSpecialToken), "\u2581a");
  EXPECT_EQ(normalizer.Apply("  ", StretchPlace::kTextStart), "");
}

TEST(NormalizerTest, PrefixPlaces) {
  Normalizer unless_present, at_start;
  ASSERT_TRUE(unless_present.AddPrefix("_", PrefixPlace::kEverywhereUnlessPresent).ok());
  ASSERT_TRUE(at_start.AddPrefix("_", PrefixPlace::kTextStartUnlessPresent).ok());
  EXPECT_EQ(unless_present.Apply("_a", StretchPlace::kAfterSpecialToken), "_a");
  EXPECT_EQ(unless_present.Apply("a", StretchPlace::kAfterSpecialToken), "_a");
  EXPECT_EQ(at_start.Apply("a", StretchPlace::kTextStart), "_a");
  EXPECT_EQ(at_start.Apply("a", StretchPlace::kAfterSpecialToken), "a");
  EXPECT_EQ(at_start.Apply("a", StretchPlace::kAfterText), "a");
  EXPECT_EQ(unless_present.Apply("a", StretchPlace::kAfterText), "a");
}

TEST(NormalizerTest, PatternsLeaveInvalidBytes) {
  Normalizer normalizer;
  ASSERT_TRUE(normalizer.AddReplacement(SplitPattern::Compile("b+").value(), 0, "-").ok());
  EXPECT_EQ(normalizer.Apply("abb\xFF"
                             "b",
                             StretchPlace::kTextStart),
            "a-\xFF-");
}

TEST(NormalizerTest, GrowthIsBounded) {
  Normalizer normalizer;
  EXPECT_FALSE(normalizer.AddReplacement(SplitPattern::Literal("a"), 1, std::string(65, 'a')).ok());
  EXPECT_TRUE(normalizer.AddReplacement(SplitPattern::Literal("a"), 1, std::string(8, 'a')).ok());
  EXPECT_TRUE(normalizer.AddReplacement(SplitPattern::Literal("a"), 1, std::string(8, 'a')).ok());
  EXPECT_FALSE(normalizer.AddReplacement(SplitPattern::Literal("a"), 1, "aa").ok());
  EXPECT_FALSE(normalizer.AddPrefix("a", PrefixPlace::kEverywhere).ok());
}

}  // namespace
}  // namespace espalier
