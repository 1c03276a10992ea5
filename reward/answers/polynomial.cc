#include "reward/answers/polynomial.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "reward/answers/big_rational.h"
#include "reward/answers/exact_value.h"

namespace espalier {
namespace {

constexpr int64_t kMaxDegree = 64;
constexpr int64_t kMaxTerms = 2000;
constexpr size_t kMaxCoefficientBits = 4096;

int64_t Bits(const Polynomial& polynomial) {
  return std::abs(static_cast<int64_t>(fmpz_mpoly_max_bits(polynomial.get()->zpoly)));
}

std::optional<Polynomial> Bounded(Polynomial polynomial) {
  if (polynomial.Terms() > kMaxTerms || Bits(polynomial) > static_cast<int64_t>(kMaxCoefficientBits))
    return std::nullopt;
  return polynomial;
}

std::optional<Polynomial> Product(const Polynomial& a, const Polynomial& b, Effort* effort) {
  if (a.IsZero() || b.IsZero()) return Polynomial(a.ring());
  const int64_t words = 1 + (Bits(a) + Bits(b)) / 64;
  if (a.Degree() + b.Degree() > kMaxDegree || !effort->Spend(5 + a.Terms() * b.Terms() * words))
    return std::nullopt;
  Polynomial product(a.ring());
  fmpq_mpoly_mul(product.get(), a.get(), b.get(), a.context());
  return Bounded(std::move(product));
}

std::optional<Polynomial> Sum(const Polynomial& a, const Polynomial& b, Effort* effort) {
  if (!effort->Spend(5 + a.Terms() + b.Terms())) return std::nullopt;
  Polynomial sum(a.ring());
  fmpq_mpoly_add(sum.get(), a.get(), b.get(), a.context());
  return Bounded(std::move(sum));
}

Polynomial Constant(const PolynomialRing& ring, const BigRational& value) {
  Polynomial constant(ring);
  fmpq_mpoly_set_fmpq(constant.get(), value.get(), ring.context());
  return constant;
}

using Result = std::optional<RationalFunction>;

Result Make(std::optional<Polynomial> numerator, std::optional<Polynomial> denominator) {
  if (!numerator || !denominator || denominator->IsZero()) return std::nullopt;
  return RationalFunction{*std::move(numerator), *std::move(denominator)};
}

Result Product(const RationalFunction& a, const RationalFunction& b, Effort* effort) {
  return Make(Product(a.numerator, b.numerator, effort), Product(a.denominator, b.denominator, effort));
}

Result Sum(const RationalFunction& a, const RationalFunction& b, Effort* effort) {
  if (a.denominator == b.denominator) return Make(Sum(a.numerator, b.numerator, effort), a.denominator);
  const auto left = Product(a.numerator, b.denominator, effort);
  const auto right = Product(b.numerator, a.denominator, effort);
  if (!left || !right) return std::nullopt;
  return Make(Sum(*left, *right, effort), Product(a.denominator, b.denominator, effort));
}

class Converter {
 public:
  Converter(const AnswerExpression& expression, const PolynomialRing& ring, Effort* effort)
      : expression_(expression), ring_(ring), effort_(effort) {}

  Result Convert(int32_t index) {
    const AnswerNode& node = expression_[index];
    if (!effort_->Spend(5)) return std::nullopt;
    switch (node.kind) {
      case NodeKind::kVariable:
        return Variable(node.text);
      case NodeKind::kAdd:
      case NodeKind::kMultiply:
        return Folded(node);
      case NodeKind::kNegate:
        return Negated(Convert(node.children[0]));
      case NodeKind::kDivide:
        return Divided(Convert(node.children[0]), Convert(node.children[1]));
      case NodeKind::kPower:
        return Powered(node);
      case NodeKind::kDegree:
        return Convert(node.children[0]);
      default:
        return Number(index);
    }
  }

 private:
  Result Number(int32_t index) {
    const std::optional<BigRational> value = ExactValue(expression_, index, effort_);
    if (!value || value->Bits() > kMaxCoefficientBits) return std::nullopt;
    return Make(Constant(ring_, *value), Constant(ring_, BigRational(1)));
  }

