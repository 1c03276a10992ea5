#include "reward/answers/scalar_equality.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "reward/answers/evaluate.h"
#include "reward/answers/polynomial.h"
#include "reward/answers/precise_complex.h"

namespace espalier {
namespace {

constexpr mpfr_prec_t kLow = 192;
constexpr mpfr_prec_t kHigh = 320;
constexpr int kNeeded = 3;  // points at which both sides are defined and agree

// What decides where to evaluate and how precisely.
struct Demand {
  bool has_variables = true;
  bool complex = false;  // the imaginary unit occurs: no point is outside the domain for being complex
  int64_t extra_bits =
      0;  // beyond kHigh, as many as rational numbers may need to show that they are not the other
};

enum class Verdict { kAgree, kDiffer, kUndefined };

// A value at one point, by its precision.
using ValueAt = std::function<MaybeComplex(const EvaluationPoint&)>;

void Collect(const AnswerExpression& expression, int32_t node, std::vector<std::string>* names) {
  if (expression[node].kind == NodeKind::kVariable) names->push_back(expression[node].text);
  for (const int32_t child : expression[node].children) Collect(expression, child, names);
}

bool HoldsImaginaryUnit(const AnswerExpression* expression, int32_t node) {
  if (node < 0) return false;
  if ((*expression)[node].kind == NodeKind::kImaginaryUnit) return true;
  const auto& children = (*expression)[node].children;
  return std::any_of(children.begin(), children.end(),
                     [&](int32_t child) { return HoldsImaginaryUnit(expression, child); });
}

std::vector<std::string> Union(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

Verdict Agree(const ValueAt& a, const ValueAt& b, EvaluationPoint point, int64_t extra) {
  constexpr int64_t kClearlyDifferent = -40;
  constexpr int64_t kGuard = 64;
  const int64_t same = -160 - extra;
  point.precision = kLow;
  const MaybeComplex low_a = a(point);
  const MaybeComplex low_b = low_a ? b(point) : std::nullopt;
  const MaybeComplex low = low_b ? Subtract(*low_a, *low_b) : std::nullopt;
  if (!low) return Verdict::kUndefined;
  const int64_t size = std::max(low_a->Exponent(), low_b->Exponent());
  if (low->Exponent() > std::max<int64_t>(size, 0) + kClearlyDifferent) return Verdict::kDiffer;
  point.precision = kHigh + extra;
  const MaybeComplex high_a = a(point);
  const MaybeComplex high_b = high_a ? b(point) : std::nullopt;
  const MaybeComplex high = high_b ? Subtract(*high_a, *high_b) : std::nullopt;
  if (!high) return Verdict::kUndefined;
  if (high->IsZero() || high->Exponent() <= std::max(high_a->Exponent(), high_b->Exponent()) + same)
    return Verdict::kAgree;
  const bool vanishes =
      high->Exponent() <= kGuard - kHigh - extra && high->Exponent() <= low->Exponent() - kGuard;
  return vanishes ? Verdict::kAgree : Verdict::kDiffer;
}

// Agreement at enough points; none differs.
bool AgreeAtPoints(const ValueAt& a, const ValueAt& b, const Demand& demand, const Effort& effort) {
  if (!demand.has_variables) return Agree(a, b, {.only_real = false}, demand.extra_bits) == Verdict::kAgree;
  for (const bool only_real : {true, false}) {
    if (only_real && demand.complex) continue;
    int agreed = 0;
    for (int number = 0; number < EvaluationPoint::kPoints && !effort.spent(); ++number) {
      const Verdict verdict = Agree(a, b, {.number = number, .only_real = only_real}, 0);
      if (verdict == Verdict::kDiffer) return false;
      agreed += verdict == Verdict::kAgree;
      // Two points beyond the positive ones, so that |x| is not x.
      if (agreed >= kNeeded && number >= EvaluationPoint::kPositivePoints + 1) break;
    }
    if (effort.spent()) return false;
    if (agreed >= kNeeded) return true;
  }
  return false;
}

MaybeComplex Scaled(const MaybeComplex& value, const BigRational& factor) {
  if (!value || factor == BigRational(1)) return value;
  PreciseComplex scale(value->real.precision());
  fmpq_get_mpfr(scale.real.get(), factor.get(), MPFR_RNDN);
  return Multiply(*value, scale);
}

ValueAt ValueOf(const ScalarTerm& term, Effort* effort) {
  return [&term, effort](EvaluationPoint point) -> MaybeComplex {
    point.in_radians = term.in_radians;
    if (!term.exact) return Scaled(Evaluate(*term.expression, term.node, point, effort), term.factor);
    PreciseComplex value(point.precision);
    fmpq_get_mpfr(value.real.get(), term.exact->get(), MPFR_RNDN);
    return Scaled(value, term.factor);
  };
}

std::vector<std::string> VariablesOf(const ScalarTerm& term) {
  return term.exact ? std::vector<std::string>() : VariablesOf(*term.expression, term.node);
}

// Nullopt when one of them is no quotient of polynomials, or they are too large.
std::optional<bool> EqualAsPolynomials(const ScalarTerm& a, const ScalarTerm& b,
                                       std::vector<std::string> variables, Effort* effort) {
  if (a.node < 0 || b.node < 0 || a.in_radians || b.in_radians) return std::nullopt;
  const PolynomialRing ring(std::move(variables));
  auto left = ToRationalFunction(*a.expression, a.node, ring, effort);
  auto right = left ? ToRationalFunction(*b.expression, b.node, ring, effort) : std::nullopt;
  if (!right) return std::nullopt;
  fmpq_mpoly_scalar_mul_fmpq(left->numerator.get(), left->numerator.get(), a.factor.get(), ring.context());
  fmpq_mpoly_scalar_mul_fmpq(right->numerator.get(), right->numerator.get(), b.factor.get(), ring.context());
  return Equal(*left, *right, effort);
}

MaybeComplex DifferenceAt(const Sides& sides, const EvaluationPoint& point, Effort* effort) {
  const MaybeComplex left = Evaluate(*sides.expression, sides.left, point, effort);
  const MaybeComplex right = left ? Evaluate(*sides.expression, sides.right, point, effort) : std::nullopt;
  return right ? Subtract(*left, *right) : std::nullopt;
}

std::vector<std::string> VariablesOf(const Sides& sides) {
  return Union(VariablesOf(*sides.expression, sides.left), VariablesOf(*sides.expression, sides.right));
}

// The numerator of left - right. With `keep_sign` nullopt unless it has the sign of left - right everywhere.
std::optional<Polynomial> DifferenceOf(const Sides& sides, const PolynomialRing& ring, bool keep_sign,
                                       Effort* effort) {
  const auto left = ToRationalFunction(*sides.expression, sides.left, ring, effort);
  const auto right = left ? ToRationalFunction(*sides.expression, sides.right, ring, effort) : std::nullopt;
  auto difference = right ? Subtract(*left, *right, effort) : std::nullopt;
  if (!difference || (keep_sign && !difference->denominator.IsConstant())) return std::nullopt;
  Polynomial numerator = std::move(difference->numerator);
  if (keep_sign) {
    fmpq_mpoly_mul(numerator.get(), numerator.get(), difference->denominator.get(), ring.context());
  }
  return numerator;
}

// The quotient of the differences is the same at every point.
bool ProportionalAtPoints(const Sides& a, const Sides& b, bool positive, Effort* effort) {
  const auto ratio = [&](const EvaluationPoint& point) -> MaybeComplex {
    const MaybeComplex above = DifferenceAt(a, point, effort);
    const MaybeComplex below = above ? DifferenceAt(b, point, effort) : std::nullopt;
    return below ? Divide(*above, *below) : std::nullopt;
  };
  for (int first = 0; first < EvaluationPoint::kPositivePoints; ++first) {
    EvaluationPoint start = {.number = first, .only_real = true};
    const MaybeComplex scale = ratio(start);
    if (!scale || scale->IsZero() || (positive && scale->real.Sign() < 0)) continue;
    const auto ratio_at_start = [&](const EvaluationPoint& point) {
      start.precision = point.precision;
      return ratio(start);
    };
    return AgreeAtPoints(ratio_at_start, ratio, Demand{}, *effort);
  }
  return false;
}

}  // namespace

std::vector<std::string> VariablesOf(const AnswerExpression& expression, int32_t node) {
  std::vector<std::string> names;
  Collect(expression, node, &names);
  return Union(std::move(names), {});
}

bool ScalarsEqual(const ScalarTerm& a, const ScalarTerm& b, Effort* effort) {
  if (a.exact && b.exact) {
    const auto left = Product(*a.exact, a.factor);
    const auto right = Product(*b.exact, b.factor);
    return left && right && *left == *right;
  }
  std::vector<std::string> variables = Union(VariablesOf(a), VariablesOf(b));
  const bool has_variables = !variables.empty();
  if (has_variables) {
    if (const auto equal = EqualAsPolynomials(a, b, std::move(variables), effort)) return *equal;
  }
  Demand demand = {.has_variables = has_variables};
  demand.complex = HoldsImaginaryUnit(a.expression, a.node) || HoldsImaginaryUnit(b.expression, b.node);
  for (const ScalarTerm* term : {&a, &b}) {
    if (term->exact)
      demand.extra_bits = std::max(demand.extra_bits, 2 * static_cast<int64_t>(term->exact->Bits()));
  }
  if (!effort->Spend(demand.extra_bits)) return false;
  return AgreeAtPoints(ValueOf(a, effort), ValueOf(b, effort), demand, *effort);
}

std::optional<int> CompareScalars(const ScalarTerm& a, const ScalarTerm& b, Effort* effort) {
  if (a.exact && b.exact) {
    const auto left = Product(*a.exact, a.factor);
    const auto right = Product(*b.exact, b.factor);
    if (!left || !right) return std::nullopt;
    const int order = fmpq_cmp(left->get(), right->get());
    return (order > 0) - (order < 0);
  }
  if (!VariablesOf(a).empty() || !VariablesOf(b).empty()) return std::nullopt;
  const EvaluationPoint point = {.precision = kLow, .only_real = false};
  const MaybeComplex left = ValueOf(a, effort)(point);
  const MaybeComplex right = ValueOf(b, effort)(point);
  if (!left || !right || !left->IsReal() || !right->IsReal()) return std::nullopt;
  if (ScalarsEqual(a, b, effort)) return 0;
  const MaybeComplex difference = Subtract(*left, *right);
  return difference ? std::optional<int>(difference->real.Sign() < 0 ? -1 : 1) : std::nullopt;
}

bool ProportionalSides(const Sides& a, const Sides& b, bool positive, Effort* effort) {
  std::vector<std::string> variables = VariablesOf(a);
  if (variables.empty() || variables != VariablesOf(b)) return false;
  {
    const PolynomialRing ring(std::move(variables));
    const auto left = DifferenceOf(a, ring, positive, effort);
    const auto right = left ? DifferenceOf(b, ring, positive, effort) : std::nullopt;
    if (right) {
      const int sign = ScaleSign(*left, *right);
      return positive ? sign > 0 : sign != 0;
    }
  }
  return ProportionalAtPoints(a, b, positive, effort);
}

}  // namespace espalier
