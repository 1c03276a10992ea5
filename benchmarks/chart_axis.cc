#include "benchmarks/chart_axis.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/units.h"

namespace espalier {
namespace {

constexpr double kLogarithmicFrom = 5;
constexpr double kRoom = 1.3;  // on both sides of a logarithmic axis
constexpr size_t kMostTicks = 6;
constexpr int kLeastSpan = 30;  // of an axis of shares, in percent

std::string TickLabel(double value) {
  return value >= 1000 ? ThreeDigits(std::round(value)) : absl::StrFormat("%.4g", value);
}

// 1, 2 or 5 times a power of ten, so that at most `ticks` fit into `range` > 0.
double RoundStep(double range, double ticks) {
  const double power = std::pow(10, std::floor(std::log10(range / ticks)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (range <= ticks * factor * power * 1.0001) return factor * power;
  }
  return 10 * power;
}

}  // namespace

CostAxis::CostAxis(double least, double most, CostUnit unit)
    : is_logarithmic_(least > 0 && most > kLogarithmicFrom * least),
      low_(is_logarithmic_ ? least / kRoom : 0),
      high_(is_logarithmic_ ? most * kRoom : most * 1.08) {
  if (high_ <= 0) high_ = 1;
  if (unit == CostUnit::kBytes || unit == CostUnit::kFlops) {
    const UnitPrefix prefix = unit == CostUnit::kBytes ? BinaryPrefix(most) : DecimalPrefix(most);
    factor_ = prefix.factor;
    unit_ = Cat(prefix.sign, unit == CostUnit::kBytes ? "B" : "FLOP");
  } else {
    unit_ = unit == CostUnit::kTokens ? "tokens" : "s";
  }
  if (is_logarithmic_) unit_ += ", logarithmic";
  AddTicks();
}

double CostAxis::Place(double value) const {
  const double place =
      is_logarithmic_ ? std::log(std::max(value, low_) / low_) / std::log(high_ / low_) : value / high_;
  return std::clamp(place, 0.0, 1.0);
}

void CostAxis::AddTicks() {
  std::vector<double> values;
  if (!is_logarithmic_) {
    const double step = RoundStep(high_ / factor_, kMostTicks - 1);
    for (double at = 0; at * step <= high_ / factor_; ++at) values.push_back(at * step);
  } else {
    for (const std::vector<double>& factors : {std::vector<double>{1, 2, 5}, {1, 3}, {1}}) {
      values.clear();
      const double first = std::floor(std::log10(low_ / factor_)), last = std::log10(high_ / factor_);
      for (double power = first; power <= last; ++power) {
        for (const double factor : factors) {
          const double value = factor * std::pow(10, power);
          if (value * factor_ >= low_ && value * factor_ <= high_) values.push_back(value);
        }
      }
      if (values.size() <= kMostTicks) break;
    }
  }
  for (const double value : values) ticks_.push_back({Place(value * factor_), TickLabel(value)});
}

ShareAxis::ShareAxis(double least, double most) {
  int low = std::max(0, 10 * static_cast<int>(std::floor(least * 10 - 0.1)));
  const int high = std::clamp(10 * static_cast<int>(std::ceil(most * 10 + 0.1)), kLeastSpan, 100);
  low = std::min(low, high - kLeastSpan);
  low_ = low / 100.0;
  high_ = high / 100.0;
  const int step = high - low > 60 ? 20 : 10;
  for (int percent = (low + step - 1) / step * step; percent <= high; percent += step) {
    ticks_.push_back({Place(percent / 100.0), Cat(percent, "%")});
  }
}

double ShareAxis::Place(double share) const { return std::clamp((share - low_) / (high_ - low_), 0.0, 1.0); }

}  // namespace espalier
