// The evaluator's calls: functions, methods and macros.
#include <algorithm>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_evaluator.h"
#include "engine/jinja_lexer.h"

namespace espalier::jinja {

using Kind = Expression::Kind;

// `caller`: the body of a call block, or null.
absl::StatusOr<Value> Evaluator::EvaluateCall(const Expression& expression, const Value* caller) {
  const Expression& callee = *expression.operands[0];
  const int line = expression.line;
  if (callee.kind == Kind::kAttribute && callee.operands[0]->kind == Kind::kName &&
      callee.operands[0]->name == "loop" && callee.name == "cycle") {
    ESPALIER_ASSIGN_OR_RETURN(const Arguments arguments, EvaluateArguments(expression));
    return CycleLoop(arguments, line);
  }
  Value function;
  if (callee.kind == Kind::kAttribute) {
    ESPALIER_ASSIGN_OR_RETURN(const Value object, Evaluate(*callee.operands[0]));
    function = Value(Callable{.name = callee.name, .object = object});
    ESPALIER_RETURN_IF_ERROR(ChargeText(object, line));
  } else {
    ESPALIER_ASSIGN_OR_RETURN(function, Evaluate(callee));
  }
  if (!function.is_callable()) {
    const std::string name =
        callee.kind == Kind::kName ? Cat("'", callee.name, "'") : std::string(function.Kind());
    return TemplateError(line, Cat(name, " is not a function here"));
  }
  ESPALIER_ASSIGN_OR_RETURN(Arguments arguments, EvaluateArguments(expression));
  if (caller != nullptr) arguments.named.Set("caller", *caller);
  const Callable& callable = function.callable();
  if (callable.macro != nullptr) return CallMacro(callable, arguments, line);
  if (caller != nullptr) return TemplateError(line, "'{% call %}' needs the call of a macro");
  ESPALIER_ASSIGN_OR_RETURN(
      const Value value, AtLine(line, callable.object ? CallMethod(*callable.object, callable.name, arguments)
                                                      : CallFunction(callable.name, arguments, now_)));
  ESPALIER_RETURN_IF_ERROR(ChargeText(value, line));
  return value;
}

absl::StatusOr<Value> Evaluator::CycleLoop(const Arguments& arguments, int line) {
  const Value* loop = FindName("loop");
  const Value* index = loop != nullptr && loop->is_dict() ? loop->Find("index0") : nullptr;
  if (index == nullptr || arguments.positional.empty()) {
    return TemplateError(line, "loop.cycle needs a loop and one or more values");
  }
  return arguments.positional[index->integer() % static_cast<int64_t>(arguments.positional.size())];
}

// The text that the macro writes.
absl::StatusOr<Value> Evaluator::CallMacro(const Callable& callable, const Arguments& arguments, int line) {
  const Level level(depth_);
  ESPALIER_RETURN_IF_ERROR(CheckDepth(line));
  ESPALIER_RETURN_IF_ERROR(Charge(kStepsPerRound, line));
  const std::shared_ptr<const Scope> defined_in = callable.scope.lock();
  if (defined_in == nullptr) return TemplateError(line, Cat("macro '", callable.name, "' is out of scope"));
  std::shared_ptr<Scope> calling = std::exchange(scope_, std::make_shared<Scope>(Scope{{}, defined_in}));
  std::string outer = std::exchange(output_, {});
  absl::Status status = BindParameters(*callable.macro, arguments, line);
  if (status.ok()) status = Execute(callable.macro->body).status();
  scope_ = std::move(calling);
  Value text(std::exchange(output_, std::move(outer)));
  if (!status.ok()) return status;
  return text;
}

absl::Status Evaluator::BindParameters(const Statement& macro, const Arguments& arguments, int line) {
  Dict unbound;  // named arguments that are no parameter, or one that a positional argument has filled
  for (const auto& [name, value] : arguments.named) {
    const auto it =
        std::find_if(macro.parameters.begin(), macro.parameters.end(),
                     [&name = name](const Parameter& parameter) { return parameter.name == name.string(); });
    const bool binds = it != macro.parameters.end() &&
                       it - macro.parameters.begin() >= static_cast<ptrdiff_t>(arguments.positional.size());
    if (!binds) unbound.SetKey(name, value);
  }
  for (size_t i = 0; i < macro.parameters.size(); ++i) {
    const Parameter& parameter = macro.parameters[i];
    const Value* given = arguments.Find(i, parameter.name);
    Value value = given != nullptr ? *given : Value(Undefined{parameter.name});
    if (given == nullptr && parameter.value != nullptr) {
      ESPALIER_ASSIGN_OR_RETURN(value, Evaluate(*parameter.value));
    }
    scope_->variables.Set(parameter.name, std::move(value));
  }
  return BindRest(macro, arguments, std::move(unbound), line);
}

// What is left goes to `varargs`, `kwargs` and `caller` where the body reads them, and else is an error.
absl::Status Evaluator::BindRest(const Statement& macro, const Arguments& arguments, Dict unbound, int line) {
  Arguments rest = arguments.Behind(macro.parameters.size());
  const auto check = [&](const Value& value) {
    return value.weight() < Value::kEndless
               ? absl::OkStatus()
               : TemplateError(line, Cat("varargs and kwargs cannot hold ", value.Kind()));
  };
  if (macro.reads_varargs) {
    for (const Value& value : rest.positional) ESPALIER_RETURN_IF_ERROR(check(value));
    scope_->variables.Set("varargs", Value(std::move(rest.positional), SequenceType::kTuple));
  } else if (!rest.positional.empty()) {
    return TemplateError(
        line, Cat("macro '", macro.text, "' takes no more than ", macro.parameters.size(), " arguments"));
  }
  Dict kwargs;
  Value caller(Undefined{"caller"});
  for (const auto& [name, value] : unbound) {
    if (name.string() == "caller" && macro.reads_caller) {
      caller = value;
    } else if (macro.reads_kwargs) {
      ESPALIER_RETURN_IF_ERROR(check(value));
      kwargs.SetKey(name, value);
    } else {
      return TemplateError(line, Cat("macro '", macro.text, "' takes no argument '", name.string(), "'"));
    }
  }
  const auto is_parameter = [&](std::string_view name) {
    return std::any_of(macro.parameters.begin(), macro.parameters.end(),
                       [&](const Parameter& parameter) { return parameter.name == name; });
  };
  if (macro.reads_caller && !is_parameter("caller")) scope_->variables.Set("caller", std::move(caller));
  if (macro.reads_kwargs) scope_->variables.Set("kwargs", Value(std::move(kwargs)));
  return absl::OkStatus();
}

absl::StatusOr<Arguments> Evaluator::EvaluateArguments(const Expression& expression) {
  Arguments arguments(meter_);
  for (size_t i = 1; i < expression.operands.size(); ++i) {
    ESPALIER_ASSIGN_OR_RETURN(Value value, Evaluate(*expression.operands[i]));
    arguments.positional.push_back(std::move(value));
  }
  for (const auto& [name, operand] : expression.named) {
    ESPALIER_ASSIGN_OR_RETURN(Value value, Evaluate(*operand));
    arguments.named.Set(name, std::move(value));
  }
  return arguments;
}

}  // namespace espalier::jinja
