// The evaluator's expressions.
#include <algorithm>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_evaluator.h"
#include "engine/jinja_lexer.h"

namespace espalier::jinja {

using Kind = Expression::Kind;

absl::StatusOr<Value> Evaluator::Evaluate(const Expression& expression) {
  const Level level(depth_);
  ESPALIER_RETURN_IF_ERROR(CheckDepth(expression.line));
  ESPALIER_RETURN_IF_ERROR(Charge(1, expression.line));
  absl::StatusOr<Value> value = EvaluateUnchecked(expression);
  if (!value.ok() || value->is_namespace() || value->is_callable()) return value;
  if (value->depth() <= kMaxValueDepth && value->weight() <= kMaxWeight) return value;
  return TemplateError(expression.line, "a value grows too large or too deep");
}

absl::StatusOr<Value> Evaluator::EvaluateUnchecked(const Expression& expression) {
  switch (expression.kind) {
    case Kind::kLiteral:
      return expression.value;
    case Kind::kName:
      return EvaluateName(expression);
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kDict:
      return EvaluateContainer(expression);
    case Kind::kAttribute:
      return EvaluateAttribute(expression);
    case Kind::kIndex:
      return EvaluateIndex(expression);
    case Kind::kSlice:
      return EvaluateSlice(expression);
    case Kind::kCall:
      return EvaluateCall(expression);
    case Kind::kFilter:
      return EvaluateFilter(expression);
    case Kind::kTest:
      return EvaluateTest(expression);
    case Kind::kNot:
    case Kind::kNegate:
      return EvaluateSign(expression);
    case Kind::kBinary:
      return EvaluateBinary(expression);
    case Kind::kComparison:
      return EvaluateComparison(expression);
    case Kind::kConditional:
      return EvaluateConditional(expression);
  }
  return Value();
}

absl::StatusOr<Value> Evaluator::EvaluateName(const Expression& expression) {
  if (const Value* value = FindName(expression.name); value != nullptr) return *value;
  if (IsFunction(expression.name)) return Value(Callable{.name = expression.name});
  return Value(Undefined{expression.name});
}

absl::StatusOr<Value> Evaluator::EvaluateContainer(const Expression& expression) {
  List items;
  int64_t weight = 0;
  for (const ExpressionPointer& operand : expression.operands) {
    ESPALIER_ASSIGN_OR_RETURN(Value item, Evaluate(*operand));
    if (item.weight() >= Value::kEndless) {
      return TemplateError(expression.line,
                           Cat("a list or dict cannot hold ", item.Kind(), " (it may grow too deep)"));
    }
    weight += item.weight();
    if (weight > kMaxWeight) return TemplateError(expression.line, "a value grows too large");
    items.push_back(std::move(item));
  }
  if (expression.kind == Kind::kList) return Value(std::move(items));
  if (expression.kind == Kind::kTuple) return Value(std::move(items), SequenceType::kTuple);
  Dict dict;
  for (size_t i = 0; i < items.size(); i += 2) {
    if (!items[i].is_string() && !items[i].is_int()) {
      return TemplateError(expression.line, "a dict's keys must be strings or integers");
    }
    dict.SetKey(std::move(items[i]), std::move(items[i + 1]));
  }
  return Value(std::move(dict));
}

absl::StatusOr<Value> Evaluator::EvaluateAttribute(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(const Value object, Evaluate(*expression.operands[0]));
  return AtLine(expression.line, Attribute(object, expression.name));
}

absl::StatusOr<Value> Evaluator::EvaluateIndex(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(const Value object, Evaluate(*expression.operands[0]));
  ESPALIER_ASSIGN_OR_RETURN(const Value key, Evaluate(*expression.operands[1]));
  ESPALIER_RETURN_IF_ERROR(ChargeText(object, expression.line));
  return AtLine(expression.line, Subscript(object, key));
}

absl::StatusOr<Value> Evaluator::EvaluateSlice(const Expression& expression) {
  Value parts[4];  // object, start, stop, step
  for (size_t i = 0; i < 4; ++i) {
    if (expression.operands[i] == nullptr) continue;
    ESPALIER_ASSIGN_OR_RETURN(parts[i], Evaluate(*expression.operands[i]));
  }
  ESPALIER_RETURN_IF_ERROR(ChargeText(parts[0], expression.line));
  absl::StatusOr<Value> slice = Slice(parts[0], parts[1], parts[2], parts[3]);
  if (slice.ok()) ESPALIER_RETURN_IF_ERROR(Charge(slice->is_list() ? slice->size() : 0, expression.line));
  return AtLine(expression.line, std::move(slice));
}

absl::StatusOr<Value> Evaluator::EvaluateFilter(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(const Value subject, Evaluate(*expression.operands[0]));
  ESPALIER_ASSIGN_OR_RETURN(const Arguments arguments, EvaluateArguments(expression));
  ESPALIER_RETURN_IF_ERROR(ChargeText(subject, expression.line));
  ESPALIER_ASSIGN_OR_RETURN(const Value value,
                            AtLine(expression.line, ApplyFilter(expression.name, subject, arguments)));
  ESPALIER_RETURN_IF_ERROR(ChargeText(value, expression.line));
  return value;
}

absl::StatusOr<Value> Evaluator::EvaluateTest(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(const Value subject, Evaluate(*expression.operands[0]));
  ESPALIER_ASSIGN_OR_RETURN(const Arguments arguments, EvaluateArguments(expression));
  const bool reads_text =
      !arguments.positional.empty() || expression.name == "upper" || expression.name == "lower";
  if (reads_text) ESPALIER_RETURN_IF_ERROR(ChargeText(subject, expression.line));
  for (const Value& argument : arguments.positional) {
    ESPALIER_RETURN_IF_ERROR(Charge(std::min(argument.weight(), kMaxWeight) / 64, expression.line));
  }
  ESPALIER_ASSIGN_OR_RETURN(const bool holds,
                            AtLine(expression.line, ApplyTest(expression.name, subject, arguments)));
  return Value(holds);
}

absl::StatusOr<Value> Evaluator::EvaluateSign(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(const Value value, Evaluate(*expression.operands[0]));
  if (expression.kind == Kind::kNot) return Value(!value.Truthy());
  if (value.is_float()) return Value(-value.number());
  return AtLine(expression.line, Compute(Value(int64_t{0}), "-", value));
}

absl::StatusOr<Value> Evaluator::EvaluateBinary(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(Value left, Evaluate(*expression.operands[0]));
  const bool is_or = expression.name == "or";
  if (is_or || expression.name == "and") {
    if (left.Truthy() == is_or) return left;
    return Evaluate(*expression.operands[1]);
  }
  ESPALIER_ASSIGN_OR_RETURN(const Value right, Evaluate(*expression.operands[1]));
  ESPALIER_ASSIGN_OR_RETURN(const Value value,
                            AtLine(expression.line, Compute(left, expression.name, right)));
  ESPALIER_RETURN_IF_ERROR(ChargeText(value, expression.line));
  if (value.is_list()) ESPALIER_RETURN_IF_ERROR(Charge(value.size(), expression.line));
  return value;
}

absl::StatusOr<Value> Evaluator::EvaluateComparison(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(Value left, Evaluate(*expression.operands[0]));
  for (size_t i = 0; i < expression.operators.size(); ++i) {
    ESPALIER_ASSIGN_OR_RETURN(Value right, Evaluate(*expression.operands[i + 1]));
    const std::string& op = expression.operators[i];
    // A search reads all of its right side; a comparison no more than the smaller of the two.
    const bool is_search = op == "in" || op == "not in";
    const int64_t read =
        std::min(is_search ? right.weight() : std::min(left.weight(), right.weight()), kMaxWeight);
    ESPALIER_RETURN_IF_ERROR(Charge(read / 64, expression.line));
    ESPALIER_ASSIGN_OR_RETURN(const bool holds, AtLine(expression.line, Compare(left, op, right)));
    if (!holds) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

absl::StatusOr<Value> Evaluator::EvaluateConditional(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(const Value condition, Evaluate(*expression.operands[1]));
  if (condition.Truthy()) return Evaluate(*expression.operands[0]);
  if (expression.operands[2] == nullptr) return Value(Undefined{"the missing else"});
  return Evaluate(*expression.operands[2]);
}

}  // namespace espalier::jinja
