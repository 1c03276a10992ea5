#include "benchmarks/accuracy_chart.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/utf8.h"
#include "benchmarks/chart_labels.h"
#include "benchmarks/html.h"
#include "benchmarks/units.h"

namespace espalier {
namespace {

constexpr double kTop = 12;
constexpr double kHeight = 220;
constexpr double kNarrowest = 290;  // width of the plot on a small phone, in pixels
constexpr double kCharacterWidth = 6.9;
constexpr size_t kLabelCharacters = 22;
constexpr double kLeaderFrom = 11;  // distance from which a line ties a label to its point
constexpr size_t kSeries = 8;

// Axes of a chart and the SVG that grows.
class ChartWriter {
 public:
  explicit ChartWriter(const AccuracyChart& chart)
      : chart_(chart), costs_(MakeCosts(chart)), shares_(MakeShares(chart)) {}

  std::string Write() {
    absl::StrAppendFormat(
        &svg_, "<svg class=\"chart\" role=\"img\" width=\"100%%\" height=\"%.0f\"><title>%s</title>\n",
        kTop + kHeight + 44, EscapeHtml(chart_.title));
    absl::StrAppend(&svg_, "<desc>", EscapeHtml(Description()), "</desc>\n");
    WriteGrid();
    for (const AccuracyLine& line : chart_.lines) WriteLine(line);
    WritePoints();
    return svg_ + "</svg>\n";
  }

 private:
  static CostAxis MakeCosts(const AccuracyChart& chart) {
    double least = chart.points.front().cost, most = least;
    const auto add = [&](double cost) {
      least = std::min(least, cost);
      most = std::max(most, cost);
    };
    for (const AccuracyPoint& point : chart.points) add(point.cost);
    for (const AccuracyLine& line : chart.lines) {
      for (const auto& [cost, accuracy] : line.points) add(cost);
    }
    return CostAxis(least, most, chart.unit);
  }

  static ShareAxis MakeShares(const AccuracyChart& chart) {
    double least = 1, most = 0;
    for (const AccuracyPoint& point : chart.points) {
      least = std::min(least, point.low);
      most = std::max(most, point.high);
    }
    for (const AccuracyLine& line : chart.lines) {
      for (const auto& [cost, accuracy] : line.points) {
        least = std::min(least, accuracy);
        most = std::max(most, accuracy);
      }
    }
    return ShareAxis(least, most);
  }

  double Y(double share) const { return kTop + kHeight * (1 - shares_.Place(share)); }
  std::string X(double cost) const { return Percent(costs_.Place(cost)); }

  std::string Description() const {
    std::string text;
    for (const AccuracyPoint& point : chart_.points) text += Cat(text.empty() ? "" : "; ", point.tooltip);
    return text;
  }

  void WriteGrid() {
    for (const AxisTick& tick : shares_.ticks()) {
      const double y = kTop + kHeight * (1 - tick.place);
      absl::StrAppendFormat(&svg_, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>", y,
                            y);
      absl::StrAppendFormat(&svg_, "<text class=\"tick anchor-end\" x=\"-8\" y=\"%.1f\">%s</text>\n", y + 4,
                            tick.label);
    }
    for (const AxisTick& tick : costs_.ticks()) {
      const std::string x = Percent(tick.place);
      absl::StrAppendFormat(&svg_, "<line class=\"grid\" x1=\"%s\" x2=\"%s\" y1=\"%.0f\" y2=\"%.0f\"/>", x, x,
                            kTop, kTop + kHeight + 4);
      absl::StrAppendFormat(&svg_, "<text class=\"tick\" x=\"%s\" y=\"%.0f\">%s</text>\n", x,
                            kTop + kHeight + 18, tick.label);
    }
    absl::StrAppendFormat(&svg_, "<text class=\"tick\" x=\"50%%\" y=\"%.0f\">%s (%s)</text>\n",
                          kTop + kHeight + 37, EscapeHtml(chart_.cost_title), costs_.unit());
  }

