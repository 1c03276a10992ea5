// Accuracy against tokens spent, one point per program.
#ifndef ESPALIER_BENCHMARKS_ACCURACY_CHART_H_
#define ESPALIER_BENCHMARKS_ACCURACY_CHART_H_

#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace espalier {

struct AccuracyPoint {
  std::string label;
  int64_t tokens = 0;  // generated per problem
  int64_t correct = 0;
  int64_t problems = 0;  // > 0
};

// The 95% interval of a share of `trials` > 0 (Wilson, Probable inference, JASA 1927), within [0, 1].
std::pair<double, double> WilsonInterval(int64_t successes, int64_t trials);

// Inline SVG, as wide as what surrounds it, to be styled by kReportStyle. Whiskers are Wilson intervals.
std::string DrawAccuracyChart(std::span<const AccuracyPoint> points);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_ACCURACY_CHART_H_
