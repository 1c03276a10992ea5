// Exact fractions without a bound of their own: FLINT's fmpq with an owner.
#ifndef ESPALIER_REWARD_ANSWERS_BIG_RATIONAL_H_
#define ESPALIER_REWARD_ANSWERS_BIG_RATIONAL_H_

// clang-format off
#include <mpfr.h>  // before FLINT's headers, which from version 3.1 on declare conversions only behind it
#include <flint/fmpq.h>
// clang-format on

#include <cstdint>
#include <optional>
#include <string_view>

namespace espalier {

// Copies are deep; a moved-from value is zero.
class BigRational {
 public:
  BigRational() { fmpq_init(value_); }
  explicit BigRational(int64_t value) : BigRational() { fmpq_set_si(value_, value, 1); }
  BigRational(int64_t numerator, int64_t denominator) : BigRational() {  // denominator > 0
    fmpq_set_si(value_, numerator, static_cast<ulong>(denominator));
  }
  BigRational(const BigRational& other) : BigRational() { fmpq_set(value_, other.value_); }
  BigRational(BigRational&& other) noexcept : BigRational() { fmpq_swap(value_, other.value_); }
  BigRational& operator=(BigRational other) noexcept {
    fmpq_swap(value_, other.value_);
    return *this;
  }
  ~BigRational() { fmpq_clear(value_); }

  friend bool operator==(const BigRational& a, const BigRational& b) {
    return fmpq_equal(a.value_, b.value_);
  }
  bool IsZero() const { return fmpq_is_zero(value_); }
  bool IsWhole() const { return fmpz_is_one(fmpq_denref(value_)); }
  int Sign() const { return fmpq_sgn(value_); }

  // The value, if it is whole and within +-bound.
  std::optional<int64_t> SmallInteger(int64_t bound) const;

  // Of numerator and denominator, the larger.
  size_t Bits() const { return fmpq_height_bits(value_); }

  fmpq* get() { return value_; }
  const fmpq* get() const { return value_; }

 private:
  fmpq_t value_;
};

// No operation gives a result of more bits; nullopt stands for one that would, and for a division by zero.
inline constexpr size_t kMaxRationalBits = 1 << 14;

std::optional<BigRational> Sum(const BigRational& a, const BigRational& b);
std::optional<BigRational> Product(const BigRational& a, const BigRational& b);
std::optional<BigRational> Quotient(const BigRational& a, const BigRational& b);
std::optional<BigRational> Power(const BigRational& base,
                                 const BigRational& exponent);                // roots only if exact
std::optional<BigRational> Root(const BigRational& radicand, int64_t index);  // only if exact
std::optional<BigRational> FactorialOf(const BigRational& number);
std::optional<BigRational> Binomial(const BigRational& above, const BigRational& below);

// "12", "12.50", ".5", "1.5e-3"; nullopt for other text and for more than kMaxDigits digits.
std::optional<BigRational> ParseDecimal(std::string_view text);

// "1011" in base 2; nullopt if some digit is none of that base. base in [2, 36].
std::optional<BigRational> ParseBased(std::string_view digits, int base);

// Whether the decimal "0.333333", of at least six decimals and not zero, is `exact` rounded (half up or half
// to even) or truncated to that many decimals.
bool IsRounded(std::string_view decimal, bool negative, const BigRational& exact);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_BIG_RATIONAL_H_
