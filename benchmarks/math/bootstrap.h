// How sure the means over problems are, and the differences between two programs on the same problems.
#ifndef ESPALIER_BENCHMARKS_MATH_BOOTSTRAP_H_
#define ESPALIER_BENCHMARKS_MATH_BOOTSTRAP_H_

#include <cstdint>
#include <span>

namespace espalier {

struct Interval {
  double low = 0;
  double high = 0;
};

struct BootstrapOptions {
  int64_t resamples = 10'000;  // > 0; fewer where values x resamples would pass 2 x 10^8, but at least 200
  uint64_t key = 0;            // equal keys draw the same problems, so intervals of one run fit together
  double confidence = 0.95;    // in (0, 1)

  BootstrapOptions() {}
};

// The value below which a `share` in [0, 1] of the values lies, interpolated between neighbours as NumPy
// does. `sorted`: at least one value, ascending.
double Quantile(std::span<const double> sorted, double share);

// The percentile interval of the mean of `values`, resampled with replacement (Efron & Tibshirani, An
// Introduction to the Bootstrap, 1993, 13.3). 1 to 2^31 - 1 values. Of equal values it is a point.
Interval BootstrapMean(std::span<const double> values, const BootstrapOptions& options);

// The same of mean(a) - mean(b), where a[i] and b[i] belong to the same problem and stay together.
Interval BootstrapDifference(std::span<const double> a, std::span<const double> b,
                             const BootstrapOptions& options);

// The two-sided p-value of the exact sign test, which for pairs of right and wrong is McNemar's exact test:
// how likely a split of the pairs that differ is that is at least as uneven as this one, were both programs
// equally good. 1 when no pair differs. Counts >= 0.
double SignTest(int64_t better, int64_t worse);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_BOOTSTRAP_H_
