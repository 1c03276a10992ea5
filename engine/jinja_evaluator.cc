#include "engine/jinja_evaluator.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_lexer.h"

namespace espalier::jinja {
namespace {

using Kind = Expression::Kind;

// Adds the line to an error of a built-in.
absl::Status AtLine(int line, const absl::Status& status) {
  return TemplateError(line, ToStd(status.message()));
}

template <typename T>
absl::StatusOr<T> AtLine(int line, absl::StatusOr<T> result) {
  if (!result.ok()) return AtLine(line, result.status());
  return result;
}

absl::StatusOr<Value> AsValue(absl::StatusOr<bool> result) {
  if (!result.ok()) return result.status();
  return Value(*result);
}

void SetIn(Dict& scope, std::string_view name, Value value) {
  const auto it =
      std::find_if(scope.begin(), scope.end(), [&](const auto& entry) { return entry.first == name; });
  if (it == scope.end()) {
    scope.emplace_back(name, std::move(value));
  } else {
    it->second = std::move(value);
  }
}

// What a loop's body sees as `loop`.
Value LoopState(const List& items, size_t i) {
  const auto index = static_cast<int64_t>(i);
  const auto length = static_cast<int64_t>(items.size());
  Dict state = {{"index", Value(index + 1)},
                {"index0", Value(index)},
                {"revindex", Value(length - index)},
                {"revindex0", Value(length - index - 1)},
                {"first", Value(i == 0)},
                {"last", Value(index == length - 1)},
                {"length", Value(length)}};
  if (i > 0) state.emplace_back("previtem", items[i - 1]);
  if (i + 1 < items.size()) state.emplace_back("nextitem", items[i + 1]);
  return Value(std::move(state));
}

}  // namespace

absl::StatusOr<std::string> Evaluator::Render(const Block& block) {
  ESPALIER_RETURN_IF_ERROR(Execute(block).status());
  return std::move(output_);
}

absl::Status Evaluator::Charge(int64_t steps, int line) {
  steps_ += steps;
  if (steps_ <= kMaxSteps) return absl::OkStatus();
  return TemplateError(line, "the template takes too many steps; does a loop grow without end?");
}

absl::Status Evaluator::Write(std::string_view text, int line) {
  if (static_cast<int64_t>(output_.size() + text.size()) > kMaxOutput) {
    return TemplateError(line, Cat("the template writes more than ", kMaxOutput, " bytes"));
  }
  output_ += text;
  return absl::OkStatus();
}

absl::StatusOr<Evaluator::Flow> Evaluator::Execute(const Block& block) {
  for (const Statement& statement : block) {
    ESPALIER_RETURN_IF_ERROR(Charge(1, statement.line));
    ESPALIER_ASSIGN_OR_RETURN(const Flow flow, ExecuteOne(statement));
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

absl::StatusOr<Evaluator::Flow> Evaluator::ExecuteOne(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kText:
      ESPALIER_RETURN_IF_ERROR(Write(statement.text, statement.line));
      return Flow::kNext;
    case Statement::Kind::kOutput: {
      ESPALIER_ASSIGN_OR_RETURN(const Value value, Evaluate(*statement.expression));
      ESPALIER_RETURN_IF_ERROR(Write(value.Print(), statement.line));
      return Flow::kNext;
    }
    case Statement::Kind::kIf:
      return ExecuteIf(statement);
    case Statement::Kind::kFor:
      ESPALIER_RETURN_IF_ERROR(ExecuteFor(statement));
      return Flow::kNext;
    case Statement::Kind::kSet: {
      ESPALIER_ASSIGN_OR_RETURN(const Value value, Evaluate(*statement.expression));
      ESPALIER_RETURN_IF_ERROR(Bind(statement, value));
      return Flow::kNext;
    }
    case Statement::Kind::kSetBlock: {
      std::string outer = std::exchange(output_, {});
      ESPALIER_ASSIGN_OR_RETURN(const Flow flow, Execute(statement.body));
      const Value value(std::exchange(output_, std::move(outer)));
      ESPALIER_RETURN_IF_ERROR(Bind(statement, value));
      return flow;
    }
    case Statement::Kind::kBreak:
      return Flow::kBreak;
    case Statement::Kind::kContinue:
      return Flow::kContinue;
  }
  return Flow::kNext;
}

absl::StatusOr<Evaluator::Flow> Evaluator::ExecuteIf(const Statement& statement) {
  for (const Statement::Branch& branch : statement.branches) {
    ESPALIER_ASSIGN_OR_RETURN(const Value condition, Evaluate(*branch.condition));
    if (condition.Truthy()) return Execute(branch.body);
  }
  return Execute(statement.otherwise);
}

// The items of the loop, less those that its condition leaves out.
absl::StatusOr<List> Evaluator::LoopItems(const Statement& loop) {
  ESPALIER_ASSIGN_OR_RETURN(const Value iterable, Evaluate(*loop.expression));
  ESPALIER_ASSIGN_OR_RETURN(List items, AtLine(loop.line, Iterate(iterable)));
  if (loop.condition == nullptr) return items;
  List kept;
  for (Value& item : items) {
    scopes_.emplace_back();
    absl::Status bound = Bind(loop, item);
    absl::StatusOr<Value> condition = bound.ok() ? Evaluate(*loop.condition) : bound;
    scopes_.pop_back();
    if (!condition.ok()) return condition.status();
    if (condition->Truthy()) kept.push_back(std::move(item));
  }
  return kept;
}

absl::Status Evaluator::ExecuteFor(const Statement& loop) {
  ESPALIER_ASSIGN_OR_RETURN(const List items, LoopItems(loop));
  if (items.empty()) return Execute(loop.otherwise).status();
  for (size_t i = 0; i < items.size(); ++i) {
    ESPALIER_RETURN_IF_ERROR(Charge(kStepsPerRound, loop.line));
    scopes_.push_back({{"loop", LoopState(items, i)}});
    ESPALIER_RETURN_IF_ERROR(Bind(loop, items[i]));
    ESPALIER_ASSIGN_OR_RETURN(const Flow flow, Execute(loop.body));
    scopes_.pop_back();
    if (flow == Flow::kBreak) break;
  }
  return absl::OkStatus();
}

absl::Status Evaluator::Bind(const Statement& statement, const Value& value) {
  if (statement.targets.size() == 1) return BindOne(statement.targets[0], value, statement.line);
  ESPALIER_ASSIGN_OR_RETURN(const List items, AtLine(statement.line, Iterate(value)));
  if (items.size() != statement.targets.size()) {
    return TemplateError(statement.line,
                         Cat(items.size(), " values for ", statement.targets.size(), " names"));
  }
  for (size_t i = 0; i < items.size(); ++i) {
    ESPALIER_RETURN_IF_ERROR(BindOne(statement.targets[i], items[i], statement.line));
  }
  return absl::OkStatus();
}

absl::Status Evaluator::BindOne(const std::string& target, const Value& value, int line) {
  const size_t dot = target.find('.');
  if (dot == std::string::npos) {
    SetIn(scopes_.back(), target, value);
    return absl::OkStatus();
  }
  const Value* object = FindName(std::string_view(target).substr(0, dot));
  if (object == nullptr || !object->is_namespace()) {
    return TemplateError(line, Cat("'", target, "' cannot be set: only members of a namespace can"));
  }
  if (value.weight() >= Value::kEndless) return TemplateError(line, "a namespace cannot hold a namespace");
  Value shared = *object;
  shared.SetMember(std::string_view(target).substr(dot + 1), value);
  return absl::OkStatus();
}

const Value* Evaluator::FindName(std::string_view name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    for (const auto& [key, value] : *scope) {
      if (key == name) return &value;
    }
  }
  return nullptr;
}

absl::StatusOr<Value> Evaluator::Evaluate(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(Value value, EvaluateUnchecked(expression));
  if (value.depth() > kMaxDepth || (value.weight() > kMaxWeight && !value.is_namespace())) {
    return TemplateError(expression.line, "a value grows too large or too deep");
  }
  const int64_t copied = value.is_string() ? value.weight() / 64 : 0;
  ESPALIER_RETURN_IF_ERROR(Charge(1 + copied, expression.line));
  return value;
}

absl::StatusOr<Value> Evaluator::EvaluateUnchecked(const Expression& expression) {
  const int line = expression.line;
  const auto operand = [&](size_t i) { return Evaluate(*expression.operands[i]); };
  switch (expression.kind) {
    case Kind::kLiteral:
      return expression.value;
    case Kind::kName: {
      const Value* value = FindName(expression.name);
      return value != nullptr ? *value : Value(Undefined{expression.name});
    }
    case Kind::kList:
    case Kind::kDict:
      return EvaluateContainer(expression);
    case Kind::kAttribute: {
      ESPALIER_ASSIGN_OR_RETURN(const Value object, operand(0));
      return AtLine(line, Subscript(object, Value(expression.name)));
    }
    case Kind::kIndex: {
      ESPALIER_ASSIGN_OR_RETURN(const Value object, operand(0));
      ESPALIER_ASSIGN_OR_RETURN(const Value key, operand(1));
      return AtLine(line, Subscript(object, key));
    }
    case Kind::kSlice:
      return EvaluateSlice(expression);
    case Kind::kCall:
      return EvaluateCall(expression);
    case Kind::kFilter: {
      ESPALIER_ASSIGN_OR_RETURN(const Value subject, operand(0));
      ESPALIER_ASSIGN_OR_RETURN(const Arguments arguments, EvaluateArguments(expression));
      return AtLine(line, ApplyFilter(expression.name, subject, arguments));
    }
    case Kind::kTest: {
      ESPALIER_ASSIGN_OR_RETURN(const Value subject, operand(0));
      ESPALIER_ASSIGN_OR_RETURN(const Arguments arguments, EvaluateArguments(expression));
      return AsValue(AtLine(line, ApplyTest(expression.name, subject, arguments)));
    }
    case Kind::kNot: {
      ESPALIER_ASSIGN_OR_RETURN(const Value value, operand(0));
      return Value(!value.Truthy());
    }
    case Kind::kNegate:
      return EvaluateNegation(expression);
    case Kind::kBinary:
      return EvaluateBinary(expression);
    case Kind::kComparison:
      return EvaluateComparison(expression);
    case Kind::kConditional: {
      ESPALIER_ASSIGN_OR_RETURN(const Value condition, operand(1));
      if (condition.Truthy()) return operand(0);
      if (expression.operands[2] == nullptr) return Value(Undefined{"the missing else"});
      return operand(2);
    }
  }
  return Value();
}

absl::StatusOr<Value> Evaluator::EvaluateContainer(const Expression& expression) {
  List items;
  for (const ExpressionPointer& operand : expression.operands) {
    ESPALIER_ASSIGN_OR_RETURN(Value item, Evaluate(*operand));
    items.push_back(std::move(item));
  }
  if (expression.kind == Kind::kList) return Value(std::move(items));
  Dict dict;
  for (size_t i = 0; i < items.size(); i += 2) {
    if (!items[i].is_string()) return TemplateError(expression.line, "a dict's keys must be strings");
    SetIn(dict, items[i].string(), std::move(items[i + 1]));
  }
  return Value(std::move(dict));
}

absl::StatusOr<Value> Evaluator::EvaluateBinary(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(Value left, Evaluate(*expression.operands[0]));
  const bool is_or = expression.name == "or";
  if (is_or || expression.name == "and") {
    if (left.Truthy() == is_or) return left;
    return Evaluate(*expression.operands[1]);
  }
  ESPALIER_ASSIGN_OR_RETURN(const Value right, Evaluate(*expression.operands[1]));
  return AtLine(expression.line, Compute(left, expression.name, right));
}

absl::StatusOr<Value> Evaluator::EvaluateNegation(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(const Value value, Evaluate(*expression.operands[0]));
  if (value.is_float()) return Value(-value.number());
  return AtLine(expression.line, Compute(Value(int64_t{0}), "-", value));
}

absl::StatusOr<Value> Evaluator::EvaluateComparison(const Expression& expression) {
  ESPALIER_ASSIGN_OR_RETURN(Value left, Evaluate(*expression.operands[0]));
  for (size_t i = 0; i < expression.operators.size(); ++i) {
    ESPALIER_ASSIGN_OR_RETURN(Value right, Evaluate(*expression.operands[i + 1]));
    ESPALIER_RETURN_IF_ERROR(Charge(
        (std::min(left.weight(), kMaxWeight) + std::min(right.weight(), kMaxWeight)) / 64, expression.line));
    ESPALIER_ASSIGN_OR_RETURN(const bool holds,
                              AtLine(expression.line, Compare(left, expression.operators[i], right)));
    if (!holds) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

absl::StatusOr<Value> Evaluator::EvaluateSlice(const Expression& expression) {
  Value parts[4];  // object, start, stop, step
  for (size_t i = 0; i < 4; ++i) {
    if (expression.operands[i] == nullptr) continue;
    ESPALIER_ASSIGN_OR_RETURN(parts[i], Evaluate(*expression.operands[i]));
  }
  return AtLine(expression.line, Slice(parts[0], parts[1], parts[2], parts[3]));
}

absl::StatusOr<Value> Evaluator::EvaluateCall(const Expression& expression) {
  const Expression& callee = *expression.operands[0];
  ESPALIER_ASSIGN_OR_RETURN(const Arguments arguments, EvaluateArguments(expression));
  if (callee.kind == Kind::kName) {
    return AtLine(expression.line, CallFunction(callee.name, arguments));
  }
  if (callee.kind == Kind::kAttribute) {
    ESPALIER_ASSIGN_OR_RETURN(const Value object, Evaluate(*callee.operands[0]));
    return AtLine(expression.line, CallMethod(object, callee.name, arguments));
  }
  return TemplateError(expression.line, "only functions and methods can be called");
}

absl::StatusOr<Arguments> Evaluator::EvaluateArguments(const Expression& expression) {
  Arguments arguments;
  for (size_t i = 1; i < expression.operands.size(); ++i) {
    ESPALIER_ASSIGN_OR_RETURN(Value value, Evaluate(*expression.operands[i]));
    arguments.positional.push_back(std::move(value));
  }
  for (const auto& [name, operand] : expression.named) {
    ESPALIER_ASSIGN_OR_RETURN(Value value, Evaluate(*operand));
    SetIn(arguments.named, name, std::move(value));
  }
  return arguments;
}

}  // namespace espalier::jinja
