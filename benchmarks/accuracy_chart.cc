#include "benchmarks/accuracy_chart.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/html.h"

namespace espalier {
namespace {

constexpr double kTop = 12;
constexpr double kHeight = 200;
constexpr double kLabelHeight = 15;
constexpr size_t kLabelCharacters = 28;
constexpr double kLabelReach = 0.4;  // of the width: as far as a label goes on a narrow screen
constexpr int64_t kTicks = 5;

double Y(double share) { return kTop + kHeight * (1 - share); }

double Share(const AccuracyPoint& point) {
  return static_cast<double>(point.correct) / static_cast<double>(point.problems);
}

double Place(const AccuracyPoint& point, int64_t most_tokens) {
  return static_cast<double>(point.tokens) / static_cast<double>(most_tokens);
}

bool LabelIsLeft(double place) { return place > 0.5; }

// The nearest height to `y` at which a label covers nothing at the heights `taken`.
double FindFreeHeight(double y, const std::vector<double>& taken) {
  for (double distance = 0;; distance += 1) {
    for (const double candidate : {y - distance, y + distance}) {
      const bool fits = candidate >= kTop && candidate <= kTop + kHeight;
      const bool is_free = std::ranges::all_of(
          taken, [&](double other) { return std::abs(other - candidate) >= kLabelHeight; });
      if (is_free && (fits || distance > kHeight)) return candidate;
    }
  }
}

std::string Grid(int64_t most_tokens) {
  std::string svg;
  for (const int percent : {0, 25, 50, 75, 100}) {
    const double y = Y(percent / 100.0);
    absl::StrAppendFormat(&svg, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>", y, y);
    absl::StrAppendFormat(&svg, "<text class=\"tick anchor-end\" x=\"-8\" y=\"%.1f\">%d%%</text>\n", y + 4,
                          percent);
  }
  const int64_t step = TickStep(most_tokens, kTicks);
  for (int64_t tick = 0; tick <= most_tokens; tick += step) {
    absl::StrAppendFormat(&svg, "<text class=\"tick\" x=\"%s\" y=\"%.0f\">%s</text>\n",
                          Percent(static_cast<double>(tick) / static_cast<double>(most_tokens)),
                          kTop + kHeight + 18, WithSeparators(tick));
  }
  return svg;
}

std::string Point(const AccuracyPoint& point, double place, double label_y) {
  const auto [low, high] = WilsonInterval(point.correct, point.problems);
  const std::string x = Percent(place);
  std::string svg = absl::StrFormat(
      "<g><title>%s: %d of %d correct (95%% interval %.0f to %.0f%%), %s tokens a "
      "problem</title>",
      EscapeHtml(point.label), point.correct, point.problems, 100 * low, 100 * high,
      WithSeparators(point.tokens));
  absl::StrAppendFormat(&svg, "<line class=\"whisker\" x1=\"%s\" x2=\"%s\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x,
                        Y(high), Y(low));
  absl::StrAppendFormat(&svg, "<circle cx=\"%s\" cy=\"%.1f\" r=\"5\"/>", x, Y(Share(point)));
  absl::StrAppendFormat(&svg, "<text class=\"%s\" x=\"%s\" y=\"%.1f\" dx=\"%d\">%s</text></g>\n",
                        LabelIsLeft(place) ? "label anchor-end" : "label", x, label_y + 4,
                        LabelIsLeft(place) ? -10 : 10, EscapeHtml(Shorten(point.label, kLabelCharacters)));
  return svg;
}

}  // namespace

std::pair<double, double> WilsonInterval(int64_t successes, int64_t trials) {
  constexpr double z = 1.959963984540054;
  const double n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double center = share + z * z / (2 * n);
  const double spread = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {std::max(0.0, (center - spread) / scale), std::min(1.0, (center + spread) / scale)};
}

std::string DrawAccuracyChart(std::span<const AccuracyPoint> points) {
  int64_t most_tokens = 1;
  for (const AccuracyPoint& point : points) most_tokens = std::max(most_tokens, point.tokens);
  most_tokens += most_tokens / 12;
  std::string svg = absl::StrFormat(
      "<svg class=\"chart\" role=\"img\" width=\"100%%\" height=\"%.0f\">"
      "<title>accuracy against tokens</title>\n",
      kTop + kHeight + 26);
  svg += Grid(most_tokens);
  std::vector<double> labels;  // heights
  for (const AccuracyPoint& point : points) {
    const double place = Place(point, most_tokens);
    std::vector<double> taken = labels;
    for (const AccuracyPoint& other : points) {
      const double ahead = (Place(other, most_tokens) - place) * (LabelIsLeft(place) ? -1 : 1);
      if (ahead > 0 && ahead < kLabelReach) taken.push_back(Y(Share(other)));
    }
    labels.push_back(FindFreeHeight(Y(Share(point)), taken));
    svg += Point(point, place, labels.back());
  }
  return svg + "</svg>\n";
}

}  // namespace espalier
