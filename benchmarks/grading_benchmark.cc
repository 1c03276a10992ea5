// Gradings a second on one core, of ordinary answers to GSM8K and MATH-500, and the extraction of the answer
// from a response of about 2,000 tokens.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "reward/answer.h"

namespace espalier {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 8> kGsm8k = {{{"18", "18"},
                                         {"$70,000", "70000"},
                                         {"540 meters", "540"},
                                         {"20", "64"},
                                         {"$366.00", "366"},
                                         {"1,250", "1250"},
                                         {"25\\%", "25"},
                                         {"3.5", "7/2"}}};

// One of each kind, in about the shares of the gold answers of MATH-500: two thirds are integers.
constexpr std::array<Pair, 24> kMath = {{{"9", "9"},
                                         {"2220", "2220"},
                                         {"-50", "-50"},
                                         {"284", "283"},
                                         {"42", "42"},
                                         {"13535", "13535"},
                                         {"10080", "10,\\!080"},
                                         {"5", "x=5"},
                                         {"90", "90^\\circ"},
                                         {"12", "28"},
                                         {"27", "27"},
                                         {"4", "2"},
                                         {"1.25", "\\frac{5}{4}"},
                                         {"\\frac{14}{3}", "\\dfrac{14}{3}"},
                                         {"\\frac{3}{56}", "3/56"},
                                         {"3\\sqrt{13}", "3\\sqrt{13}"},
                                         {"\\sqrt{117}", "3\\sqrt{13}"},
                                         {"\\left( 3, \\frac{\\pi}{2} \\right)", "(3,\\frac{\\pi}{2})"},
                                         {"6-5i", "6 - 5i"},
                                         {"p-q", "p - q"},
                                         {"1,-2", "-2,1"},
                                         {"\\text{Evelyn}", "Evelyn"},
                                         {"x^3+3x-6", "x^3 + 3x - 6"},
                                         {"\\begin{pmatrix} -2 \\\\ -14 \\\\ -7 \\end{pmatrix}",
                                          "\\begin{pmatrix} -2 \\\\ -14 \\\\ -7 \\end{pmatrix}"}}};

template <size_t n>
void Grade(benchmark::State& state, const std::array<Pair, n>& pairs) {
  for (auto _ : state) {
    for (const auto& [pred, gold] : pairs) benchmark::DoNotOptimize(AnswersEqual(pred, gold));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * n));
}

void GradeGsm8k(benchmark::State& state) { Grade(state, kGsm8k); }
BENCHMARK(GradeGsm8k);

void GradeMath(benchmark::State& state) { Grade(state, kMath); }
BENCHMARK(GradeMath);

// The slowest pairs show here: each pair of kMath alone.
void GradeMathPair(benchmark::State& state) {
  const auto& [pred, gold] = kMath[static_cast<size_t>(state.range(0))];
  for (auto _ : state) benchmark::DoNotOptimize(AnswersEqual(pred, gold));
  state.SetLabel(std::string(pred));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(GradeMathPair)->DenseRange(0, static_cast<int>(kMath.size()) - 1);

// About four characters a token.
std::string Response(std::string_view end) {
  std::string text = "<think>\n";
  while (text.size() < 8000) {
    text +=
        "Then we have $x^2 + 3x = 18$, so \\(x = 3\\) or \\(x = -6\\), and he pays $5 for 3 of the 12.\n\n";
  }
  return text + "</think>\n" + text.substr(8, 800) + std::string(end);
}

void Extract(benchmark::State& state, std::string_view end) {
  const std::string response = Response(end);
  for (auto _ : state) benchmark::DoNotOptimize(ExtractAnswer(response));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * response.size()));
}
BENCHMARK_CAPTURE(Extract, box, "So the answer is $\\boxed{\\frac{3}{4}}$.");
BENCHMARK_CAPTURE(Extract, phrase, "The answer is $\\frac{3}{4}$.");
BENCHMARK_CAPTURE(Extract, last_number, "He has 12 left.");

}  // namespace
}  // namespace espalier
