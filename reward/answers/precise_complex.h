// Complex numbers of fixed high precision, over MPFR, for values that are not rational.
//
// Invariant of every value that a function returns: both parts are finite and, unless zero, between 2^-65536
// and 2^65536 in size. What would leave that range, or is not defined, is nullopt.
#ifndef ESPALIER_REWARD_ANSWERS_PRECISE_COMPLEX_H_
#define ESPALIER_REWARD_ANSWERS_PRECISE_COMPLEX_H_

#include <mpfr.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace espalier {

// One MPFR number; its precision, in bits, stays that of its construction, also in copies.
class PreciseReal {
 public:
  explicit PreciseReal(mpfr_prec_t precision) {
    mpfr_init2(value_, precision);
    mpfr_set_zero(value_, 1);
  }
  PreciseReal(mpfr_prec_t precision, double value) : PreciseReal(precision) {
    mpfr_set_d(value_, value, MPFR_RNDN);
  }
  PreciseReal(const PreciseReal& other) : PreciseReal(other.precision()) {
    mpfr_set(value_, other.value_, MPFR_RNDN);
  }
  PreciseReal(PreciseReal&& other) noexcept : PreciseReal(mpfr_prec_t{MPFR_PREC_MIN}) {
    mpfr_swap(value_, other.value_);
  }
  PreciseReal& operator=(PreciseReal other) noexcept {
    mpfr_swap(value_, other.value_);
    return *this;
  }
  ~PreciseReal() { mpfr_clear(value_); }

  mpfr_prec_t precision() const { return mpfr_get_prec(value_); }
  bool IsZero() const { return mpfr_zero_p(value_) != 0; }
  int Sign() const { return mpfr_sgn(value_); }
  // The e with 2^(e-1) <= |value| < 2^e; very small for zero.
  int64_t Exponent() const { return IsZero() ? INT64_MIN / 4 : mpfr_get_exp(value_); }

  mpfr_ptr get() { return value_; }
  mpfr_srcptr get() const { return value_; }

 private:
  mpfr_t value_;
};

struct PreciseComplex {
  PreciseReal real;
  PreciseReal imaginary;

  explicit PreciseComplex(mpfr_prec_t precision) : real(precision), imaginary(precision) {}
  explicit PreciseComplex(PreciseReal value) : real(std::move(value)), imaginary(real.precision()) {}

  bool IsReal() const { return imaginary.IsZero(); }
  bool IsZero() const { return real.IsZero() && imaginary.IsZero(); }
  int64_t Exponent() const { return std::max(real.Exponent(), imaginary.Exponent()); }
};

using MaybeComplex = std::optional<PreciseComplex>;

MaybeComplex Add(const PreciseComplex& a, const PreciseComplex& b);
MaybeComplex Subtract(const PreciseComplex& a, const PreciseComplex& b);
MaybeComplex Multiply(const PreciseComplex& a, const PreciseComplex& b);
MaybeComplex Divide(const PreciseComplex& a, const PreciseComplex& b);
MaybeComplex Negate(const PreciseComplex& a);
MaybeComplex Absolute(const PreciseComplex& a);

// Principal branches. With `only_real`, a result outside the reals of a real argument is nullopt.
MaybeComplex Exponential(const PreciseComplex& a);
MaybeComplex Logarithm(const PreciseComplex& a, bool only_real);
MaybeComplex Power(const PreciseComplex& base, const PreciseComplex& exponent, bool only_real);
MaybeComplex SquareRoot(const PreciseComplex& a, bool only_real);
// The root that the reals have, if there is one, otherwise the principal one. index >= 1.
MaybeComplex Root(const PreciseComplex& a, int64_t index, bool only_real);

// Factorial by the gamma function, real arguments below 1,000 in size.
MaybeComplex Factorial(const PreciseComplex& a);

// sin, cos, tan, cot, sec, csc and their arc- and -h forms, exp, ln, cbrt, abs, floor, ceil; nullopt for
// other names.
MaybeComplex Function(std::string_view name, const PreciseComplex& a, bool only_real);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_PRECISE_COMPLEX_H_
