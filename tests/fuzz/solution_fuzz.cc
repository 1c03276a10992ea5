// Any bytes as what a model wrote: its steps, their arithmetic and its answer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "reward/answer.h"
#include "reward/arithmetic_checker.h"
#include "reward/step_scores.h"
#include "tests/fuzz/fuzz.h"

namespace espalier {

std::vector<std::string> GeneratedSeeds() {
  return {"3*14=42 ; 23+42=65\nAnswer : 65", "He has 48/2 = <<48/2=24>>24 clips left.\n#### 24",
          "\\[ 12 \\div \\dfrac{1}{2} = 24 \\]\n\\boxed{\\frac{3}{4}}",
          "20% of $1,250.50 + (3 1/2 - .5) \xC3\x97 2 \xE2\x89\x88 256.1, so the answer is 256."};
}

std::vector<std::string> FuzzWords() {
  return {"<<",   ">>", "\\frac{", "\\boxed{", "\\text{",  "\\begin{", "=",
          " of ", "% ", "(",       ")",        " and 1/2", "**",       "..."};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace espalier;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string_view step : SplitSteps(text, "\n")) {
    const StepCheck check = CheckArithmetic(step);
    ESPALIER_CHECK(check.right >= 0 && check.wrong >= 0 && check.unchecked >= 0);
    ESPALIER_CHECK(CheckerScore(check) == (check.wrong > 0 ? 0 : 1));
  }
  CheckArithmetic(text);
  const std::string answer = ExtractAnswer(text);
  if (!AnswersEqual(answer, answer))
    ESPALIER_CHECK(!AnswersEqual(answer, "0") && !AnswersEqual("0", answer), answer);
  return 0;
}
