#include "reward/answers/markup.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace espalier {
namespace {

TEST(LastBoxedTest, MatchesBracesAndTakesTheLast) {
  EXPECT_EQ(LastBoxed("so \\boxed{5}, no, \\boxed{7}."), "7");
  EXPECT_EQ(LastBoxed("\\boxed{\\frac{1}{\\sqrt{2}}}"), "\\frac{1}{\\sqrt{2}}");
  EXPECT_EQ(LastBoxed("\\boxed {18}"), "18");
  EXPECT_EQ(LastBoxed("\\boxed{\\{1, 2\\}}"), "\\{1, 2\\}");
  EXPECT_EQ(LastBoxed("\\boxed{\\left\\{x\\right.}"), "\\left\\{x\\right.");
}

// A model that repeats itself, or a hostile file of problems: no time that grows with the square of the text.
TEST(LastBoxedTest, GivesUpOnManyOpenBoxes) {
  std::string open;
  for (int i = 0; i < 100'000; ++i) open += "\\boxed{";
  EXPECT_EQ(LastBoxed("\\boxed{5}" + open), std::nullopt);
  EXPECT_EQ(LastBoxed("\\boxed{5}" + open.substr(0, 100 * 7)), "5");
}

TEST(LastBoxedTest, PassesOverOpenAndBlankBoxes) {
  EXPECT_EQ(LastBoxed("\\boxed{5} and then \\boxed{1"), "5");
  EXPECT_EQ(LastBoxed("\\boxed{5} and then \\boxed{ }"), "5");
  EXPECT_EQ(LastBoxed("\\boxed{"), std::nullopt);
  EXPECT_EQ(LastBoxed("\\boxed"), std::nullopt);
  EXPECT_EQ(LastBoxed("no box"), std::nullopt);
  EXPECT_EQ(LastBoxed(""), std::nullopt);
}

TEST(StripMarkupTest, KeepsOnlyWhatIsSaid) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"\\$1,250", "1,250"},
      {"$-5$", "-5"},
      {"\\(-\\dfrac{3}{4}\\text{ cm}\\)", "-3/4  cm"},
      {"42\\text{ cm}^2", "42  cm^2"},
      {"18\\text{ of }20", "18  of 20"},
      {"1{,}000", "1,000"},
      {"1\\!,\\!000", "1,000"},
      {"**42**", "42"},
      {"45^\\circ", "45"},
      {"45^{\\circ}", "45"},
      {"50\\%", "50%"},
      {"{{42}}", "42"},
      {"{1}{2}", "{1}{2}"},
      {"3\\frac{1}{2}", "3 1/2"},
      {"\\frac12", "1/2"},
      {"\\frac 59", "5/9"},
      {"\\frac{a}{2}", "\\frac{a}{2}"},
      {"\\frac{1}{-2}", "\\frac{1}{-2}"},
      {"\\frac", "\\frac"},
      {"\\textbf{Yes}", "Yes"},
      {"\\text{open", "\\text{open"},
      {"2\\sqrt{3}", "2\\sqrt{3}"},
      {"\xE2\x82\xAC"
       "5",
       "5"},
  };
  for (const auto& [text, plain] : kCases) EXPECT_EQ(StripMarkup(text), plain) << text;
}

}  // namespace
}  // namespace espalier
