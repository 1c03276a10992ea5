#include "reward/answers/big_rational.h"

#include <flint/fmpz.h>

#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"

namespace espalier {
namespace {

constexpr size_t kMaxDigits = 2000;
constexpr int64_t kMaxExponent = 4000;
constexpr int64_t kMaxFactorial = 1000;
constexpr size_t kDecimalsOfRounding = 6;

std::optional<BigRational> Bounded(BigRational value) {
  if (value.Bits() > kMaxRationalBits) return std::nullopt;
  return value;
}

// The exact root of a non-negative integer; false when there is none.
bool ExactRoot(fmpz* root, const fmpz* value, int64_t index) { return fmpz_root(root, value, index) != 0; }

std::optional<BigRational> PowerOfTen(int64_t exponent) {
  if (std::abs(exponent) > kMaxExponent) return std::nullopt;
  BigRational ten(10);
  fmpq_pow_si(ten.get(), ten.get(), exponent);
  return ten;
}

}  // namespace

std::optional<int64_t> BigRational::SmallInteger(int64_t bound) const {
  if (!IsWhole() || fmpz_cmp_si(fmpq_numref(value_), bound) > 0 ||
      fmpz_cmp_si(fmpq_numref(value_), -bound) < 0)
    return std::nullopt;
  return fmpz_get_si(fmpq_numref(value_));
}

std::optional<BigRational> Sum(const BigRational& a, const BigRational& b) {
  BigRational sum;
  fmpq_add(sum.get(), a.get(), b.get());
  return Bounded(std::move(sum));
}

std::optional<BigRational> Product(const BigRational& a, const BigRational& b) {
  BigRational product;
  fmpq_mul(product.get(), a.get(), b.get());
  return Bounded(std::move(product));
}

std::optional<BigRational> Quotient(const BigRational& a, const BigRational& b) {
  if (b.IsZero()) return std::nullopt;
  BigRational quotient;
  fmpq_div(quotient.get(), a.get(), b.get());
  return Bounded(std::move(quotient));
}

std::optional<BigRational> Power(const BigRational& base, const BigRational& exponent) {
  constexpr int64_t kMaxIndex = 64;
  BigRational index;
  fmpq_set_fmpz(index.get(), fmpq_denref(exponent.get()));
  BigRational whole;
  fmpq_set_fmpz(whole.get(), fmpq_numref(exponent.get()));
  const std::optional<int64_t> power = whole.SmallInteger(kMaxRationalBits);
  const std::optional<int64_t> root = index.SmallInteger(kMaxIndex);
  if (!power || !root) return std::nullopt;
  const std::optional<BigRational> rooted = *root == 1 ? base : Root(base, *root);
  if (!rooted || (*power <= 0 && rooted->IsZero())) return std::nullopt;
  const auto size = static_cast<size_t>(std::abs(*power));
  if (rooted->Bits() > 1 && rooted->Bits() * size > kMaxRationalBits) return std::nullopt;
  BigRational result;
  fmpq_pow_si(result.get(), rooted->get(), *power);
  return result;
}

std::optional<BigRational> Root(const BigRational& radicand, int64_t index) {
  if (index < 1 || radicand.Sign() < 0) return std::nullopt;
  BigRational root;
  fmpz_t above, below;
  fmpz_init(above);
  fmpz_init(below);
  const bool exact = ExactRoot(above, fmpq_numref(radicand.get()), index) &&
                     ExactRoot(below, fmpq_denref(radicand.get()), index);
  if (exact) fmpq_set_fmpz_frac(root.get(), above, below);
  fmpz_clear(above);
  fmpz_clear(below);
  if (!exact) return std::nullopt;
  return root;
}

std::optional<BigRational> FactorialOf(const BigRational& number) {
  const std::optional<int64_t> small = number.SmallInteger(kMaxFactorial);
  if (!small || *small < 0) return std::nullopt;
  BigRational factorial;
  fmpz_fac_ui(fmpq_numref(factorial.get()), static_cast<ulong>(*small));
  return factorial;
}

std::optional<BigRational> Binomial(const BigRational& above, const BigRational& below) {
  constexpr int64_t kMaxAbove = 4000;
  const std::optional<int64_t> n = above.SmallInteger(kMaxAbove);
  const std::optional<int64_t> k = below.SmallInteger(kMaxAbove);
  if (!n || !k || *n < 0 || *k < 0) return std::nullopt;
  BigRational binomial;
  fmpz_bin_uiui(fmpq_numref(binomial.get()), static_cast<ulong>(*n), static_cast<ulong>(*k));
  return binomial;
}

std::optional<BigRational> ParseDecimal(std::string_view text) {
  std::string digits;
  int64_t exponent = 0;
  bool after_point = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && !after_point) {
      after_point = true;
    } else if (text[i] == 'e') {
      const std::string power(text.substr(i + 1));
      if (power.empty() || power.size() > 6) return std::nullopt;
      exponent += std::strtol(power.c_str(), nullptr, 10);
      break;
    } else if (absl::ascii_isdigit(text[i])) {
      digits += text[i];
      exponent -= after_point;
    } else {
      return std::nullopt;
    }
  }
  if (digits.empty() || digits.size() > kMaxDigits) return std::nullopt;
  const std::optional<BigRational> scale = PowerOfTen(exponent);
  if (!scale) return std::nullopt;
  BigRational number;
  fmpz_set_str(fmpq_numref(number.get()), digits.c_str(), 10);
  return Product(number, *scale);
}

std::optional<BigRational> ParseBased(std::string_view digits, int base) {
  if (digits.empty() || digits.size() > kMaxDigits) return std::nullopt;
  for (const char digit : digits) {
    const int value = absl::ascii_isdigit(digit) ? digit - '0' : absl::ascii_tolower(digit) - 'a' + 10;
    if (!absl::ascii_isalnum(digit) || value >= base) return std::nullopt;
  }
  BigRational number;
  fmpz_set_str(fmpq_numref(number.get()), std::string(digits).c_str(), base);
  return Bounded(std::move(number));
}

bool IsRounded(std::string_view decimal, bool negative, const BigRational& exact) {
  const size_t point = decimal.find('.');
  if (point == std::string_view::npos || decimal.find('e') != std::string_view::npos) return false;
  const size_t decimals = decimal.size() - point - 1;
  const std::optional<BigRational> written = ParseDecimal(decimal);
  if (decimals < kDecimalsOfRounding || !written || written->IsZero()) return false;
  if ((exact.Sign() < 0) != negative) return false;
  const std::optional<BigRational> scale = PowerOfTen(static_cast<int64_t>(decimals));
  if (!scale) return false;
  // error = (|exact| - written) * 10^decimals: in [0, 1) truncated, in [-1/2, 1/2] rounded.
  BigRational error;
  fmpq_abs(error.get(), exact.get());
  fmpq_sub(error.get(), error.get(), written->get());
  fmpq_mul(error.get(), error.get(), scale->get());
  return fmpq_cmp(error.get(), BigRational(1).get()) < 0 &&
         fmpq_cmp(error.get(), BigRational(-1, 2).get()) >= 0;
}

}  // namespace espalier
