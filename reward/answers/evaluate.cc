#include "reward/answers/evaluate.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reward/answers/big_rational.h"
#include "reward/answers/exact_value.h"

namespace espalier {
namespace {

// MPFR keeps constants for each thread; gives them back when the thread ends.
struct CacheOwner {
  ~CacheOwner() { mpfr_free_cache(); }
};

// FNV-1a, then a finaliser: the same on every machine.
uint64_t Hash(std::string_view name, uint64_t point) {
  uint64_t hash = 0xcbf29ce484222325u ^ (point * 0x9e3779b97f4a7c15u);
  for (const char character : name) hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3u;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

double ValueOfVariable(std::string_view name, int point) {
  const uint64_t hash = Hash(name, static_cast<uint64_t>(point));
  const double size = 0.125 + static_cast<double>(hash >> 33) * 0x1p-30;
  if (point < EvaluationPoint::kPositivePoints) return size;
  const bool negative = point % 2 == 0 || (hash & 1) != 0;
  return negative ? -size : size;
}

bool IsTrigonometric(std::string_view name) {
  return name == "sin" || name == "cos" || name == "tan" || name == "cot" || name == "sec" || name == "csc";
}

class Evaluator {
 public:
  Evaluator(const AnswerExpression& expression, const EvaluationPoint& point, Effort* effort)
      : expression_(expression), point_(point), effort_(effort) {}

  MaybeComplex Value(int32_t index, bool in_angle) {
    const AnswerNode& node = expression_[index];
    if (!effort_->Spend(Cost(node.kind))) return std::nullopt;
    if (node.children.empty()) return Leaf(node);
    if (node.kind == NodeKind::kFunction) in_angle = point_.in_radians || IsTrigonometric(node.text);
    if (node.kind == NodeKind::kPower && expression_[node.children[0]].kind == NodeKind::kEuler) {
      const MaybeComplex exponent = Value(node.children[1], in_angle);
      return exponent ? Exponential(*exponent) : std::nullopt;
    }
    std::vector<PreciseComplex> values;
    for (const int32_t child : node.children) {
      MaybeComplex value = Value(child, in_angle);
      if (!value) return std::nullopt;
      values.push_back(*std::move(value));
    }
    return Combine(node, values, in_angle);
  }

 private:
  static int64_t Cost(NodeKind kind) {
    switch (kind) {
      case NodeKind::kFunction:
      case NodeKind::kLogarithm:
      case NodeKind::kPower:
      case NodeKind::kRoot:
        return 200;
      case NodeKind::kFactorial:
      case NodeKind::kBinomial:
        return 2000;
      default:
        return 5;
    }
  }

  MaybeComplex Leaf(const AnswerNode& node) {
    PreciseComplex value(point_.precision);
    switch (node.kind) {
      case NodeKind::kNumber:
      case NodeKind::kBasedNumber:
        return Rational(node);
      case NodeKind::kVariable:
        mpfr_set_d(value.real.get(), ValueOfVariable(node.text, point_.number), MPFR_RNDN);
        return value;
      case NodeKind::kPi:
        mpfr_const_pi(value.real.get(), MPFR_RNDN);
        return value;
      case NodeKind::kEuler:
        return Exponential(Small(1));
      case NodeKind::kImaginaryUnit:
        mpfr_set_ui(value.imaginary.get(), 1, MPFR_RNDN);
        return value;
      default:
        return std::nullopt;
    }
  }

  MaybeComplex Rational(const AnswerNode& node) {
    const std::optional<BigRational> exact =
        node.kind == NodeKind::kNumber ? ParseDecimal(node.text) : ParseBased(node.text, node.value);
    if (!exact || !effort_->Spend(static_cast<int64_t>(exact->Bits() / 64))) return std::nullopt;
    PreciseComplex value(point_.precision);
    fmpq_get_mpfr(value.real.get(), exact->get(), MPFR_RNDN);
    return value;
  }

  PreciseComplex Small(double value) { return PreciseComplex(PreciseReal(point_.precision, value)); }

  MaybeComplex Combine(const AnswerNode& node, const std::vector<PreciseComplex>& values, bool in_angle) {
    const PreciseComplex& first = values[0];
    switch (node.kind) {
      case NodeKind::kAdd:
        return Folded(values, Add);
      case NodeKind::kMultiply:
        return Folded(values, Multiply);
      case NodeKind::kNegate:
        return Negate(first);
      case NodeKind::kDivide:
        return Divide(first, values[1]);
      case NodeKind::kPower:
        return Power(first, values[1], point_.only_real);
      case NodeKind::kRoot:
        return RootOf(first, values[1]);
      case NodeKind::kFunction:
        return values.size() == 1 ? Function(node.text, first, point_.only_real) : std::nullopt;
      case NodeKind::kLogarithm:
        return LogarithmOf(first, values[1]);
      case NodeKind::kFactorial:
        return Factorial(first);
      case NodeKind::kBinomial:
        return BinomialOf(first, values[1]);
      case NodeKind::kAbsolute:
        return Absolute(first);
      case NodeKind::kPercent:
        return Divide(first, Small(100));
      case NodeKind::kDegree:
        return in_angle ? Radians(first) : MaybeComplex(first);
      default:
        return std::nullopt;
    }
  }

  static MaybeComplex Folded(const std::vector<PreciseComplex>& values,
                             MaybeComplex (*operation)(const PreciseComplex&, const PreciseComplex&)) {
    MaybeComplex result = values[0];
    for (size_t i = 1; i < values.size() && result; ++i) result = operation(*result, values[i]);
    return result;
  }

  MaybeComplex RootOf(const PreciseComplex& radicand, const PreciseComplex& index) {
    if (index.IsReal() && mpfr_integer_p(index.real.get()) != 0 && index.real.Sign() > 0 &&
        index.Exponent() <= 10)
      return Root(radicand, mpfr_get_si(index.real.get(), MPFR_RNDN), point_.only_real);
    const MaybeComplex exponent = Divide(Small(1), index);
    return exponent ? Power(radicand, *exponent, point_.only_real) : std::nullopt;
  }

  MaybeComplex LogarithmOf(const PreciseComplex& argument, const PreciseComplex& base) {
    const MaybeComplex above = Logarithm(argument, point_.only_real);
    const MaybeComplex below = Logarithm(base, point_.only_real);
    return above && below ? Divide(*above, *below) : std::nullopt;
  }

  MaybeComplex BinomialOf(const PreciseComplex& above, const PreciseComplex& below) {
    const MaybeComplex rest = Subtract(above, below);
    const MaybeComplex numerator = Factorial(above);
    const MaybeComplex first = Factorial(below);
    const MaybeComplex second = rest ? Factorial(*rest) : std::nullopt;
    if (!numerator || !first || !second) return std::nullopt;
    const MaybeComplex denominator = Multiply(*first, *second);
    return denominator ? Divide(*numerator, *denominator) : std::nullopt;
  }

  MaybeComplex Radians(const PreciseComplex& degrees) {
    PreciseComplex factor(point_.precision);
    mpfr_const_pi(factor.real.get(), MPFR_RNDN);
    mpfr_div_ui(factor.real.get(), factor.real.get(), 180, MPFR_RNDN);
    return Multiply(degrees, factor);
  }

  const AnswerExpression& expression_;
  const EvaluationPoint& point_;
  Effort* effort_;
};

}  // namespace

MaybeComplex Evaluate(const AnswerExpression& expression, int32_t node, const EvaluationPoint& point,
                      Effort* effort) {
  const thread_local CacheOwner cache_owner;
  return Evaluator(expression, point, effort).Value(node, point.in_radians);
}

}  // namespace espalier
