#include "reward/answers/solved_inequality.h"

#include <string>
#include <utility>
#include <vector>

#include "reward/answers/exact_value.h"
#include "reward/answers/polynomial.h"
#include "reward/answers/real_set.h"

namespace espalier {
namespace {

char Flipped(char relation) {
  switch (relation) {
    case '<':
      return '>';
    case '>':
      return '<';
    case 'l':
      return 'g';
    case 'g':
      return 'l';
    default:
      return relation;
  }
}

// variable RELATION bound.
struct Solution {
  std::string variable;
  char relation;
  AnswerValue bound;
};

AnswerValue ScalarValue(const AnswerExpression& expression, int32_t node, Effort* effort) {
  const AnswerNode& top = expression[node];
  if (top.kind == NodeKind::kInfinity) return InfinityValue(1);
  if (top.kind == NodeKind::kNegate && expression[top.children[0]].kind == NodeKind::kInfinity)
    return InfinityValue(-1);
  AnswerValue value;
  value.scalar = {.expression = &expression, .node = node, .exact = ExactValue(expression, node, effort)};
  if (top.kind == NodeKind::kNumber) value.decimal = top.text;
  return value;
}

std::optional<Solution> VariableAlone(const Sides& sides, char relation, Effort* effort) {
  const AnswerExpression& expression = *sides.expression;
  for (const bool flip : {false, true}) {
    const int32_t left = flip ? sides.right : sides.left;
    const int32_t right = flip ? sides.left : sides.right;
    if (expression[left].kind != NodeKind::kVariable || !VariablesOf(expression, right).empty()) continue;
    return Solution{expression[left].text, flip ? Flipped(relation) : relation,
                    ScalarValue(expression, right, effort)};
  }
  return std::nullopt;
}

// a x + b RELATION 0 with rational a and b.
std::optional<Solution> Linear(const Sides& sides, char relation, Effort* effort) {
  std::vector<std::string> variables = VariablesOf(*sides.expression, sides.left);
  for (std::string& name : VariablesOf(*sides.expression, sides.right)) variables.push_back(std::move(name));
  if (variables.empty()) return std::nullopt;
  for (const std::string& name : variables) {
    if (name != variables[0]) return std::nullopt;
  }
  const PolynomialRing ring({variables[0]});
  const auto left = ToRationalFunction(*sides.expression, sides.left, ring, effort);
  const auto right = left ? ToRationalFunction(*sides.expression, sides.right, ring, effort) : std::nullopt;
  const auto difference = right ? Subtract(*left, *right, effort) : std::nullopt;
  if (!difference || !difference->denominator.IsConstant() || difference->numerator.Degree() != 1)
    return std::nullopt;
  const ulong one = 1;
  const ulong zero = 0;
  BigRational slope;
  BigRational offset;
  BigRational divisor;
  fmpq_mpoly_get_coeff_fmpq_ui(slope.get(), difference->numerator.get(), &one, ring.context());
  fmpq_mpoly_get_coeff_fmpq_ui(offset.get(), difference->numerator.get(), &zero, ring.context());
  fmpq_mpoly_get_coeff_fmpq_ui(divisor.get(), difference->denominator.get(), &zero, ring.context());
  const auto ratio = Quotient(offset, slope);
  auto bound = ratio ? Product(*ratio, BigRational(-1)) : std::nullopt;
  if (!bound) return std::nullopt;
  AnswerValue value;
  value.scalar = {.expression = sides.expression, .exact = *std::move(bound)};
  const bool flip = slope.Sign() * divisor.Sign() < 0;
  return Solution{variables[0], flip ? Flipped(relation) : relation, std::move(value)};
}

std::optional<AnswerValue> Solved(const Solution& solution, Effort* effort) {
  const AnswerValue& bound = solution.bound;
  const char close = solution.relation == 'l' ? ']' : ')';
  const char open = solution.relation == 'g' ? '[' : '(';
  const AnswerValue below = MakeInterval('(', InfinityValue(-1), bound, close);
  const AnswerValue above = MakeInterval(open, bound, InfinityValue(1), ')');
  const bool infinite = bound.kind == ValueKind::kInfinity;
  const bool from_below = solution.relation == '<' || solution.relation == 'l';
  if (infinite && solution.relation != 'n') {  // x < infinity
    return from_below == (bound.sign > 0) ? std::optional<AnswerValue>(AllReals()) : std::nullopt;
  }
  if (infinite) return AllReals();
  const auto first = ToRealSet(below, effort);
  const auto second = ToRealSet(above, effort);
  if (!first || !second) return std::nullopt;
  if (solution.relation == 'n') return UniteSets(*first, *second, effort);
  return from_below ? first : second;
}

}  // namespace

std::optional<AnswerValue> ReadInequality(const Sides& sides, char relation, Effort* effort) {
  std::optional<Solution> solution = VariableAlone(sides, relation, effort);
  if (!solution) solution = Linear(sides, relation, effort);
  std::optional<AnswerValue> value;
  if (solution) value = Solved(*solution, effort);
  if (value) {
    value->name = solution->variable;
    return value;
  }
  if (relation == 'n') return std::nullopt;
  value = AnswerValue();
  value->kind = ValueKind::kInequality;
  value->strict = relation == '<' || relation == '>';
  value->equation = sides;
  if (relation == '>' || relation == 'g') std::swap(value->equation->left, value->equation->right);
  return value;
}

}  // namespace espalier
