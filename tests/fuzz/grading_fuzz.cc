// Any bytes as two answers and as a response: extraction and equality end soon, and equality is symmetric
// and, except for blank answers, reflexive.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "reward/answer.h"
#include "tests/fuzz/fuzz.h"

namespace espalier {
namespace {

// A call may take 50 ms of an optimised build; what the sanitizers and coverage cost comes on top.
#if defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
constexpr double kMaxSeconds = 2;
#else
constexpr double kMaxSeconds = 0.05;
#endif
constexpr int kAttempts = 5;  // a busy machine may take a call's processor away

// The result of `function`, which must be quick at least once in a few attempts.
template <typename Function>
auto Timed(std::string_view name, const Function& function) {
  double least = kMaxSeconds;
  for (int attempt = 0; attempt < kAttempts && least >= kMaxSeconds; ++attempt) {
    const auto start = std::chrono::steady_clock::now();
    auto result = function();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    least = seconds.count();
    if (least < kMaxSeconds || attempt + 1 == kAttempts) {
      ESPALIER_CHECK(least < kMaxSeconds, name, " took ", least, " s");
      return result;
    }
  }
  return function();
}

bool Equal(std::string_view a, std::string_view b) {
  return Timed("AnswersEqual", [&] { return AnswersEqual(a, b); });
}

std::string Column(std::string_view line, int column) {
  while (column-- > 0) line.remove_prefix(std::min(line.find('\t'), line.size() - 1) + 1);
  return std::string(line.substr(0, line.find('\t')));
}

}  // namespace

// The graded cases, as pairs "pred \n gold".
std::vector<std::string> GeneratedSeeds() {
  std::vector<std::string> seeds;
  for (const char* path : {"tests/golden/grading_cases.tsv", "tests/golden/grading_own.tsv"}) {
    std::ifstream file(path);
    std::string line;
    for (std::getline(file, line); std::getline(file, line);)
      seeds.push_back(Column(line, 3) + "\n" + Column(line, 4));
  }
  ESPALIER_CHECK(!seeds.empty(), "run this in the root of the repository");
  return seeds;
}

std::vector<std::string> FuzzWords() {
  return {"\\frac{",
          "\\boxed{",
          "\\text{",
          "\\sqrt{",
          "\\begin{pmatrix}",
          "\\end{pmatrix}",
          "\\left(",
          "\\right)",
          "\\infty",
          "\\cup ",
          "\\pm ",
          "\\pi",
          "\\log_{2}",
          "\\sin ",
          "^{",
          "_{8}",
          "\\%",
          "\\le ",
          " and ",
          "(",
          ")",
          "{",
          "}",
          "^",
          "!",
          "$",
          "1/0",
          "10^{99}",
          "999999999",
          "x^2",
          "=",
          "The answer is ",
          "####",
          "<think>",
          "</think>"};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace espalier;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view pred = text.substr(0, text.find('\n'));
  const std::string_view gold = text.substr(std::min(pred.size() + 1, text.size()));
  const std::string answer = Timed("ExtractAnswer", [&] { return ExtractAnswer(text); });
  ESPALIER_CHECK(Equal(pred, gold) == Equal(gold, pred), "not symmetric");
  const bool blank = !Equal(answer, answer);
  ESPALIER_CHECK(!blank || !Equal(answer, gold), "equal to something, but not to itself");
  ESPALIER_CHECK(Equal(pred, pred) || !Equal(pred, gold), "equal to something, but not to itself");
  return 0;
}
