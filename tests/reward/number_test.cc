#include "reward/number.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>

#include "base/cat.h"
#include "base/random.h"

namespace espalier {
namespace {

struct Case {
  std::string_view input;
  std::string_view text;
  std::string_view value;
  std::string_view rest;
};

TEST(NumberTest, ReadsEveryFormAndLeavesTheRest) {
  constexpr Case kCases[] = {
      {"42", "42", "42", ""},
      {"042", "042", "42", ""},
      {"42.50 dollars", "42.50", "85/2", " dollars"},
      {"42. Next", "42", "42", ". Next"},
      {".5", ".5", "1/2", ""},
      {"0.0", "0.0", "0", ""},
      {"-0", "0", "0", ""},
      {"-7", "-7", "-7", ""},
      {"+7", "7", "7", ""},
      {"\xE2\x88\x92"
       "7",
       "-7", "-7", ""},
      {"1,234,567.80", "1234567.80", "6172839/5", ""},
      {"12,34", "12", "12", ",34"},
      {"1234,567", "1234", "1234", ",567"},
      {"1,2345", "1", "1", ",2345"},
      {"0,123", "0", "0", ",123"},
      {"3/4", "3/4", "3/4", ""},
      {"6/4", "6/4", "3/2", ""},
      {"2.5/5", "2.5/5", "1/2", ""},
      {"5/0", "5", "5", "/0"},
      {"1/2/3", "1/2", "1/2", "/3"},
      {"3 1/2 cups", "3 1/2", "7/2", " cups"},
      {"-3 1/2", "-3 1/2", "-7/2", ""},
      {"3 4/2", "3", "3", " 4/2"},
      {"0 1/2", "0 1/2", "1/2", ""},
      {"2.5 million people", "2.5 million", "2500000", " people"},
      {"3 Hundred", "3 hundred", "300", ""},
      {"1.23 hundred", "1.23 hundred", "123", ""},
      {"1.2345 hundred", "1.2345 hundred", "2469/20", ""},
      {"1/2 million", "1/2 million", "500000", ""},
      {"2 millions", "2", "2", " millions"},
  };
  for (const Case& test : kCases) {
    std::string_view rest = test.input;
    const std::optional<Number> number = ConsumeNumber(rest);
    ASSERT_TRUE(number.has_value()) << test.input;
    EXPECT_EQ(number->text, test.text) << test.input;
    EXPECT_EQ(number->value, test.value) << test.input;
    EXPECT_EQ(rest, test.rest) << test.input;
  }
}

TEST(NumberTest, LeavesWhatIsNoNumber) {
  for (const std::string_view input : {"", "-", "+", ".", "abc", " 5", "--5", "/2", ",5", "$5"}) {
    std::string_view rest = input;
    EXPECT_FALSE(ConsumeNumber(rest).has_value()) << input;
    EXPECT_EQ(rest, input);
  }
}

std::string ValueOf(std::string_view text) {
  const std::optional<Number> number = ConsumeNumber(text);
  return number && text.empty() ? number->value : "not one number";
}

TEST(NumberTest, FractionsAreEqualExactlyWhenTheirCrossProductsAre) {
  uint64_t counter = 0;
  const auto draw = [&](int64_t bound) { return static_cast<int64_t>(UniformDraw(7, counter++) * bound); };
  int equal = 0;
  for (int round = 0; round < 20000; ++round) {
    const int64_t a = draw(20), b = draw(20) + 1, c = draw(20), d = draw(20) + 1;
    const bool same = ValueOf(Cat(a, "/", b)) == ValueOf(Cat(c, "/", d));
    ASSERT_EQ(same, a * d == c * b) << a << "/" << b << " and " << c << "/" << d;
    equal += same;
  }
  EXPECT_GT(equal, 100);
}

TEST(NumberTest, DecimalsEqualTheirFractions) {
  for (int64_t thousandths = 0; thousandths < 5000; ++thousandths) {
    const std::string digits = Cat(thousandths % 1000 + 1000).substr(1);
    EXPECT_EQ(ValueOf(Cat(thousandths / 1000, ".", digits)), ValueOf(Cat(thousandths, "/1000")));
    EXPECT_EQ(ValueOf(Cat(thousandths / 1000, ".", digits, "000")), ValueOf(Cat(thousandths, "/1000")));
  }
}

TEST(NumberTest, StaysExactAtTheLimitAndKeepsDigitsBeyondIt) {
  const std::string nines(38, '9');
  EXPECT_EQ(ValueOf(nines), nines);
  EXPECT_EQ(ValueOf(Cat(nines, ".00")), nines);
  EXPECT_EQ(ValueOf(Cat(nines, "/", nines)), "1");
  const std::string huge(60, '7');
  EXPECT_EQ(ValueOf(huge), huge);
  EXPECT_EQ(ValueOf(Cat("00", huge, ".0")), huge);
  EXPECT_NE(ValueOf(huge), ValueOf(Cat(huge, ".5")));
  EXPECT_EQ(ValueOf(Cat("0.", std::string(50, '0'), "10")), ValueOf(Cat(".", std::string(50, '0'), "1")));
  EXPECT_EQ(ValueOf(Cat("1", std::string(5000, '0'))).size(), 5001u);
}

}  // namespace
}  // namespace espalier
