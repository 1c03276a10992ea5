#include "benchmarks/math/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "benchmarks/math/random_words.h"

namespace espalier {
namespace {

constexpr int64_t kMostDraws = 200'000'000;
constexpr int64_t kFewestResamples = 200;

}  // namespace

double Quantile(std::span<const double> sorted, double share) {
  ESPALIER_CHECK(!sorted.empty() && share >= 0 && share <= 1, "quantile ", share, " of ", sorted.size());
  const double place = share * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Interval BootstrapMean(std::span<const double> values, const BootstrapOptions& options) {
  const int64_t count = static_cast<int64_t>(values.size());
  ESPALIER_CHECK(count >= 1 && count < int64_t{1} << 31, count, " values");
  ESPALIER_CHECK(options.resamples > 0 && options.confidence > 0 && options.confidence < 1, options.resamples,
                 " resamples, confidence ", options.confidence);
  const int64_t most = std::max(kFewestResamples, kMostDraws / count);
  RandomWords random(options.key);
  std::vector<double> means(std::min(options.resamples, most));
  for (double& mean : means) {
    double sum = 0;
    for (int64_t draw = 0; draw < count; ++draw) sum += values[random.Below(count)];
    mean = sum / static_cast<double>(count);
  }
  std::ranges::sort(means);
  const double tail = (1 - options.confidence) / 2;
  return {Quantile(means, tail), Quantile(means, 1 - tail)};
}

Interval BootstrapDifference(std::span<const double> a, std::span<const double> b,
                             const BootstrapOptions& options) {
  ESPALIER_CHECK(a.size() == b.size(), a.size(), " and ", b.size(), " values are no pairs");
  std::vector<double> differences(a.size());
  for (size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return BootstrapMean(differences, options);
}

double SignTest(int64_t better, int64_t worse) {
  ESPALIER_CHECK(better >= 0 && worse >= 0, better, " better, ", worse, " worse");
  const int64_t pairs = better + worse;
  const double log_half = -static_cast<double>(pairs) * std::log(2.0);
  double tail = 0;  // P(X <= the smaller count), X ~ Binomial(pairs, 1/2)
  for (int64_t i = 0; i <= std::min(better, worse); ++i) {
    const double n = static_cast<double>(pairs), k = static_cast<double>(i);
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + log_half);
  }
  return std::min(1.0, 2 * tail);
}

}  // namespace espalier
