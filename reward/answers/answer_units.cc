#include "reward/answers/answer_units.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "base/cat.h"

namespace espalier {
namespace {

struct UnitEntry {
  std::string_view name;
  int64_t numerator;
  int64_t denominator;
  Dimension dimension;
  int8_t power = 1;
};

// Base units: metre, kilogram, second, degree, one of each currency, byte, ampere. Plurals in s and es need
// no entry.
constexpr UnitEntry kUnits[] = {
    {"m", 1, 1, Dimension::kLength},
    {"meter", 1, 1, Dimension::kLength},
    {"metre", 1, 1, Dimension::kLength},
    {"km", 1000, 1, Dimension::kLength},
    {"kilometer", 1000, 1, Dimension::kLength},
    {"kilometre", 1000, 1, Dimension::kLength},
    {"dm", 1, 10, Dimension::kLength},
    {"cm", 1, 100, Dimension::kLength},
    {"centimeter", 1, 100, Dimension::kLength},
    {"centimetre", 1, 100, Dimension::kLength},
    {"mm", 1, 1000, Dimension::kLength},
    {"millimeter", 1, 1000, Dimension::kLength},
    {"millimetre", 1, 1000, Dimension::kLength},
    {"nm", 1, 1000000000, Dimension::kLength},
    {"in", 254, 10000, Dimension::kLength},
    {"inch", 254, 10000, Dimension::kLength},
    {"ft", 3048, 10000, Dimension::kLength},
    {"foot", 3048, 10000, Dimension::kLength},
    {"feet", 3048, 10000, Dimension::kLength},
    {"yd", 9144, 10000, Dimension::kLength},
    {"yard", 9144, 10000, Dimension::kLength},
    {"mi", 1609344, 1000, Dimension::kLength},
    {"mile", 1609344, 1000, Dimension::kLength},
    {"acre", 40468564224, 10000000, Dimension::kLength, 2},
    {"hectare", 10000, 1, Dimension::kLength, 2},
    {"l", 1, 1000, Dimension::kLength, 3},
    {"L", 1, 1000, Dimension::kLength, 3},
    {"liter", 1, 1000, Dimension::kLength, 3},
    {"litre", 1, 1000, Dimension::kLength, 3},
    {"ml", 1, 1000000, Dimension::kLength, 3},
    {"mL", 1, 1000000, Dimension::kLength, 3},
    {"milliliter", 1, 1000000, Dimension::kLength, 3},
    {"millilitre", 1, 1000000, Dimension::kLength, 3},
    {"g", 1, 1000, Dimension::kMass},
    {"gram", 1, 1000, Dimension::kMass},
    {"kg", 1, 1, Dimension::kMass},
    {"kilogram", 1, 1, Dimension::kMass},
    {"mg", 1, 1000000, Dimension::kMass},
    {"milligram", 1, 1000000, Dimension::kMass},
    {"lb", 45359237, 100000000, Dimension::kMass},
    {"pound", 45359237, 100000000, Dimension::kMass},
    {"oz", 45359237, 1600000000, Dimension::kMass},
    {"ounce", 45359237, 1600000000, Dimension::kMass},
    {"ton", 90718474, 100000, Dimension::kMass},
    {"tonne", 1000, 1, Dimension::kMass},
    {"s", 1, 1, Dimension::kTime},
    {"sec", 1, 1, Dimension::kTime},
    {"second", 1, 1, Dimension::kTime},
    {"ms", 1, 1000, Dimension::kTime},
    {"min", 60, 1, Dimension::kTime},
    {"minute", 60, 1, Dimension::kTime},
    {"h", 3600, 1, Dimension::kTime},
    {"hr", 3600, 1, Dimension::kTime},
    {"hour", 3600, 1, Dimension::kTime},
    {"day", 86400, 1, Dimension::kTime},
    {"week", 604800, 1, Dimension::kTime},
    {"month", 2629746, 1, Dimension::kTime},
    {"year", 31556952, 1, Dimension::kTime},
    {"degree", 1, 1, Dimension::kAngle},
    {"deg", 1, 1, Dimension::kAngle},
    {"radian", 1, 1, Dimension::kRadian},
    {"rad", 1, 1, Dimension::kRadian},
    {"dollar", 1, 1, Dimension::kDollar},
    {"usd", 1, 1, Dimension::kDollar},
    {"cent", 1, 100, Dimension::kDollar},
    {"euro", 1, 1, Dimension::kEuro},
    {"sterling", 1, 1, Dimension::kPound},
    {"yen", 1, 1, Dimension::kYen},
    {"kb", 1000, 1, Dimension::kData},
    {"mb", 1000000, 1, Dimension::kData},
    {"gb", 1000000000, 1, Dimension::kData},
    {"byte", 1, 1, Dimension::kData},
    {"A", 1, 1, Dimension::kCurrent},
    {"celsius", 1, 1, Dimension::kCelsius},
    {"fahrenheit", 1, 1, Dimension::kFahrenheit},
    {"kelvin", 1, 1, Dimension::kKelvin},
    {"am", 1, 1, Dimension::kForenoon},
    {"pm", 1, 1, Dimension::kAfternoon},
};

std::optional<AnswerUnit> Exactly(std::string_view word) {
  for (const UnitEntry& entry : kUnits) {
    if (entry.name != word) continue;
    AnswerUnit unit;
    unit.dimensions[static_cast<size_t>(entry.dimension)] = entry.power;
    unit.factor = *MakeRational(entry.numerator, entry.denominator);
    return unit;
  }
  return std::nullopt;
}

std::optional<AnswerUnit> Speed(std::string_view length) {
  return MultiplyUnits(*Exactly(length), *Exactly("h"), -1);
}

}  // namespace

std::optional<AnswerUnit> FindUnit(std::string_view word) {
  if (std::optional<AnswerUnit> unit = Exactly(word)) return unit;
  if (word.size() < 2) return std::nullopt;
  const std::string lower = absl::AsciiStrToLower(ToAbsl(word));
  if (lower == "mph") return Speed("mi");
  if (lower == "kph" || lower == "kmh") return Speed("km");
  for (const std::string_view ending : {"", "s", "es"}) {
    if (!std::string_view(lower).ends_with(ending) || lower.size() < ending.size() + 2) continue;
    if (std::optional<AnswerUnit> unit = Exactly(lower.substr(0, lower.size() - ending.size()))) return unit;
  }
  return std::nullopt;
}

bool IsUnitLetter(std::string_view word) { return word.size() == 1 && Exactly(word).has_value(); }

std::optional<AnswerUnit> MultiplyUnits(const AnswerUnit& a, const AnswerUnit& b, int power) {
  AnswerUnit product = a;
  for (size_t i = 0; i < product.dimensions.size(); ++i) {
    const int sum = a.dimensions[i] + power * b.dimensions[i];
    if (sum < -100 || sum > 100) return std::nullopt;
    product.dimensions[i] = static_cast<int8_t>(sum);
  }
  for (int i = 0; i < std::abs(power); ++i) {
    const std::optional<Rational> factor =
        power > 0 ? Multiply(product.factor, b.factor) : Divide(product.factor, b.factor);
    if (!factor) return std::nullopt;
    product.factor = *factor;
  }
  return product;
}

}  // namespace espalier
