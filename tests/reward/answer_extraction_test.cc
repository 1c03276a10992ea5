#include "reward/answers/answer_extraction.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cat.h"

namespace espalier {
namespace {

using Cases = std::vector<std::pair<std::string_view, std::string_view>>;

void ExpectAnswers(const Cases& cases) {
  for (const auto& [response, answer] : cases) EXPECT_EQ(ExtractAnswer(response), answer) << response;
}

TEST(ExtractAnswerTest, TakesTheLastBox) {
  ExpectAnswers({
      {"First I get \\boxed{5}, but correcting, the answer is \\boxed{7}.", "7"},
      {"\\boxed{\\frac{1}{\\sqrt{2}}} and later 3", "\\frac{1}{\\sqrt{2}}"},
      {"$$\\boxed{\\left\\{ 1, 2 \\right\\}}$$", "\\left\\{ 1, 2 \\right\\}"},
      {"\\fbox{42}", "42"},
      {"\\boxed{\\boxed{5}}", "5"},
      {"\\boxed{}", ""},
      {"Write it in \\boxed{}.\n3 + 4 = 7", "7"},
      {"\\[ \\boxed{\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}} \\]",
       "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"},
      {"so $\\boxed 5$.", "5"},
      {"\\boxed{x + y = 5}", "x + y = 5"},
      {"\\boxed{x \\le 5}", "x \\le 5"},
      {"\\boxed{5!}", "5!"},
      {"\\boxed{f(x) = 5}", "5"},
  });
}

TEST(ExtractAnswerTest, JoinsBoxesThatBelongTogether) {
  ExpectAnswers({
      {"so the answer is $\\boxed{1}$ and $\\boxed{-2}$.", "1,-2"},
      {"$\\boxed{3}$, $\\boxed{5}$, and $\\boxed{7}$", "3, 5, 7"},
      {"$x=\\boxed{1}$ or $x=\\boxed{-2}$", "1,-2"},
      {"$\\boxed{x=1} \\text{ or } \\boxed{x=-2}$", "1,-2"},
      {"$\\boxed{x=1}, \\boxed{y=-2}$", "1,-2"},
      {"\\boxed{5} and \\boxed{5}", "5"},
      {"\\boxed{1} and \\boxed{234}", "1, 234"},
      {"\\boxed{4}\n\nLater we found \\boxed{5}; \\boxed{6}", "5, 6"},
  });
}

TEST(ExtractAnswerTest, ReadsABoxThatIsNeverClosed) {
  ExpectAnswers({
      {"so it is $\\boxed{12$. I checked 3 times", "12"},
      {"\\(\\boxed{\\frac{3}{4}\\)", "3/4"},
      {"\\boxed{5} and then \\boxed{1", "5"},
      {"\\boxed{\\frac{1}{2}\n\nThe set {1} is not the answer.", "1/2"},
      {"\\boxed{", ""},
      {"\\boxed", ""},
  });
}

TEST(ExtractAnswerTest, ReadsFormulasBehindThePhrase) {
  ExpectAnswers({
      {"Final Answer: The final answer is $-\\frac{\\pi}{4}$. I hope it is correct.", "-\\frac{\\pi}{4}"},
      {"The answer is \\(x^2+1\\), since 3 > 2.", "x^2+1"},
      {"The answer is:\n\\[\n\\sqrt{2}\n\\]\nwhich is about 1.41.", "\\sqrt{2}"},
      {"The final answer is $[2,5)$. I hope it is correct.", "[2,5)"},
      {"the answer is $x=1$ or $x=-2$.", "1,-2"},
      {"the answers are $3$, $-4$ and $\\pi$.", "3,-4,\\pi"},
      {"The answer is 3,4", "3,4"},
      {"The answer is 3 and -4.", "3,-4"},
      {"The answer is \\frac{1}{\\sqrt{2}}.", "\\frac{1}{\\sqrt{2}}"},
      {"The answer is 2x + 3 where x counts days.", "2x + 3"},
      {"The answer is 12 (since 3*4=12).", "12"},
      {"The answer is therefore $\\sqrt{5}$.", "\\sqrt{5}"},
      {"## Final Answer\n\n$\\sqrt{5}$ is 2.236", "\\sqrt{5}"},
      {"**Answer:** $\\frac{a}{b}$", "\\frac{a}{b}"},
      {"The answer to the first question is 3, the answer to the second is 4.", "4"},
      {"The answer is \xE2\x88\x92"
       "4.",
       "-4"},
      {"The answer is 3:4.", "3:4"},
      {"The answer to 3 + 4 = x is 7.", "7"},
      {"The answer in simplest form is 3/4.", "3/4"},
      {"The answer is not 5, it is 6.", "6"},
      {"Hence the answer = 8", "8"},
      {"Add this to the answer from before: 4 + 2 = 6\n#### 6", "6"},
      {"The answer is 5 too large, so take 1 off.\n#### 6", "6"},
      {"The answer is \\begin{pmatrix} -1 \\\\ 2 \\end{pmatrix}.",
       "\\begin{pmatrix} -1 \\\\ 2 \\end{pmatrix}"},
      {"The answer is 5\\text{ or }7.", "5\\text{ or }7"},
      {"The answer is 7 \xD0\xBA\xD0\xB8", "7"},
      {"\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF\xEF\xBC\x9A"
       "7\xE3\x80\x82 3 steps",
       "7"},
      {"The answer is 4\xCF\x80.", "4\xCF\x80"},
      {"The answer is \\boxed{5.}", "5"},
  });
}

TEST(ExtractAnswerTest, TellsCurrencyFromFormulas) {
  ExpectAnswers({
      {"The total cost is $1,250.", "1250"},
      {"The answer is $15.", "15"},
      {"One pays $5 and both pay $15.", "15"},
      {"3 tickets cost 3 * $12 = $36.", "36"},
      {"It costs $3 more, so $x = 8$ dollars.", "8"},
      {"He has $5 of $20 left.", "20"},
      {"The answer is: $20$ dollars.", "20"},
      {"It is \\$5, that is $\\sqrt{25}$", "\\sqrt{25}"},
  });
}

TEST(ExtractAnswerTest, TakesChoicesAndWords) {
  ExpectAnswers({
      {"The answer is (C).", "(C)"},
      {"The answer is **(B)** 12 of them", "(B)"},
      {"answer: A", "A"},
      {"B) is close, but the correct option is D.", "D"},
      {"The answer is C: it has 4 sides.", "C"},
      {"We add 3 and 4. So the answer is no, since 7 is odd.", "no"},
      {"The answer is east.", "east"},
      {"The answer is A = 5", "5"},
      {"This is 3, which is option (B).", "(B)"},
      {"We get 3, so option C is correct.", "C"},
      {"Options: (A) 12 (B) 15\n12 + 3 = 15", "15"},
      {"Answer choices: (A) 12 (B) 15\n12 + 3 = 15", "15"},
      {"Option A: 12, option B: 15. 12 + 3 = 15", "15"},
  });
}

TEST(ExtractAnswerTest, LeavesThinkingOut) {
  ExpectAnswers({
      {"<think>The answer is \\boxed{4}. No.</think>The sum is 5.", "5"},
      {"It was 12. Hmm.\n</think>\nThe answer is 15", "15"},
      {"<think>\n3+4=7, so the answer is 7", "7"},
      {"The sum is 5. <think> or \\boxed{6}", "5"},
      {"<think>\\boxed{42}</think>", "42"},
      {"<think>1</think> so 2 <think>3</think>", "2"},
      {"<think>12</think> <answer> 8 </answer> 9", "8"},
      {"<think>12</think> <answer>the whole line</answer>", "the whole line"},
      {"<answer>It is $\\boxed{3}$</answer>", "3"},
  });
}

TEST(ExtractAnswerTest, FallsBackOnWhatStandsLast) {
  ExpectAnswers({
      {"The solutions are $x=1$ and $x=-2$.", "1,-2"},
      {"Thus the two numbers are 3 and -2.", "3,-2"},
      {"There are 12 apples and 5 oranges", "5"},
      {"\\[ x = 3 + \\frac{1}{\\sqrt2} = \\frac{\\pi}{2} \\]", "\\frac{\\pi}{2}"},
      {"\\[ x = 5 \\]\nSo Tom has 7 apples.", "7"},
      {"so the length is $3\\sqrt{13}$.", "3\\sqrt{13}"},
      {"there are 5 of $x$.", "5"},
      {"\\begin{align*} x &= 3 + 4 \\\\ &= 7\\pi \\end{align*}", "7\\pi"},
      {"$x=1, y=2\\pi$", "x=1, y=2\\pi"},
  });
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kLongText = 100'000;  // slow
#else
constexpr size_t kLongText = 1'000'000;
#endif

// No time that grows with the square of the text, whatever stands in it.
TEST(ExtractAnswerTest, TakesLinearTime) {
  for (const std::string_view part : {"\\boxed{",   "\\boxed{}",
                                      "\\boxed{1}", "{",
                                      "}",          "$",
                                      "$$",         "\\(",
                                      "\\[",        "\\[\\boxed{1",
                                      "answer is ", "answer",
                                      "answer: $",  "the answer is (",
                                      "is ",        "are 1 and ",
                                      "####",       "<think>",
                                      "</think>",   "<answer>",
                                      "</answer>",  "\\frac{",
                                      "\\text{",    "1",
                                      "1,",         "1 and ",
                                      "\n\n",       "**",
                                      "a",          "\\",
                                      "=",          "\\begin{align}",
                                      "option ",    "\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF",
                                      "= 1 ",       "$1",
                                      "$x$ and ",   "-",
                                      "\\$"}) {
    std::string text;
    while (text.size() < kLongText) text += part;
    const std::clock_t start = std::clock();  // of the processor, which others may use too
    ExtractAnswer(text);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    EXPECT_LT(seconds, 2) << part;  // a few milliseconds; a quadratic scan takes minutes
  }
}

}  // namespace
}  // namespace espalier
