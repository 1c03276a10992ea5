#include "reward/answers/precise_complex.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace espalier {
namespace {

constexpr int64_t kMaxSize = 1 << 16;
constexpr int64_t kMaxAngleSize = 64;     // reducing a larger angle takes long
constexpr int64_t kMaxExponentSize = 17;  // of exp's argument

std::optional<PreciseReal> Checked(PreciseReal value) {
  if (value.IsZero()) return value;
  if (mpfr_number_p(value.get()) == 0 || std::abs(value.Exponent()) > kMaxSize) return std::nullopt;
  return value;
}

MaybeComplex Checked(PreciseComplex value) {
  for (const PreciseReal* part : {&value.real, &value.imaginary}) {
    if (part->IsZero()) continue;
    if (mpfr_number_p(part->get()) == 0 || std::abs(part->Exponent()) > kMaxSize) return std::nullopt;
  }
  return value;
}

using RealFunction = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
using RealOperation = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

PreciseReal Apply(RealFunction function, const PreciseReal& a) {
  PreciseReal result(a.precision());
  function(result.get(), a.get(), MPFR_RNDN);
  return result;
}

PreciseReal Apply(RealOperation operation, const PreciseReal& a, const PreciseReal& b) {
  PreciseReal result(a.precision());
  operation(result.get(), a.get(), b.get(), MPFR_RNDN);
  return result;
}

PreciseReal Plus(const PreciseReal& a, const PreciseReal& b) { return Apply(mpfr_add, a, b); }
PreciseReal Minus(const PreciseReal& a, const PreciseReal& b) { return Apply(mpfr_sub, a, b); }
PreciseReal Times(const PreciseReal& a, const PreciseReal& b) { return Apply(mpfr_mul, a, b); }

PreciseComplex Make(PreciseReal real, PreciseReal imaginary) {
  PreciseComplex value(std::move(real));
  value.imaginary = std::move(imaginary);
  return value;
}

PreciseComplex One(mpfr_prec_t precision) { return PreciseComplex(PreciseReal(precision, 1)); }

// sin and cos of a complex angle: sin(x + iy) = sin x cosh y + i cos x sinh y, and so on.
MaybeComplex SineOrCosine(const PreciseComplex& a, bool sine) {
  if (a.Exponent() > kMaxAngleSize || a.imaginary.Exponent() > kMaxExponentSize) return std::nullopt;
  const RealFunction first = sine ? mpfr_sin : mpfr_cos;
  if (a.IsReal()) return Checked(PreciseComplex(Apply(first, a.real)));
  const RealFunction second = sine ? mpfr_cos : mpfr_sin;
  PreciseReal real = Times(Apply(first, a.real), Apply(mpfr_cosh, a.imaginary));
  PreciseReal imaginary = Times(Apply(second, a.real), Apply(mpfr_sinh, a.imaginary));
  if (!sine) mpfr_neg(imaginary.get(), imaginary.get(), MPFR_RNDN);
  return Checked(Make(std::move(real), std::move(imaginary)));
}

MaybeComplex Quotient(const MaybeComplex& above, const MaybeComplex& below) {
  return above && below ? Divide(*above, *below) : std::nullopt;
}

MaybeComplex Trigonometric(std::string_view name, const PreciseComplex& a) {
  if (name == "sin" || name == "cos") return SineOrCosine(a, name == "sin");
  const MaybeComplex one = One(a.real.precision());
  if (name == "tan") return Quotient(SineOrCosine(a, true), SineOrCosine(a, false));
  if (name == "cot") return Quotient(SineOrCosine(a, false), SineOrCosine(a, true));
  if (name == "sec") return Quotient(one, SineOrCosine(a, false));
  if (name == "csc") return Quotient(one, SineOrCosine(a, true));
  return std::nullopt;
}

// Inverse and hyperbolic functions, of real arguments only.
MaybeComplex OfReal(std::string_view name, const PreciseReal& a) {
  struct Entry {
    std::string_view name;
    RealFunction function;
    bool unit_interval;  // defined on [-1, 1] only
  };
  constexpr std::array<Entry, 12> kFunctions = {{{"arcsin", mpfr_asin, true},
                                                 {"arccos", mpfr_acos, true},
                                                 {"arctan", mpfr_atan, false},
                                                 {"sinh", mpfr_sinh, false},
                                                 {"cosh", mpfr_cosh, false},
                                                 {"tanh", mpfr_tanh, false},
                                                 {"arcsinh", mpfr_asinh, false},
                                                 {"arccosh", mpfr_acosh, false},
                                                 {"arctanh", mpfr_atanh, true},
                                                 {"cbrt", mpfr_cbrt, false},
                                                 {"exp", mpfr_exp, false},
                                                 {"abs", mpfr_abs, false}}};
  const bool grows = name == "sinh" || name == "cosh" || name == "exp";
  if (grows && a.Exponent() > kMaxExponentSize) return std::nullopt;
  for (const Entry& entry : kFunctions) {
    if (entry.name != name) continue;
    if (entry.unit_interval && mpfr_cmpabs_ui(a.get(), 1) > 0) return std::nullopt;
    return Checked(PreciseComplex(Apply(entry.function, a)));
  }
  return std::nullopt;
}

MaybeComplex RoundedTo(const PreciseReal& a, bool up) {
  PreciseReal result(a.precision());
  if (up) {
    mpfr_ceil(result.get(), a.get());
  } else {
    mpfr_floor(result.get(), a.get());
  }
  return Checked(PreciseComplex(std::move(result)));
}

MaybeComplex WholePower(const PreciseComplex& base, int64_t power) {
  if (base.IsZero() && power <= 0) return std::nullopt;
  if (base.IsReal()) {
    PreciseReal result(base.real.precision());
    mpfr_pow_si(result.get(), base.real.get(), power, MPFR_RNDN);
    return Checked(PreciseComplex(std::move(result)));
  }
  MaybeComplex result = One(base.real.precision());
  MaybeComplex square = base;
  for (int64_t left = std::abs(power); left > 0 && result && square; left /= 2) {
    if (left % 2 == 1) result = Multiply(*result, *square);
    if (left > 1) square = Multiply(*square, *square);
  }
  if (!result || !square) return std::nullopt;
  return power < 0 ? Divide(One(base.real.precision()), *result) : result;
}

}  // namespace

