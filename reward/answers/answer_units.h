// Units of measurement, so that 1 m is 100 cm and 10 m is not 10 cm.
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_UNITS_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_UNITS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "reward/rational.h"

namespace espalier {

// The quantities that units are products of powers of. Each currency and each temperature scale is its own.
enum class Dimension : uint8_t {
  kLength,
  kMass,
  kTime,
  kAngle,
  kDollar,
  kEuro,
  kPound,
  kYen,
  kData,
  kCurrent,
  kCelsius,
  kFahrenheit,
  kKelvin,
  kRadian,
  kForenoon,
  kAfternoon,
  kCount
};

// `factor` times the product of the base units to the powers `dimensions`.
struct AnswerUnit {
  std::array<int8_t, static_cast<size_t>(Dimension::kCount)> dimensions = {};
  Rational factor;
};

// The unit that a word or symbol names ("cm", "miles", "mph"); nullopt when there is none.
std::optional<AnswerUnit> FindUnit(std::string_view word);

// Whether the word is a unit of one letter, which may be a variable as well ("m", "s").
bool IsUnitLetter(std::string_view word);

// a * b^power; power in [-9, 9]. Nullopt when the factor or a power does not fit.
std::optional<AnswerUnit> MultiplyUnits(const AnswerUnit& a, const AnswerUnit& b, int power);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_UNITS_H_
