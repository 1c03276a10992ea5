#include "reward/rational.h"

#include <limits>
#include <utility>

namespace espalier {
namespace {

constexpr size_t kMaxDigits = 18;  // 10^18 < 2^63

absl::int128 Magnitude(absl::int128 value) { return value < 0 ? -value : value; }

absl::int128 PowerOfTen(size_t exponent) {
  absl::int128 power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

}  // namespace

std::optional<Rational> MakeRational(absl::int128 numerator, absl::int128 denominator) {
  if (denominator == 0) return std::nullopt;
  absl::int128 divisor = Magnitude(denominator);
  for (absl::int128 rest = Magnitude(numerator); rest != 0;) divisor = std::exchange(rest, divisor % rest);
  if (denominator < 0) divisor = -divisor;
  numerator /= divisor;
  denominator /= divisor;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  if (Magnitude(numerator) > kMost || denominator > kMost) return std::nullopt;
  return Rational{static_cast<int64_t>(numerator), static_cast<int64_t>(denominator)};
}

std::optional<Rational> Add(const Rational& a, const Rational& b) {
  return MakeRational(absl::int128(a.numerator) * b.denominator + absl::int128(b.numerator) * a.denominator,
                      absl::int128(a.denominator) * b.denominator);
}

std::optional<Rational> Subtract(const Rational& a, const Rational& b) {
  return Add(a, Rational{-b.numerator, b.denominator});
}

std::optional<Rational> Multiply(const Rational& a, const Rational& b) {
  return MakeRational(absl::int128(a.numerator) * b.numerator, absl::int128(a.denominator) * b.denominator);
}

std::optional<Rational> Divide(const Rational& a, const Rational& b) {
  return MakeRational(absl::int128(a.numerator) * b.denominator, absl::int128(a.denominator) * b.numerator);
}

std::optional<Rational> RationalOf(std::string_view written) {
  const size_t point = written.find('.');
  const size_t decimals = point == std::string_view::npos ? 0 : written.size() - point - 1;
  size_t digits = 0;
  int64_t value = 0;
  for (const char c : written) {
    if (c == '.') continue;
    if (digits > 0 || c != '0') ++digits;
    if (digits > kMaxDigits) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (decimals > kMaxDigits) return std::nullopt;
  return MakeRational(value, PowerOfTen(decimals));
}

std::optional<bool> WithinUnits(const Rational& a, const Rational& b, int decimals, int halves) {
  const std::optional<Rational> difference = Subtract(a, b);
  if (!difference) return std::nullopt;
  const absl::int128 scaled = Magnitude(difference->numerator) * PowerOfTen(static_cast<size_t>(decimals));
  return 2 * scaled <= halves * absl::int128(difference->denominator);
}

}  // namespace espalier
