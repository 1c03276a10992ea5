#include "reward/answers/scalar_equality.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <utility>

#include "reward/answers/answer_parser.h"
#include "reward/answers/answer_tokens.h"
#include "reward/answers/big_rational.h"
#include "reward/answers/exact_value.h"
#include "reward/answers/polynomial.h"

namespace espalier {
namespace {

constexpr int64_t kPlenty = 1'000'000;

struct Parsed {
  explicit Parsed(std::string_view text) {
    const AnswerTokens tokens = TokenizeAnswer(text, Thousands::kNowhere);
    root = AnswerParser(tokens.tokens, &expression, {}).Parse().value();
    Effort effort(kPlenty);
    term = {.expression = &expression, .node = root, .exact = ExactValue(expression, root, &effort)};
  }
  AnswerExpression expression;
  int32_t root = -1;
  ScalarTerm term;
};

bool AreEqual(std::string_view a, std::string_view b, int64_t units = kPlenty) {
  const Parsed left(a);
  const Parsed right(b);
  Effort effort(units);
  return ScalarsEqual(left.term, right.term, &effort);
}

TEST(BigRationalTest, ReadsDecimalsExactly) {
  EXPECT_EQ(*ParseDecimal("0.125"), BigRational(1, 8));
  EXPECT_EQ(*ParseDecimal(".5"), BigRational(1, 2));
  EXPECT_EQ(*ParseDecimal("1.5e3"), BigRational(1500));
  EXPECT_EQ(*ParseDecimal("25e-2"), BigRational(1, 4));
  EXPECT_EQ(*ParseBased("2bC", 16), BigRational(700));
  EXPECT_FALSE(ParseBased("12", 2));
  EXPECT_FALSE(ParseDecimal("1e99999"));
  EXPECT_FALSE(ParseDecimal("1.2.3"));
}

TEST(BigRationalTest, BoundsWhatItComputes) {
  EXPECT_EQ(*Power(BigRational(4, 9), BigRational(3, 2)), BigRational(8, 27));
  EXPECT_FALSE(Power(BigRational(2), BigRational(1, 2)));
  EXPECT_FALSE(Power(BigRational(2), BigRational(1'000'000'000)));
  EXPECT_FALSE(Power(BigRational(0), BigRational(-1)));
  EXPECT_EQ(*Power(BigRational(1), BigRational(10000)), BigRational(1));
  EXPECT_FALSE(FactorialOf(BigRational(99999)));
  EXPECT_FALSE(FactorialOf(BigRational(-1)));
  EXPECT_FALSE(Quotient(BigRational(1), BigRational(0)));
}

TEST(BigRationalTest, KnowsRoundedAndTruncatedDecimals) {
  const BigRational two_thirds(2, 3);
  EXPECT_TRUE(IsRounded("0.666667", false, two_thirds));
  EXPECT_TRUE(IsRounded("0.666666", false, two_thirds));
  EXPECT_FALSE(IsRounded("0.666668", false, two_thirds));
  EXPECT_FALSE(IsRounded("0.666665", false, two_thirds));
  EXPECT_FALSE(IsRounded("0.66667", false, two_thirds));
  EXPECT_FALSE(IsRounded("0.666667", true, two_thirds));
  EXPECT_TRUE(IsRounded("0.666667", true, BigRational(-2, 3)));
  EXPECT_FALSE(IsRounded("0.000000", false, BigRational(1, 100'000'000)));
}

TEST(ScalarEqualityTest, EqualFunctionsAreEqual) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"(x+y)^{40}", "(y+x)^{40}"},
      {"(x+1)^{200}", "(1+x)^{200}"},  // beyond the polynomials' bound
      {"\\frac{x^2-y^2}{x-y}", "x+y"},
      {"\\sqrt{3+2\\sqrt{2}}", "1+\\sqrt{2}"},
      {"\\sin(3x)", "3\\sin x-4\\sin^3 x"},
      {"\\ln(xy)", "\\ln x+\\ln y"},
      {"\\sqrt{xy}", "\\sqrt{x}\\sqrt{y}"},
      {"\\sin(\\pi)", "0"},
      {"e^{i\\pi}+1", "0"},
      {"(10^{40}+\\sqrt{2})-10^{40}", "\\sqrt{2}"},
      {"\\arcsin x+\\arccos x", "\\frac{\\pi}{2}"},
      {"(-1)^{n+2}", "(-1)^n"},
      {"\\log_2 x", "\\frac{\\ln x}{\\ln 2}"},
      {"(n+1)!", "(n+1)n!"},
      {"\\sqrt[3]{-8}", "-2"},
  };
  for (const auto& [a, b] : kCases) {
    EXPECT_TRUE(AreEqual(a, b)) << a << " and " << b;
    EXPECT_TRUE(AreEqual(b, a)) << b << " and " << a;
  }
}

TEST(ScalarEqualityTest, NearbyFunctionsDiffer) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"\\sqrt{x^2}", "x"},
      {"e^{-200}", "0"},
      {"e^{-200}", "2e^{-200}"},
      {"\\sqrt{2}+10^{-30}", "\\sqrt{2}"},
      {"e^{\\pi\\sqrt{163}}", "262537412640768744"},
      {"1.41421356237309504880168872420969807856967187537694807317667973799", "\\sqrt{2}"},
      {"x^{64}", "x^{65}"},
      {"\\frac{x}{y}", "\\frac{y}{x}"},
      {"\\sin x", "x"},
      {"(-1)^n", "1^n"},
      {"\\frac{1}{x-x}", "5"},
      {"0^0", "1"},
  };
  for (const auto& [a, b] : kCases) {
    EXPECT_FALSE(AreEqual(a, b)) << a << " and " << b;
    EXPECT_FALSE(AreEqual(b, a)) << b << " and " << a;
  }
}

