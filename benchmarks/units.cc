#include "benchmarks/units.h"

#include <cmath>
#include <cstdint>
#include <string_view>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/html.h"

namespace espalier {
namespace {

constexpr std::string_view kSigns = "kMGTPE";

UnitPrefix FindPrefix(double value, double base, const char* suffix) {
  UnitPrefix prefix;
  for (const char sign : kSigns) {
    // 999.6 would be written as 1000.
    if (value < prefix.factor * base * 0.9995) break;
    prefix.factor *= base;
    prefix.sign = Cat(std::string(1, sign == 'k' && *suffix != 0 ? 'K' : sign), suffix);
  }
  return prefix;
}

}  // namespace

UnitPrefix DecimalPrefix(double value) { return FindPrefix(value, 1000, ""); }

UnitPrefix BinaryPrefix(double value) { return FindPrefix(value, 1024, "i"); }

std::string WithPrefix(double value) {
  const UnitPrefix prefix = DecimalPrefix(value);
  return Cat(ThreeDigits(value / prefix.factor), prefix.sign.empty() ? "" : " ", prefix.sign);
}

std::string Flops(double flops) {
  const UnitPrefix prefix = DecimalPrefix(flops);
  return Cat(ThreeDigits(flops / prefix.factor), " ", prefix.sign, "FLOP");
}

std::string Bytes(double bytes) {
  const UnitPrefix prefix = BinaryPrefix(bytes);
  return Cat(ThreeDigits(bytes / prefix.factor), " ", prefix.sign, "B");
}

std::string ThreeDigits(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size < 9.995) return absl::StrFormat(size < 0.9995 ? "%.3f" : "%.2f", value);
  if (size < 99.95) return absl::StrFormat("%.1f", value);
  return size < 1e18 ? WithSeparators(std::llround(value)) : absl::StrFormat("%.3g", value);
}

std::string PercentText(double share) { return absl::StrFormat("%.1f %%", 100 * share); }

std::string PointsText(double difference) {
  const double points = std::round(1000 * difference) / 10;
  return points == 0 ? "0.0" : absl::StrFormat("%+.1f", points);
}

std::string PValueText(double p_value) {
  return p_value < 0.001 ? "<0.001" : absl::StrFormat("%.3f", p_value);
}

}  // namespace espalier
