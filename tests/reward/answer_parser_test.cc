#include "reward/answers/answer_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "reward/answers/answer_tokens.h"
#include "reward/answers/parsed_answer.h"

namespace espalier {
namespace {

constexpr std::string_view kKindNames[] = {
    "number",     "based",    "variable", "pi",    "e",       "i",      "infinity",
    "+",          "*",        "-",        "/",     "^",       "root",   "f",
    "log",        "!",        "binomial", "abs",   "percent", "degree", "unit",
    "tuple",      "set",      "list",     "R",     "empty",   "union",  "intersection",
    "difference", "relation", "name",     "matrix"};

// The tree as an S-expression: "(+ x 1)".
std::string Text(const AnswerExpression& expression, int32_t index) {
  const AnswerNode& node = expression[index];
  const std::string name(kKindNames[static_cast<size_t>(node.kind)]);
  if (node.children.empty()) {
    if (node.kind == NodeKind::kBasedNumber) return node.text + "_" + std::to_string(node.value);
    return node.text.empty() ? name : node.text;
  }
  std::string text = "(" + (node.text.empty() || node.kind == NodeKind::kRelation ? name : node.text);
  if (node.kind == NodeKind::kRelation) text += node.text;
  if (node.open != 0) text += std::string(1, node.open) + node.close;
  if (node.kind == NodeKind::kMatrix) text += std::to_string(node.value);
  for (const int32_t child : node.children) text += " " + Text(expression, child);
  return text + ")";
}

std::string Parsed(std::string_view answer, ParserOptions options = {}) {
  const AnswerTokens tokens = TokenizeAnswer(answer, Thousands::kOutsideBrackets);
  AnswerExpression expression;
  const std::optional<int32_t> root = AnswerParser(tokens.tokens, &expression, options).Parse();
  return root ? Text(expression, *root) : "no expression";
}

TEST(AnswerParserTest, ReadsLatexAndPlainText) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"42", "42"},
      {"1,234.50", "1234.50"},
      {"1{,}234", "1234"},
      {"11,\\! 111,\\! 100", "11111100"},
      {"-\\dfrac{3}{4}", "(- (/ 3 4))"},
      {"\\frac12", "(/ 1 2)"},
      {"\\frac{270}7", "(/ 270 7)"},
      {"3\\frac{1}{2}", "(+ 3 (/ 1 2))"},
      {"3 1/2", "(+ 3 (/ 1 2))"},
      {"3\\frac{x}{2}", "(* 3 (/ x 2))"},
      {"a/bc", "(/ (* a c) b)"},
      {"1/2/3", "(/ 1 (* 2 3))"},
      {"2x^2y", "(* 2 (^ x 2) y)"},
      {"2^3^2", "(^ 2 (^ 3 2))"},
      {"-x^2", "(- (^ x 2))"},
      {"x^{-1}", "(^ x (- 1))"},
      {"\\sqrt[3]{x+1}", "(root (+ x 1) 3)"},
      {"sqrt(2)/2", "(/ (root 2 2) 2)"},
      {"\xE2\x88\x9A"
       "2",
       "(root 2 2)"},
      {"\\sin^2 x\\cos 2y", "(* (^ (sin x) 2) (cos (* 2 y)))"},
      {"\\sin^{-1} x", "(arcsin x)"},
      {"2xsin(x)", "(* 2 x (sin x))"},
      {"\\log_2 8", "(log 8 2)"},
      {"\\log_28", "(log 8 2)"},
      {"\\ln xy", "(ln (* x y))"},
      {"5!", "(! 5)"},
      {"\\binom52", "(binomial 5 2)"},
      {"{n \\choose 2}", "(binomial n 2)"},
      {"|x-1|", "(abs (+ x (- 1)))"},
      {"50\\%", "(percent 50)"},
      {"45^{\\circ}", "(degree 45)"},
      {"1011_{2}", "1011_2"},
      {"1.5e-3", "1.5e-3"},
      {"0.1\\overline{6}", "(+ 0.1 (/ 6 90))"},
      {"2 + 3i", "(+ 2 (* 3 i))"},
      {"e^{i\\pi}", "(^ e (* i pi))"},
      {"x_{12}'", "x_12'"},
      {"abcd", "(* a b c d)"},
      {"10 cm^2", "(unit 10)"},
      {"\\$18", "(unit 18)"},
      {"about 42 miles", "(unit 42)"},
      {"42 apples", "42"},
      {"twenty-five", "25"},
      {"2.5 million", "(* 2.5 1e6)"},
      {"(1,\\frac{1}{2}]", "(tuple(] 1 (/ 1 2))"},
      {"\\left\\{1,2\\right\\}", "(set 1 2)"},
      {"1, 2 \\text{ or } 3", "(list 1 2 3)"},
      {"\\{\\}", "empty"},
      {"[1,2)\\cup(3,\\infty)", "(union (tuple[) 1 2) (tuple() 3 infinity))"},
      {"\\mathbb{R}\\setminus\\{1\\}", "(difference R (set 1))"},
      {"\\{x \\mid x > 2\\}", "(relation> x 2)"},
      {"1 < x \\le 2", "(relation<l 1 x 2)"},
      {"f(x) = x^2", "(relation= f(x) (^ x 2))"},
      {"x = 1, y = 2", "(list (relation= x 1) (relation= y 2))"},
      {"\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "(matrix2 1 2 3 4)"},
      {"1 \\pm \\sqrt{2}", "(+ 1 (root 2 2))"},
      {"3:4", "(tuple:: 3 4)"},
  };
  for (const auto& [answer, tree] : kCases) EXPECT_EQ(Parsed(answer), tree) << answer;
}

