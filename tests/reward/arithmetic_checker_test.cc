#include "reward/arithmetic_checker.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>

#include "base/cat.h"
#include "base/random.h"

namespace espalier {

void PrintTo(const StepCheck& check, std::ostream* out) {
  *out << check.right << " right, " << check.wrong << " wrong, " << check.unchecked << " unchecked";
}

namespace {

struct Case {
  std::string_view text;
  int right;
  int wrong = 0;
  int unchecked = 0;
};

template <size_t kCount>
void Check(const Case (&cases)[kCount]) {
  for (const Case& test : cases) {
    EXPECT_EQ(CheckArithmetic(test.text), (StepCheck{test.right, test.wrong, test.unchecked})) << test.text;
  }
}

TEST(ArithmeticCheckerTest, ReadsHowModelsWriteEquations) {
  constexpr Case kCases[] = {
      {"3*14=42 ; 23+42=65", 2},
      {"3*14=42 ; 23+42=66", 1, 1},
      {"35+117=252", 0, 1},
      {"She sold 48 / 2 = 24 clips.", 1},
      {"She sold 48 / 2 = 25 clips.", 0, 1},
      {"Natalia sold 48/2 = <<48/2=24>>24 clips in May.", 2},
      {"Natalia sold 48/2 = <<48/2=24>>26 clips in May.", 1, 1},
      {"Weng earns 12/60 = $<<12/60=0.2>>0.2 per minute.", 2},
      {"he needs 5+3=<<5+3=8", 1},
      {"Then 5*3=15 and 15+4=20.", 1, 1},
      {"**Step 2:** $15 \xC3\x97 2 = **$30**", 1},
      {"- 5 + 3 = 8\n* 5 + 4 = 9\n1) 2 + 2 = 5\n2. 7 - 3 = 4", 3, 1},
      {"12 x 2 = 24; 12x2=24; 12 X $2 = $24; 12 \xC2\xB7 2 = 24", 4},
      {"81 \xC3\xB7 9 = 9, 9 \xE2\x88\x92 10 = -1, 9 \xE2\x80\x93 10 = \xE2\x88\x92"
       "1",
       3},
      {"5 times 3 = 15, 5 plus 3 = 8, 15 divided by 3 = 5, 5 multiplied by 2 = 11", 3, 1},
      {"$1,250.50 + $749.50 = $2,000", 1},
      {"2 1/2 + 1 and 1/2 = 4", 1},
      {"that is (5+3=8) coins", 1},
      {"12 * (3 + 4)\n= 12 * 7\n= 84", 2},
      {"total = 5 + 3 = 8!", 1},
  };
  Check(kCases);
}

TEST(ArithmeticCheckerTest, ComputesWithPrecedence) {
  constexpr Case kCases[] = {
      {"3*14+2=44", 1},
      {"2+3*4=20", 0, 1},
      {"(2+3)*4=20", 1},
      {"2*[3+(4-1)]=12", 1},
      {"8-3-2=3", 1},
      {"24/4/2=3", 1},
      {"-3 + 5 = 2", 1},
      {"5 - -3 = 8", 1},
      {"5 * -3 = -15", 1},
      {"-(2+3)*2 = -10", 1},
      {"2(3+4) = 14", 1},
      {"(1+1)(2+2)=8", 1},
      {"1/3 + 1/6 = 1/2", 1},
      {"0.1+0.2=0.3", 1},
      {"0.1+0.2=0.4", 0, 1},
      {".5*4=2", 1},
      {"2+3=5=5", 2},
      {"2+3=5=6", 1, 1},
      {"12*3 = 36 + 4 = 40", 1, 1},
      {"65 = 23 + 42", 1},
      {"1/2 = 2/4 = 3/7", 1, 1},
  };
  Check(kCases);
}

TEST(ArithmeticCheckerTest, ReadsLatex) {
  constexpr Case kCases[] = {
      {"\\(3 \\times 14 = 42\\)", 1},
      {"$\\frac{3}{4} \\cdot 8 = 6$", 1},
      {"\\[ 12 \\div \\dfrac{1}{2} = 24 \\]", 1},
      {"\\[ 12 \\div \\dfrac{1}{2} = 6 \\]", 0, 1},
      {"\\frac{1 + 2}{2 \\times 3} = \\frac{1}{2}", 1},
      {"\\left(2+3\\right) \\times \\$4 = \\boxed{\\$20}", 1},
      {"5 \\text{ cm} + 3 \\text{ cm} = 9 \\text{ cm}", 0, 1},
      {"1{,}000 + 1 = 1{,}001", 1},
      {"\\begin{aligned} 5 + 3 &= 8 \\\\ &= 2 \\times 4 \\end{aligned}", 1},
      {"3\\frac{1}{2} + 1 = 2.5", 0},
  };
  Check(kCases);
}

TEST(ArithmeticCheckerTest, ARoundedDecimalIsRight) {
  constexpr Case kCases[] = {
      {"10/3=3.33", 1},           {"10/3=3.34", 0, 1},
      {"2/3 = 0.67", 1},          {"2/3 = 0.66", 0, 1},
      {"2/3 = 0.66...", 1},       {"1/8 = 0.13", 1},
      {"1/8 = 0.12", 1},          {"10/3=3", 0, 1},
      {"10/3 \xE2\x89\x88 3", 1}, {"10/3 \\approx 4", 0, 0, 1},
      {"3.3 = 10/3", 1},          {"10/4=3.0", 0, 1},
      {"10/3 = 3.33 = 3.3", 2},   {"-10/3 = -3.33", 1},
  };
  Check(kCases);
}

TEST(ArithmeticCheckerTest, PercentagesMeanWhateverFits) {
  constexpr Case kCases[] = {
      {"20% of 50 = 10", 1},
      {"20% of 50 = 11", 0, 1},
      {"100% - 20% = 80%", 1},
      {"100 - 20 = 80%", 1},
      {"50 * 20\\% = 10", 1},
      {"5/20 = 25%", 1},
      {"5/20 * 100 = 25%", 1},
      {"1/3 = 33%", 1},
      {"1/3 = 34%", 0, 1},
      {"1/4 of $20 = $5", 1},
      {"3/12 = 25% of the class", 1},
      {"3/12 = 25% of 12 pupils", 0, 0, 1},
  };
  Check(kCases);
}

TEST(ArithmeticCheckerTest, UnitsExcuseADifferenceUnlessTheyAreTheSame) {
  constexpr Case kCases[] = {
      {"5 apples + 3 apples = 8 apples", 1},
      {"5 apples + 3 apples = 9 apples", 0, 1},
      {"1 coin + 2 coins = 4 coins", 0, 1},
      {"3 * 2 weeks = 42 days", 0, 0, 1},
      {"1/2 hour = 30 minutes", 0, 0, 1},
      {"$10/hour * 3 hours = $30", 1},
      {"1 hour 20 minutes = 60 + 20 minutes = 80 minutes", 1, 0, 1},
      {"4/3 hours = 1 hour 20 minutes = 80 minutes", 0, 0, 1},
      {"12 cookies per day * 7 days = 84 cookies", 1},
      {"1 foot = 12 inches", 0},
      {"2 million + 3 million = 6 million", 0, 1},
  };
  Check(kCases);
}

TEST(ArithmeticCheckerTest, WhatItCannotReadIsNotWrong) {
  constexpr Case kCases[] = {
      {"", 0},
      {"First we count the coins.", 0},
      {"Answer : 65", 0},
      {"x = 5", 0},
      {"2x + 3 = 7", 0},
      {"2a + 3 + 4 = 9", 0},
      {"x + 3 + 4 = 9", 0},
      {"2^3 + 1 = 9", 0},
      {"2**3 + 1 = 9", 0},
      {"5\xC2\xB2 + 1 = 26", 0},
      {"\\sqrt{16} + 2 = 6", 0},
      {"sqrt(16) + 2 = 6", 0},
      {"max(3, 5) + 2 + 1 = 8", 0},
      {"3! + 4 + 5 = 15", 0},
      {"17 % 5 + 1 = 3", 0},
      {"5 + ? = 8", 0},
      {"3 + 4 >= 6", 0},
      {"half of 48 + 24 = 48", 0, 0, 1},
      {"a total of 48 + 24 = 73", 0, 1},
      {"3 times as many as 4 + 5 = 27", 0, 0, 1},
      {"$350 000 * 2 = $700 000", 0, 0, 1},
      {"5 / 0 = 0", 0, 0, 1},
      {"1234567890123456789 * 10 = 12345678901234567890", 0, 0, 1},
      {"1000000000 * 1000000000 * 1000000000 = 1", 0, 0, 1},
      {"a 3-page letter in 120 - 36 = 84 lines", 1},
      {"))) + (( = ) = ( 5 + = * 3 <<>> <<", 0},
  };
  Check(kCases);
}

TEST(ArithmeticCheckerTest, OneWrongEquationDecidesTheScore) {
  EXPECT_EQ(CheckerScore(StepCheck{3, 1, 0}), 0);
  EXPECT_EQ(CheckerScore(StepCheck{3, 0, 1}), 1);
  EXPECT_EQ(CheckerScore(StepCheck{}), 1);
}

class Draws {
 public:
  explicit Draws(uint64_t key) : key_(key) {}
  int64_t Below(int64_t bound) { return static_cast<int64_t>(UniformDraw(key_, counter_++) * bound); }