  void WriteLine(const AccuracyLine& line) {
    absl::StrAppendFormat(&svg_, "<g class=\"%s %s\"><title>%s</title>",
                          line.is_dashed ? "curve dashed" : "curve", SeriesClass(line.series),
                          EscapeHtml(line.tooltip));
    for (size_t at = 0; at < line.points.size(); ++at) {
      const auto& [cost, accuracy] = line.points[at];
      absl::StrAppendFormat(&svg_, "<circle cx=\"%s\" cy=\"%.1f\" r=\"2.5\"/>", X(cost), Y(accuracy));
      if (at == 0) continue;
      absl::StrAppendFormat(&svg_, "<line x1=\"%s\" x2=\"%s\" y1=\"%.1f\" y2=\"%.1f\"/>",
                            X(line.points[at - 1].first), X(cost), Y(line.points[at - 1].second),
                            Y(accuracy));
    }
    svg_ += "</g>\n";
  }

  void WritePoints() {
    std::vector<LabelledPoint> labels;
    for (const AccuracyPoint& point : chart_.points) {
      const std::string text = Shorten(point.label, kLabelCharacters);
      const auto characters = static_cast<double>(std::ranges::count_if(
          text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
      labels.push_back(
          {costs_.Place(point.cost) * kNarrowest, Y(point.accuracy) - kTop, characters * kCharacterWidth});
    }
    const std::vector<LabelPlace> places = PlaceLabels(labels, kNarrowest, kHeight);
    for (size_t at = 0; at < places.size(); ++at) WritePoint(chart_.points[at], places[at]);
  }

  void WritePoint(const AccuracyPoint& point, const LabelPlace& place) {
    const double y = Y(point.accuracy), label_y = place.y + kTop;
    absl::StrAppendFormat(&svg_, "<svg class=\"%s\" x=\"%s\" y=\"0\" overflow=\"visible\"><title>%s</title>",
                          SeriesClass(point.series), X(point.cost), EscapeHtml(point.tooltip));
    absl::StrAppendFormat(&svg_, "<line class=\"whisker\" x1=\"0\" x2=\"0\" y1=\"%.1f\" y2=\"%.1f\"/>",
                          Y(point.high), Y(point.low));
    if (std::abs(label_y - y) > kLeaderFrom) {
      absl::StrAppendFormat(&svg_, "<line class=\"leader\" x1=\"0\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                            place.is_left ? -8 : 8, y, label_y);
    }
    absl::StrAppendFormat(&svg_, "<g class=\"mark\" transform=\"translate(0 %.1f)\">%s</g>", y,
                          ToAbsl(SeriesMark(point.series)));
    absl::StrAppendFormat(&svg_, "<text class=\"%s\" x=\"%d\" y=\"%.1f\">%s</text></svg>\n",
                          place.is_left ? "label anchor-end" : "label", place.is_left ? -10 : 10, label_y + 4,
                          EscapeHtml(Shorten(point.label, kLabelCharacters)));
  }

  const AccuracyChart& chart_;
  CostAxis costs_;
  ShareAxis shares_;
  std::string svg_;
};

}  // namespace

std::string SeriesClass(size_t series) { return Cat("series-", series % kSeries); }

std::string_view SeriesMark(size_t series) {
  constexpr std::string_view kMarks[kSeries] = {
      "<circle r=\"5\"/>",
      "<rect x=\"-4.5\" y=\"-4.5\" width=\"9\" height=\"9\"/>",
      "<path d=\"M0 -6.5L6.5 0L0 6.5L-6.5 0Z\"/>",
      "<path d=\"M0 -6L6 5H-6Z\"/>",
      "<path d=\"M0 6L6 -5H-6Z\"/>",
      "<path d=\"M-2 -6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z\"/>",
      "<circle class=\"hollow\" r=\"4.5\"/>",
      "<rect class=\"hollow\" x=\"-4\" y=\"-4\" width=\"8\" height=\"8\"/>",
  };
  return kMarks[series % kSeries];
}

std::string DrawAccuracyChart(const AccuracyChart& chart) { return ChartWriter(chart).Write(); }

}  // namespace espalier
