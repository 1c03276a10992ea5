#include "reward/step_scores.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/cat.h"

namespace espalier {

double Aggregate(std::span<const double> steps, Aggregation aggregation) {
  if (steps.empty()) return 0;
  double result = steps[0];
  for (const double step : steps.subspan(1)) {
    switch (aggregation) {
      case Aggregation::kMin:
        result = std::min(result, step);
        break;
      case Aggregation::kProduct:
        result *= step;
        break;
      case Aggregation::kMean:
        result += step;
        break;
      case Aggregation::kLast:
        result = step;
        break;
    }
  }
  return aggregation == Aggregation::kMean ? result / static_cast<double>(steps.size()) : result;
}

std::vector<std::string_view> SplitSteps(std::string_view text, std::string_view delimiter) {
  std::vector<std::string_view> steps;
  while (!text.empty()) {
    const size_t end = delimiter.empty() ? std::string_view::npos : text.find(delimiter);
    const std::string_view step = text.substr(0, end);
    if (!absl::StripAsciiWhitespace(ToAbsl(step)).empty()) steps.push_back(step);
    text = end == std::string_view::npos ? "" : text.substr(end + delimiter.size());
  }
  return steps;
}

}  // namespace espalier