 private:
  uint64_t key_;
  uint64_t counter_ = 0;
};

struct Expression {
  std::string text;
  int64_t value;
};

// Built with its value: divisions come out even, and every part stands in parentheses where it needs them.
Expression Draw(Draws& draws, int depth) {
  if (depth == 0) {
    const int64_t value = draws.Below(200) + 1;
    return {Cat(value), value};
  }
  const Expression left = Draw(draws, depth - 1);
  const Expression right = Draw(draws, static_cast<int>(draws.Below(depth)));
  const std::string blank = draws.Below(2) == 0 ? " " : "";
  const std::string a = Cat("(", left.text, ")"), b = Cat("(", right.text, ")");
  switch (draws.Below(4)) {
    case 0:
      return {Cat(left.text, blank, "+", blank, right.text), left.value + right.value};
    case 1:
      return {Cat(left.text, blank, "-", blank, b), left.value - right.value};
    case 2:
      return {Cat(a, blank, "*", blank, b), left.value * right.value};
    default:
      return {Cat(a, blank, "*", blank, "12", blank, "/", blank, "4"), left.value * 3};
  }
}

TEST(ArithmeticCheckerTest, RandomExpressionsAreRightAndOneOtherDigitIsWrong) {
  Draws draws(11);
  for (int round = 0; round < 3000; ++round) {
    const Expression expression = Draw(draws, static_cast<int>(draws.Below(3)) + 1);
    std::string value = Cat(expression.value);
    const std::string left = Cat("So ", expression.text, " = ");
    ASSERT_EQ(CheckArithmetic(Cat(left, value, " coins.")), (StepCheck{1, 0, 0})) << left << value;
    const size_t at = value.size() - 1 - static_cast<size_t>(draws.Below(static_cast<int64_t>(value.size())));
    if (value[at] == '-') continue;
    value[at] = static_cast<char>('0' + (value[at] - '0' + 1 + draws.Below(9)) % 10);
    ASSERT_EQ(CheckArithmetic(Cat(left, value, " coins.")), (StepCheck{0, 1, 0})) << left << value;
  }
}

TEST(ArithmeticCheckerTest, LongAndDeepTextTakesLinearTime) {
  constexpr std::string_view kPieces[] = {"7",   "1,234,", "(",      ")",   "{",       "}",        "[",
                                          "=",   "-",      "+",      "<<",  "<<1+1=2", "\n",       "1+",
                                          "1 ",  "1 and ", "1+1=2;", "(1+", "\\frac{", "\\text{",  "\\",
                                          "5%",  "1/",     "x",      "x ",  "2x",      "\xC3\x97", "\xFF",
                                          "of ", "!",      ".",      "**",  "a",       "a ",       "1 1/"};
  for (const std::string_view piece : kPieces) {
    std::string text;
    while (text.size() < 100'000) text += piece;
    const StepCheck check = CheckArithmetic(text);
    EXPECT_EQ(check.wrong, 0) << piece;
  }
  const std::string deep(100'000, '(');
  EXPECT_EQ(CheckArithmetic(Cat(deep, "2+3", std::string(deep.size(), ')'), "=5")), (StepCheck{1, 0, 0}));
  std::string chain = "0";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  EXPECT_EQ(CheckArithmetic(Cat(chain, "=100000")), (StepCheck{1, 0, 0}));
  EXPECT_EQ(CheckArithmetic(Cat(std::string(100'000, '1'), "+", std::string(100'000, '1'), "=2")),
            (StepCheck{0, 0, 1}));
}

}  // namespace
}  // namespace espalier
