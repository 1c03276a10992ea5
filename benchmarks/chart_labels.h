// Where the labels of points go so that they cover neither each other nor a point.
#ifndef ESPALIER_BENCHMARKS_CHART_LABELS_H_
#define ESPALIER_BENCHMARKS_CHART_LABELS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

// Pixels; x of the narrowest plot that the chart is shown in.
struct LabelledPoint {
  double x = 0;
  double y = 0;
  double width = 0;  // of the label
};

struct LabelPlace {
  bool is_left = false;  // of its point: the text ends there
  double y = 0;          // of the text's middle
};

// The height of a line and the distance between a point and its label, in pixels.
inline constexpr double kLabelHeight = 15;
inline constexpr double kLabelGap = 10;

// One place for each point, in order, within [0, width] x [0, height] where that can be. A label begins or
// ends beside its point and only moves up or down: what is apart in the narrowest plot is apart in every
// wider one. Quadratic in the points: a few dozen.
std::vector<LabelPlace> PlaceLabels(std::span<const LabelledPoint> points, double width, double height);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_CHART_LABELS_H_