MaybeComplex Add(const PreciseComplex& a, const PreciseComplex& b) {
  return Checked(Make(Plus(a.real, b.real), Plus(a.imaginary, b.imaginary)));
}

MaybeComplex Subtract(const PreciseComplex& a, const PreciseComplex& b) {
  return Checked(Make(Minus(a.real, b.real), Minus(a.imaginary, b.imaginary)));
}

MaybeComplex Multiply(const PreciseComplex& a, const PreciseComplex& b) {
  if (a.IsReal() && b.IsReal()) return Checked(PreciseComplex(Times(a.real, b.real)));
  return Checked(Make(Minus(Times(a.real, b.real), Times(a.imaginary, b.imaginary)),
                      Plus(Times(a.real, b.imaginary), Times(a.imaginary, b.real))));
}

MaybeComplex Divide(const PreciseComplex& a, const PreciseComplex& b) {
  if (b.IsZero()) return std::nullopt;
  if (b.IsReal()) {
    PreciseReal real = Apply(mpfr_div, a.real, b.real);
    if (a.IsReal()) return Checked(PreciseComplex(std::move(real)));
    return Checked(Make(std::move(real), Apply(mpfr_div, a.imaginary, b.real)));
  }
  PreciseComplex conjugate = b;
  mpfr_neg(conjugate.imaginary.get(), conjugate.imaginary.get(), MPFR_RNDN);
  const MaybeComplex above = Multiply(a, conjugate);
  const std::optional<PreciseReal> norm =
      Checked(Plus(Times(b.real, b.real), Times(b.imaginary, b.imaginary)));
  return above && norm ? Divide(*above, PreciseComplex(*norm)) : std::nullopt;
}

MaybeComplex Negate(const PreciseComplex& a) {
  return Make(Apply(mpfr_neg, a.real), Apply(mpfr_neg, a.imaginary));
}

MaybeComplex Absolute(const PreciseComplex& a) {
  if (a.IsReal()) return PreciseComplex(Apply(mpfr_abs, a.real));
  return Checked(PreciseComplex(Apply(mpfr_hypot, a.real, a.imaginary)));
}