TEST(AnswerParserTest, OptionsChooseAmongReadings) {
  EXPECT_EQ(Parsed("10 m"), "(unit 10)");
  EXPECT_EQ(Parsed("10 m", {.unit_letters = false}), "(* 10 m)");
  EXPECT_EQ(Parsed("2+j"), "(+ 2 j)");
  EXPECT_EQ(Parsed("2+j", {.imaginary_j = true}), "(+ 2 i)");
  EXPECT_EQ(Parsed("\\log x"), "(log x 10)");
  EXPECT_EQ(Parsed("\\log x", {.natural_log = true}), "(ln x)");
  EXPECT_EQ(Parsed("1 \\pm 2", {.lower_sign = true}), "(+ 1 (- 2))");
}

TEST(AnswerParserTest, RefusesWhatIsNoExpression) {
  for (const std::string_view answer :
       {"", "1 +", "(1", "1)", "\\frac{1}", "{", "}", "\\foo", "2 3", "x apples", "12_3_4", "1011_{99}",
        "\\begin{pmatrix}1", "\\begin{pmatrix}1&2\\\\3\\end{pmatrix}", "5!!!!!", "\\text{north}", "|x", "x^",
        "\\sqrt"}) {
    EXPECT_EQ(Parsed(answer), "no expression") << answer;
  }
}

TEST(AnswerParserTest, BoundsDepthAndSize) {
  const auto repeated = [](std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
  };
  EXPECT_NE(Parsed(repeated("(", 20) + "1" + repeated(")", 20)), "no expression");
  EXPECT_EQ(Parsed(repeated("(", 200) + "1" + repeated(")", 200)), "no expression");
  EXPECT_EQ(Parsed(repeated("-(", 500) + "1" + repeated(")", 500)), "no expression");
  EXPECT_EQ(Parsed(repeated("x+", 1500) + "1"), "no expression");
}

TEST(ParsedAnswerTest, ReadsMathematicsAndLeavesText) {
  for (const std::string_view answer :
       {"\\left( 3, \\frac{\\pi}{2} \\right)", "p - q", "1 \\pm \\sqrt{19}", "(3,4]", "5x - 7y + 11z + 4 = 0",
        "\\frac{270}7\\text{ degrees}", "all real numbers"})
    EXPECT_TRUE(ParsedAnswer(answer).HasValue()) << answer;
  for (const std::string_view answer : {"\\text{Evelyn}", "east", "\\text{(C)}", "neither of them"})
    EXPECT_FALSE(ParsedAnswer(answer).HasValue()) << answer;
}

}  // namespace
}  // namespace espalier
