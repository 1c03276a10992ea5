#include "reward/answers/exact_value.h"

#include <flint/fmpz.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace espalier {
namespace {

using Values = std::vector<BigRational>;

int64_t Cost(const BigRational& value) { return 1 + static_cast<int64_t>(value.Bits() / 256); }

std::optional<BigRational> GreatestCommonDivisor(const Values& values, bool multiple) {
  BigRational result = values[0];
  for (const BigRational& value : values) {
    if (!value.IsWhole() || value.IsZero()) return std::nullopt;
    const auto combine = multiple ? fmpz_lcm : fmpz_gcd;
    combine(fmpq_numref(result.get()), fmpq_numref(result.get()), fmpq_numref(value.get()));
  }
  return result;
}

BigRational Rounded(const BigRational& value, bool up) {
  BigRational result;
  const auto divide = up ? fmpz_cdiv_q : fmpz_fdiv_q;
  divide(fmpq_numref(result.get()), fmpq_numref(value.get()), fmpq_denref(value.get()));
  return result;
}

BigRational Absolute(BigRational value) {
  fmpq_abs(value.get(), value.get());
  return value;
}

std::optional<BigRational> FunctionValue(const std::string& name, const Values& arguments) {
  const auto less = [](const BigRational& a, const BigRational& b) { return fmpq_cmp(a.get(), b.get()) < 0; };
  if (name == "max") return *std::max_element(arguments.begin(), arguments.end(), less);
  if (name == "min") return *std::min_element(arguments.begin(), arguments.end(), less);
  if (name == "gcd" || name == "lcm") return GreatestCommonDivisor(arguments, name == "lcm");
  if (arguments.size() != 1) return std::nullopt;
  if (name == "abs") return Absolute(arguments[0]);
  if (name == "floor" || name == "ceil") return Rounded(arguments[0], name == "ceil");
  return std::nullopt;
}

std::optional<BigRational> Folded(const Values& values, bool product) {
  std::optional<BigRational> result = values[0];
  for (size_t i = 1; i < values.size() && result; ++i) {
    result = product ? Product(*result, values[i]) : Sum(*result, values[i]);
  }
  return result;
}

// The root that the reals have: of a negative number if the index is odd.
std::optional<BigRational> RealRoot(const BigRational& radicand, const BigRational& index) {
  const std::optional<int64_t> small = index.SmallInteger(64);
  if (!small || *small < 1) return std::nullopt;
  if (radicand.Sign() >= 0) return Root(radicand, *small);
  if (*small % 2 == 0) return std::nullopt;
  const std::optional<BigRational> root = Root(Absolute(radicand), *small);
  return root ? Product(*root, BigRational(-1)) : std::nullopt;
}

std::optional<BigRational> Combine(const AnswerNode& node, const Values& values) {
  switch (node.kind) {
    case NodeKind::kAdd:
    case NodeKind::kMultiply:
      return Folded(values, node.kind == NodeKind::kMultiply);
    case NodeKind::kNegate:
      return Product(values[0], BigRational(-1));
    case NodeKind::kDivide:
      return Quotient(values[0], values[1]);
    case NodeKind::kPower:
      return Power(values[0], values[1]);
    case NodeKind::kRoot:
      return RealRoot(values[0], values[1]);
    case NodeKind::kFunction:
      return FunctionValue(node.text, values);
    case NodeKind::kFactorial:
      return FactorialOf(values[0]);
    case NodeKind::kBinomial:
      return Binomial(values[0], values[1]);
    case NodeKind::kAbsolute:
      return Absolute(values[0]);
    case NodeKind::kPercent:
      return Quotient(values[0], BigRational(100));
    case NodeKind::kDegree:
      return values[0];
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<BigRational> ExactValue(const AnswerExpression& expression, int32_t node, Effort* effort) {
  const AnswerNode& top = expression[node];
  if (!effort->Spend(1)) return std::nullopt;
  if (top.kind == NodeKind::kNumber) return ParseDecimal(top.text);
  if (top.kind == NodeKind::kBasedNumber) return ParseBased(top.text, top.value);
  if (top.children.empty()) return std::nullopt;
  Values values;
  for (const int32_t child : top.children) {
    std::optional<BigRational> value = ExactValue(expression, child, effort);
    if (!value || !effort->Spend(Cost(*value))) return std::nullopt;
    values.push_back(*std::move(value));
  }
  return Combine(top, values);
}

}  // namespace espalier