MaybeComplex Exponential(const PreciseComplex& a) {
  if (a.real.Exponent() > kMaxExponentSize || a.imaginary.Exponent() > kMaxAngleSize) return std::nullopt;
  PreciseReal size = Apply(mpfr_exp, a.real);
  if (a.IsReal()) return Checked(PreciseComplex(std::move(size)));
  return Checked(Make(Times(size, Apply(mpfr_cos, a.imaginary)), Times(size, Apply(mpfr_sin, a.imaginary))));
}

MaybeComplex Logarithm(const PreciseComplex& a, bool only_real) {
  if (a.IsZero()) return std::nullopt;
  if (a.IsReal() && a.real.Sign() > 0) return Checked(PreciseComplex(Apply(mpfr_log, a.real)));
  if (a.IsReal() && only_real) return std::nullopt;
  const PreciseReal size = Apply(mpfr_hypot, a.real, a.imaginary);
  return Checked(Make(Apply(mpfr_log, size), Apply(mpfr_atan2, a.imaginary, a.real)));
}

MaybeComplex Power(const PreciseComplex& base, const PreciseComplex& exponent, bool only_real) {
  constexpr int64_t kMaxWholeSize = 40;
  const bool whole = exponent.IsReal() && mpfr_integer_p(exponent.real.get()) != 0;
  if (whole && exponent.real.Exponent() <= kMaxWholeSize)
    return WholePower(base, mpfr_get_si(exponent.real.get(), MPFR_RNDN));
  if (base.IsZero()) {
    if (exponent.IsReal() && exponent.real.Sign() > 0) return base;
    return std::nullopt;
  }
  const MaybeComplex logarithm = Logarithm(base, only_real);
  const MaybeComplex product = logarithm ? Multiply(*logarithm, exponent) : std::nullopt;
  return product ? Exponential(*product) : std::nullopt;
}

MaybeComplex SquareRoot(const PreciseComplex& a, bool only_real) {
  if (a.IsReal()) {
    if (a.real.Sign() >= 0) return Checked(PreciseComplex(Apply(mpfr_sqrt, a.real)));
    if (only_real) return std::nullopt;
    const PreciseReal size = Apply(mpfr_neg, a.real);
    return Checked(Make(PreciseReal(a.real.precision()), Apply(mpfr_sqrt, size)));
  }
  return Power(a, PreciseComplex(PreciseReal(a.real.precision(), 0.5)), only_real);
}

MaybeComplex Root(const PreciseComplex& a, int64_t index, bool only_real) {
  if (index == 2) return SquareRoot(a, only_real);
  if (a.IsReal() && (a.real.Sign() >= 0 || index % 2 == 1)) {
    PreciseReal root(a.real.precision());
    mpfr_rootn_ui(root.get(), a.real.get(), static_cast<unsigned long>(index), MPFR_RNDN);
    return Checked(PreciseComplex(std::move(root)));
  }
  const MaybeComplex exponent = Divide(
      One(a.real.precision()), PreciseComplex(PreciseReal(a.real.precision(), static_cast<double>(index))));
  return exponent ? Power(a, *exponent, only_real) : std::nullopt;
}

MaybeComplex Factorial(const PreciseComplex& a) {
  constexpr int64_t kMaxFactorialSize = 10;
  if (!a.IsReal() || a.Exponent() > kMaxFactorialSize) return std::nullopt;
  const PreciseReal shifted = Plus(a.real, PreciseReal(a.real.precision(), 1));
  if (mpfr_integer_p(shifted.get()) != 0 && shifted.Sign() <= 0) return std::nullopt;
  return Checked(PreciseComplex(Apply(mpfr_gamma, shifted)));
}

MaybeComplex Function(std::string_view name, const PreciseComplex& a, bool only_real) {
  if (name == "ln") return Logarithm(a, only_real);
  if (name == "exp") return Exponential(a);
  if (name == "abs") return Absolute(a);
  if (const MaybeComplex value = Trigonometric(name, a)) return value;
  if (!a.IsReal()) return std::nullopt;
  if (name == "floor" || name == "ceil") return RoundedTo(a.real, name == "ceil");
  if (name == "arccot") {
    PreciseReal half_pi(a.real.precision());
    mpfr_const_pi(half_pi.get(), MPFR_RNDN);
    mpfr_div_2ui(half_pi.get(), half_pi.get(), 1, MPFR_RNDN);
    return Checked(PreciseComplex(Minus(half_pi, Apply(mpfr_atan, a.real))));
  }
  return OfReal(name, a.real);
}

}  // namespace espalier
