// Accuracy against what it costs: one point per program, and lines.
#ifndef ESPALIER_BENCHMARKS_ACCURACY_CHART_H_
#define ESPALIER_BENCHMARKS_ACCURACY_CHART_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "benchmarks/chart_axis.h"

namespace espalier {

struct AccuracyPoint {
  std::string label;
  std::string tooltip;
  double cost = 0;                         // >= 0, of a problem
  double accuracy = 0, low = 0, high = 0;  // in [0, 1], with its interval
  size_t series = 0;                       // chooses colour and mark; the same in all charts of a page
};

struct AccuracyLine {
  std::string tooltip;
  std::vector<std::pair<double, double>> points;  // cost, accuracy; costs ascending
  bool is_dashed = false;
  size_t series = 0;
};

struct AccuracyChart {
  std::string title;       // for readers who cannot see it
  std::string cost_title;  // "tokens drawn per problem"
  CostUnit unit = CostUnit::kTokens;
  std::vector<AccuracyPoint> points;
  std::vector<AccuracyLine> lines;
};

// The class of kReportStyle with the colours of a series: "series-3".
std::string SeriesClass(size_t series);

// Its mark: SVG around (0, 0), in pixels. Eight shapes, so that nobody needs the colours.
std::string_view SeriesMark(size_t series);

// Inline SVG, as wide as what surrounds it, to be styled by kReportStyle. At least one point.
std::string DrawAccuracyChart(const AccuracyChart& chart);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_ACCURACY_CHART_H_