TEST(ScalarEqualityTest, GivesUpWhenTheEffortIsSpent) {
  EXPECT_TRUE(AreEqual("\\sin 2x", "2\\sin x\\cos x"));
  EXPECT_FALSE(AreEqual("\\sin 2x", "2\\sin x\\cos x", 500));
}

TEST(ScalarEqualityTest, ComparesNumbersBySize) {
  const auto compare = [](std::string_view a, std::string_view b) {
    const Parsed left(a);
    const Parsed right(b);
    Effort effort(kPlenty);
    return CompareScalars(left.term, right.term, &effort);
  };
  EXPECT_EQ(compare("\\sqrt{2}", "1.41421356"), 1);
  EXPECT_EQ(compare("\\sqrt{8}", "2\\sqrt{2}"), 0);
  EXPECT_EQ(compare("-\\pi", "3"), -1);
  EXPECT_EQ(compare("1/3", "0.5"), -1);
  EXPECT_EQ(compare("x", "1"), std::nullopt);
  EXPECT_EQ(compare("i", "1"), std::nullopt);
}

TEST(PolynomialTest, BoundsDegreeAndTerms) {
  const auto is_quotient = [](std::string_view text) {
    const Parsed parsed(text);
    const PolynomialRing ring(VariablesOf(parsed.expression, parsed.root));
    Effort effort(kPlenty);
    return ToRationalFunction(parsed.expression, parsed.root, ring, &effort).has_value();
  };
  EXPECT_TRUE(is_quotient("\\frac{(x+y)^3}{z}-2^{10}x"));
  EXPECT_TRUE(is_quotient("4^{1/2}x"));
  EXPECT_FALSE(is_quotient("x^{65}"));
  EXPECT_FALSE(is_quotient("(a+b+c+d+e+f)^{30}"));
  EXPECT_FALSE(is_quotient("\\sqrt{2}x"));
  EXPECT_FALSE(is_quotient("\\frac{1}{x-x}"));
}

}  // namespace
}  // namespace espalier
