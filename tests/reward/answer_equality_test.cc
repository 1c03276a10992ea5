// Pairs of bare answers with what they mean to a reader, by kind: tests/reward/answer_pairs.tsv.
#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/cat.h"
#include "base/random.h"
#include "reward/answer.h"
#include "reward/answer_classes.h"
#include "reward/answers/parsed_answer.h"

namespace espalier {
namespace {

struct Pair {
  std::string kind;
  bool equal;
  std::string a;
  std::string b;
};

std::vector<Pair> Pairs() {
  std::ifstream file("tests/reward/answer_pairs.tsv");
  EXPECT_TRUE(file.is_open());
  std::vector<Pair> pairs;
  std::string kind;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("# ")) {
      kind = line.substr(2);
      continue;
    }
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    EXPECT_NE(second, std::string::npos) << line;
    pairs.push_back(
        {kind, line[0] == '1', line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return pairs;
}

TEST(AnswerEqualityTest, JudgesPairsOfEveryKindAsAReaderDoes) {
  std::map<std::string, int> counts;
  for (const Pair& pair : Pairs()) {
    EXPECT_EQ(AnswersEqual(pair.a, pair.b), pair.equal) << pair.kind << ": " << pair.a << " and " << pair.b;
    EXPECT_EQ(AnswersEqual(pair.b, pair.a), pair.equal) << pair.kind << ": " << pair.b << " and " << pair.a;
    ++counts[pair.kind];
  }
  EXPECT_GE(counts.size(), 20u);
}

// Every answer beside every other: symmetric, and equal to itself.
TEST(AnswerEqualityTest, IsSymmetricAndReflexive) {
  std::vector<std::string> answers;
  for (const Pair& pair : Pairs()) answers.push_back(pair.a);
  std::vector<ParsedAnswer> parsed;
  for (const std::string& answer : answers) parsed.emplace_back(answer);
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(AreEqual(parsed[i], parsed[i]), !parsed[i].IsBlank()) << answers[i];
    for (size_t j = 0; j < i; j += 7)
      EXPECT_EQ(AreEqual(parsed[i], parsed[j]), AreEqual(parsed[j], parsed[i]))
          << answers[i] << " and " << answers[j];
  }
}

// Dressing changes nothing.
TEST(AnswerEqualityTest, SeesThroughDressing) {
  for (const Pair& pair : Pairs()) {
    if (ParsedAnswer(pair.a).IsBlank() || pair.a.find_first_of("$*") != std::string::npos) continue;
    EXPECT_TRUE(AnswersEqual(pair.a, Cat("$", pair.a, "$"))) << pair.a;
    EXPECT_TRUE(AnswersEqual(pair.a, Cat("\\( ", pair.a, " \\)"))) << pair.a;
  }
}

// Of the processor's time, so that a busy machine does not matter.
double MillisecondsToCompare(std::string_view a, std::string_view b) {
  const std::clock_t start = std::clock();
  AnswersEqual(a, b);
  return 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kMillisecondsAllowed = 1000;
#else
constexpr double kMillisecondsAllowed = 50;
#endif

TEST(AnswerEqualityTest, TakesABoundedTime) {
  const auto repeated = [](std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
  };
  const std::vector<std::string> hostile = {
      "2^{10^9}",
      "10^{10^{10}}",
      "9^{9^{9^9}}",
      "99999!",
      "(99999!)!",
      "1e999999999",
      "(a+b+c+d+e+f)^{60}",
      "(1+x)^{64}(1+y)^{64}(1+z)^{64}",
      "\\binom{4000}{2000}^{100}",
      "\\sqrt[1000]{2^{10000}}",
      repeated("(", 4000),
      repeated("{", 2000) + repeated("}", 2000),
      repeated("\\frac{1}{", 400) + "x" + repeated("}", 400),
      repeated("-", 4000) + "1",
      repeated("x^", 1000) + "2",
      repeated("\\sin", 1000) + "x",
      repeated("\\sqrt{x+", 40) + "1" + repeated("}", 40),
      repeated("\\sin(x)+", 500) + "1",
      repeated("\\sin x\\cos y\\ln z", 200),
      repeated("1,", 2000) + "1",
      repeated("\\sqrt{2}x,", 300) + "1",
      repeated("x<1,", 900) + "x<2",
      repeated("[1,2]\\cup", 400) + "[1,2]",
      repeated("1/", 2000) + "3",
      repeated("3!", 1500),
      repeated("\\pm 1", 700),
      repeated("n!+", 900) + "1",
      repeated("9", 4000),
      repeated("9", 4000) + "^{999}",
      repeated("a", 4096),
      repeated("12_3", 900),
      repeated("\\begin{pmatrix}", 200),
      repeated("\\frac{x^{30}+y^{30}+z}{x-y}+", 60) + "1",
      "(x+y+z+w)^{12}(x-y+z-w)^{12}",
      repeated("n!,(n+1)!,", 60) + "1",
      repeated("x^{x^{x^{x}}}+", 90) + "1",
      repeated("\\log(x),", 100) + "1",
      repeated("\\arcsin x+", 300) + "1",
      repeated("x>\\sqrt{2},", 200) + "x>1",
      repeated("j,", 1000) + "\\log x, 1 m",
      repeated("1.5e3999+", 300) + "1",
      "e^{e^{e^{e^{e}}}}",
      "\\sin(10^{4000})",
      repeated("$", 4000),
      repeated("\\", 4000),
      std::string(4096, '\0'),
      repeated("1", 100'000),
  };
  for (size_t i = 0; i < hostile.size(); ++i) {
    for (const std::string& other :
         {hostile[i] + "+1", hostile[(i + 1) % hostile.size()], std::string("x+1")})
      EXPECT_LT(MillisecondsToCompare(hostile[i], other), kMillisecondsAllowed) << hostile[i].substr(0, 40);
  }
}

// Random strings of the words that answers are made of, and answers with random bytes changed.
TEST(AnswerEqualityTest, ReadsGarbage) {
  constexpr std::array<std::string_view, 48> kWords = {"\\frac{",
                                                       "}",
                                                       "{",
                                                       "1",
                                                       "2",
                                                       "x",
                                                       "y",
                                                       "^",
                                                       "_",
                                                       "(",
                                                       ")",
                                                       "[",
                                                       "]",
                                                       ",",
                                                       "\\sqrt",
                                                       "\\left",
                                                       "|",
                                                       "\\{",
                                                       "\\}",
                                                       "\\cup",
                                                       "\\in",
                                                       "=",
                                                       "<",
                                                       "\\le",
                                                       "+",
                                                       "-",
                                                       "\\pm",
                                                       "!",
                                                       "%",
                                                       "$",
                                                       "\\text{",
                                                       " cm",
                                                       "or",
                                                       "and",
                                                       "\\pi",
                                                       "e",
                                                       "i",
                                                       "j",
                                                       "\\sin",
                                                       "\\log",
                                                       "&",
                                                       "\\\\",
                                                       ":",
                                                       "\\infty",
                                                       "\\begin{pmatrix}",
                                                       "\\end{pmatrix}",
                                                       "1,234",
                                                       "\xE2\x88\x9A"};
  const std::vector<Pair> pairs = Pairs();
  std::string last = "0";
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    std::string text;
    if (seed % 2 == 0) {
      const int words = 1 + static_cast<int>(UniformDraw(seed, 0, 0) * 24);
      for (int i = 0; i < words; ++i)
        text += kWords[static_cast<size_t>(UniformDraw(seed, i, 1) * static_cast<double>(kWords.size()))];
    } else {
      text = pairs[static_cast<size_t>(UniformDraw(seed, 0, 0) * static_cast<double>(pairs.size()))].a;
      for (int i = 0; i < 3 && !text.empty(); ++i) {
        const auto at = static_cast<size_t>(UniformDraw(seed, i, 1) * static_cast<double>(text.size()));
        text[at] = static_cast<char>(UniformDraw(seed, i, 2) * 256);
      }
    }
    EXPECT_EQ(AnswersEqual(text, last), AnswersEqual(last, text)) << text << " and " << last;
    EXPECT_EQ(AnswersEqual(text, text), !ParsedAnswer(text).IsBlank()) << text;
    EXPECT_LT(MillisecondsToCompare(text, last), kMillisecondsAllowed) << text;
    last = text;
  }
}

TEST(AnswerClassesTest, JoinTheEarliestClassWhoseFirstMemberIsEqual) {
  AnswerClasses classes;
  EXPECT_EQ(classes.ClassOf("50\\%"), 0u);
  EXPECT_EQ(classes.ClassOf(""), std::nullopt);
  EXPECT_EQ(classes.ClassOf("0.5"), 0u);
  EXPECT_EQ(classes.ClassOf("50"), 0u);
  EXPECT_EQ(classes.ClassOf("\\frac{1}{3}"), 1u);
  EXPECT_EQ(classes.ClassOf("2/6"), 1u);
  EXPECT_EQ(classes.size(), 2u);
  // In another order, 0.5 and 50 found classes of their own, and 50% joins the first.
  AnswerClasses others;
  EXPECT_EQ(others.ClassOf("0.5"), 0u);
  EXPECT_EQ(others.ClassOf("50"), 1u);
  EXPECT_EQ(others.ClassOf("50\\%"), 0u);
}

TEST(AnswerClassesTest, TakeAnotherEquality) {
  AnswerClasses classes(
      [](std::string_view a, std::string_view b) { return !a.empty() && a.size() == b.size(); });
  EXPECT_EQ(classes.ClassOf("ab"), 0u);
  EXPECT_EQ(classes.ClassOf("c"), 1u);
  EXPECT_EQ(classes.ClassOf("de"), 0u);
  EXPECT_EQ(classes.ClassOf(""), std::nullopt);
}

}  // namespace
}  // namespace espalier
