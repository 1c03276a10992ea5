#include "reward/answer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cat.h"
#include "reward/answer_classes.h"

namespace espalier {
namespace {

std::vector<std::string> Lines(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(ExtractAnswerTest, TakesTheStatedAnswer) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      // The last box before everything else.
      {"The answer is 3. So \\boxed{5}, rather \\boxed{7}. Then 9.", "7"},
      {"\\boxed{\\$1{,}250.50}", "1250.50"},
      {"\\boxed{18\\text{ dollars}}", "18"},
      {"\\boxed{x = 20\\text{ minutes}}", "20"},
      {"\\boxed{\\text{Janet makes } \\$18 \\text{ per day}}", "18"},
      {"\\boxed{25\\%}", "25%"},
      {"\\boxed{-\\frac{3}{4}}", "-3/4"},
      {"\\boxed{\\frac{1}{\\sqrt{2}}}", "\\frac{1}{\\sqrt{2}}"},
      {"\\boxed{2x}", "2x"},
      {"\\boxed{5\\text{ hours } 30\\text{ minutes}}", "5\\text{ hours } 30\\text{ minutes}"},
      {"\\boxed{\\text{No solution}}", "\\text{No solution}"},
      {"So it is \\[\\boxed{ 42 }\\]", "42"},
      // "answer is", before #### and later numbers.
      {"The answer is 42. I checked it 3 times.", "42"},
      {"The answer is: $20$ dollars.", "20"},
      {"the final answer is $-\\frac{3}{4}$. I hope it is correct.", "-3/4"},
      {"**Final Answer:** 1,234 apples\n", "1234"},
      {"The answer is\n\n$$ 3.50 $$\n", "3.50"},
      {"The answer is 3 + 4 = 7 apples.", "7"},
      {"The answer is 42 because 6*7 gives it.", "42"},
      {"12*3=36 ; 36-1=35\nAnswer : 35", "35"},
      {"The answer is 5. No, the answer is 6.", "6"},
      {"Answer: First we add 3 and 4 to get 7.", "7"},
      {"The answer is not clear yet. 3+4=7", "7"},
      // ####
      {"3*6=18\n#### 18", "18"},
      {"#### $1,000\nThat was 5 steps.", "1000"},
      {"#### -5", "-5"},
      {"#### Step 1: add 3\n#### Step 2: the sum is 12", "12"},
      {"#### 1. Add\n3+4=7", "7"},
      // The last number.
      {"The total cost is $1,250.", "1250"},
      {"There are 12 apples and 5 oranges", "5"},
      {"20-5", "5"},
      {"= -5", "-5"},
      {"It is -$5.", "-5"},
      {"So 3/4 of them", "3/4"},
      {"So 3 1/2 cups.", "3 1/2"},
      {"he has 50% left.", "50"},
      // No number.
      {"The answer is (C).", "(C)"},
      {"no idea", ""},
      {"", ""},
      {"   \n", ""},
      {"The answer is", ""},
      {"answer", ""},
  };
  for (const auto& [response, answer] : kCases) EXPECT_EQ(ExtractAnswer(response), answer) << response;
}

TEST(ExtractAnswerTest, ReadsAResponseCutAnywhere) {
  const std::string response =
      "The answer is: $\\boxed{\\text{about } \\frac{3}{4}\\%}$. #### 1,234.50 \xE2\x88\x92 **7** answer:";
  for (size_t length = 0; length <= response.size(); ++length) ExtractAnswer(response.substr(0, length));
  EXPECT_EQ(ExtractAnswer(response), "3/4%");
}

TEST(AnswersEqualTest, EqualNumbersInAnyDress) {
  const std::vector<std::vector<std::string_view>> classes = {
      {"42",     "042",   "42.0",     "42.00",         "$42",        "\\$42", "42 dollars",
       "42%",    "42\\%", "x = 42",   "\\frac{84}{2}", "84/2",       "$42$",  "42.",
       "**42**", "+42",   "\\(42\\)", "42 a day",      "6 * 7 = 42", "{42}"},
      {"-42", "- 42", "-42.0", "-$42", "$-42",
       "\xE2\x88\x92"
       "42"},
      {"1000", "1,000", "1{,}000", "1\\!,\\!000", "1 thousand", "$1,000.00"},
      {"0.5", ".5", "1/2", "\\frac12", "\\dfrac{1}{2}", "2/4", "0.50"},
      {"7/2", "3.5", "3 1/2", "3\\frac{1}{2}"},
      {"0", "0.0", "-0", "0/5", "$0.00"},
      {"0.3333"},
      {"1/3"},
      {"2x"},
      {"2a"},
      {"x"},
      {"3,4"},
      {"5 and a half"},
      {"5 hours 30 minutes"},
      {"minus 5"},
      {"Yes", "yes", "\\text{Yes}", "yes.", " YES "},
      {"(C)", "C", "\\text{C}", "\\textbf{(C)}"},
      {"(1,2)", "(1, 2)"},
      {"\\sqrt{2}"},
      {"\\infty"},
      {"-\\infty"},
  };
  std::vector<std::pair<size_t, std::string_view>> members;
  for (size_t i = 0; i < classes.size(); ++i) {
    for (const std::string_view member : classes[i]) members.emplace_back(i, member);
  }
  for (const auto& [class_a, a] : members) {
    for (const auto& [class_b, b] : members)
      EXPECT_EQ(AnswersEqual(a, b), class_a == class_b) << a << " and " << b;
  }
}

TEST(AnswersEqualTest, AUnitMayBeLeftOut) {
  for (const std::string_view answer :
       {"about 42 miles/hour", "42\\text{ cm}^2", "42 cm", "42cm", "42 dollars"})
    EXPECT_TRUE(AnswersEqual(answer, "42")) << answer;
  EXPECT_FALSE(AnswersEqual("42 cm", "42 miles/hour"));
}

TEST(AnswersEqualTest, NothingEqualsABlankAnswer) {
  for (const std::string_view blank : {"", " ", "$", ".", "\\text{}", "\\left. \\right."}) {
    EXPECT_FALSE(AnswersEqual(blank, blank)) << blank;
    EXPECT_FALSE(AnswersEqual(blank, "0")) << blank;
    EXPECT_FALSE(AnswersEqual("x", blank)) << blank;
  }
}

// No tolerance: numbers that differ anywhere differ.
TEST(AnswersEqualTest, NearIsNotEqual) {
  EXPECT_FALSE(AnswersEqual("100.005", "100"));
  EXPECT_FALSE(AnswersEqual("0.99999", "1"));
  EXPECT_FALSE(AnswersEqual("12345678", "12345679"));
  EXPECT_FALSE(AnswersEqual("0.1", "0.1000000000000000055511151231257827"));
  EXPECT_FALSE(AnswersEqual("9007199254740993", "9007199254740992"));
}

TEST(GoldAnswersTest, EveryGoldAnswerOfGsm8kIsReadExactly) {
  const std::vector<std::string> golds = Lines("tests/golden/gsm8k_gold_answers.txt");
  ASSERT_GT(golds.size(), 500u);
  const auto without_commas = [](std::string text) {
    std::erase(text, ',');
    return text;
  };
  for (const std::string& gold : golds) {
    const std::string digits = without_commas(gold);
    EXPECT_TRUE(AnswersEqual(gold, digits));
    EXPECT_EQ(ExtractAnswer(Cat("3 + 4 = 7\n#### ", gold)), digits);
    EXPECT_EQ(ExtractAnswer(Cat("So it is \\boxed{\\$", gold, ".00}.")), Cat(digits, ".00"));
    EXPECT_TRUE(AnswersEqual(Cat("$", gold, ".00 per day"), digits));
  }
  AnswerClasses classes;
  std::map<size_t, std::string> digits_of_class;
  for (const std::string& gold : golds) {
    const auto [entry, is_new] = digits_of_class.emplace(*classes.ClassOf(gold), without_commas(gold));
    EXPECT_EQ(entry->second, without_commas(gold));
  }
}

// Rows: id, kind (ans: bare; resp: extract first), pred, gold, math-verify's verdict.
TEST(GoldAnswersTest, AgreesWithMathVerifyOnNumbersAndWords) {
  const std::vector<std::string> rows = Lines("tests/golden/grading_numbers.tsv");
  ASSERT_GT(rows.size(), 30u);
  for (size_t i = 1; i < rows.size(); ++i) {
    std::vector<std::string> fields(1);
    for (const char character : rows[i]) {
      if (character == '\t') {
        fields.emplace_back();
      } else {
        fields.back() += character;
      }
    }
    ASSERT_EQ(fields.size(), 5u) << rows[i];
    if (fields[0] == "G049") continue;  // to math-verify, which drops units, 10 m is 10 cm
    const std::string pred = fields[1] == "resp" ? ExtractAnswer(fields[2]) : fields[2];
    EXPECT_EQ(AnswersEqual(pred, fields[3]), fields[4] == "1") << rows[i];
  }
}

}  // namespace
}  // namespace espalier
