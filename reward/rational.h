// Exact fractions, small enough that no operation on them can go wrong unnoticed.
#ifndef ESPALIER_REWARD_RATIONAL_H_
#define ESPALIER_REWARD_RATIONAL_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/numeric/int128.h"

namespace espalier {

// In lowest terms, denominator > 0, both within int64_t. So equal values are equal members, and cross
// products of two fractions fit absl::int128.
struct Rational {
  int64_t numerator = 0;
  int64_t denominator = 1;

  friend bool operator==(const Rational&, const Rational&) = default;
};

// Each of these is nullopt when the result does not fit, or for a division by zero.
std::optional<Rational> MakeRational(absl::int128 numerator, absl::int128 denominator);
std::optional<Rational> Add(const Rational& a, const Rational& b);
std::optional<Rational> Subtract(const Rational& a, const Rational& b);
std::optional<Rational> Multiply(const Rational& a, const Rational& b);
std::optional<Rational> Divide(const Rational& a, const Rational& b);

// The value of "12", "12.50" or ".5": digits with at most one point.
std::optional<Rational> RationalOf(std::string_view written);

// Whether |a - b| <= halves / 2 * 10^-decimals; decimals in [0, 18], halves in [0, 2]. Nullopt when a - b
// does not fit.
std::optional<bool> WithinUnits(const Rational& a, const Rational& b, int decimals, int halves);

}  // namespace espalier

#endif  // ESPALIER_REWARD_RATIONAL_H_