  Result Variable(const std::string& name) {
    const auto& names = ring_.variables();
    const auto at = std::lower_bound(names.begin(), names.end(), name);
    if (at == names.end() || *at != name) return std::nullopt;
    Polynomial variable(ring_);
    fmpq_mpoly_gen(variable.get(), at - names.begin(), ring_.context());
    return Make(std::move(variable), Constant(ring_, BigRational(1)));
  }

  Result Folded(const AnswerNode& node) {
    Result result = Convert(node.children[0]);
    for (size_t i = 1; i < node.children.size() && result; ++i) {
      const Result next = Convert(node.children[i]);
      if (!next) return std::nullopt;
      result = node.kind == NodeKind::kAdd ? Sum(*result, *next, effort_) : Product(*result, *next, effort_);
    }
    return result;
  }

  Result Negated(Result value) {
    if (value) fmpq_mpoly_neg(value->numerator.get(), value->numerator.get(), ring_.context());
    return value;
  }

  Result Divided(const Result& above, const Result& below) {
    if (!above || !below || below->numerator.IsZero()) return std::nullopt;
    return Product(*above, RationalFunction{below->denominator, below->numerator}, effort_);
  }

  Result Powered(const AnswerNode& node) {
    const std::optional<BigRational> exponent = ExactValue(expression_, node.children[1], effort_);
    const std::optional<int64_t> power = exponent ? exponent->SmallInteger(kMaxDegree) : std::nullopt;
    const Result base = power ? Convert(node.children[0]) : std::nullopt;
    if (!base || (*power <= 0 && base->numerator.IsZero())) return OfPower(node);
    if (*power > 0 && expression_[node.children[0]].kind == NodeKind::kVariable) {
      Result result = base;
      fmpq_mpoly_pow_ui(result->numerator.get(), base->numerator.get(), static_cast<ulong>(*power),
                        ring_.context());
      return result;
    }
    Result result = Make(Constant(ring_, BigRational(1)), Constant(ring_, BigRational(1)));
    for (int64_t i = 0; i < std::abs(*power) && result; ++i) result = Product(*result, *base, effort_);
    if (!result || *power >= 0) return result;
    return Make(std::move(result->denominator), std::move(result->numerator));
  }

  // A power that is no polynomial may still be a number: 2^{100}, 4^{1/2}.
  Result OfPower(const AnswerNode& node) {
    return Number(static_cast<int32_t>(&node - expression_.nodes.data()));
  }

  const AnswerExpression& expression_;
  const PolynomialRing& ring_;
  Effort* effort_;
};

}  // namespace

PolynomialRing::PolynomialRing(std::vector<std::string> variables) : variables_(std::move(variables)) {
  fmpq_mpoly_ctx_init(context_, static_cast<slong>(std::max<size_t>(variables_.size(), 1)), ORD_LEX);
}

PolynomialRing::~PolynomialRing() { fmpq_mpoly_ctx_clear(context_); }

int64_t Polynomial::Degree() const { return fmpq_mpoly_total_degree_si(value_, context()); }

std::optional<RationalFunction> ToRationalFunction(const AnswerExpression& expression, int32_t node,
                                                   const PolynomialRing& ring, Effort* effort) {
  return Converter(expression, ring, effort).Convert(node);
}

std::optional<RationalFunction> Subtract(const RationalFunction& a, const RationalFunction& b,
                                         Effort* effort) {
  RationalFunction negative = b;
  fmpq_mpoly_neg(negative.numerator.get(), b.numerator.get(), b.numerator.context());
  return Sum(a, negative, effort);
}

std::optional<bool> Equal(const RationalFunction& a, const RationalFunction& b, Effort* effort) {
  const auto left = Product(a.numerator, b.denominator, effort);
  const auto right = Product(b.numerator, a.denominator, effort);
  if (!left || !right) return std::nullopt;
  return *left == *right;
}

int ScaleSign(const Polynomial& a, const Polynomial& b) {
  if (a.IsZero() || b.IsZero()) return 0;
  // FLINT keeps content * primitive polynomial with a positive leading coefficient.
  if (fmpz_mpoly_equal(a.get()->zpoly, b.get()->zpoly, a.context()->zctx) == 0) return 0;
  return fmpq_sgn(a.get()->content) == fmpq_sgn(b.get()->content) ? 1 : -1;
}

}  // namespace espalier
