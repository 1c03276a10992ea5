#include "engine/jinja_evaluator.h"

#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_lexer.h"

namespace espalier::jinja {
namespace {

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
                {"length", Value(length)},
                {"depth", Value(int64_t{1})},
                {"depth0", Value(int64_t{0})}};
  if (i > 0) state.Set("previtem", items[i - 1]);
  if (i + 1 < items.size()) state.Set("nextitem", items[i + 1]);
  return Value(std::move(state));
}

// Enters a scope and leaves it, however the function ends.
class ScopeEntry {
 public:
  ScopeEntry(std::shared_ptr<Scope>& current, Dict variables) : current_(current), outer_(current) {
    current_ = std::make_shared<Scope>(Scope{std::move(variables), outer_});
  }
  ~ScopeEntry() { current_ = std::move(outer_); }

 private:
  std::shared_ptr<Scope>& current_;
  std::shared_ptr<Scope> outer_;
};

}  // namespace

absl::Status AtLine(int line, const absl::Status& status) {
  return status.ok() ? status : TemplateError(line, ToStd(status.message()));
}

Evaluator::Evaluator(Dict globals, std::chrono::local_seconds now)
    : scope_(std::make_shared<Scope>(Scope{std::move(globals), nullptr})), now_(now) {}

absl::StatusOr<std::string> Evaluator::Render(const Block& block) {
  ESPALIER_RETURN_IF_ERROR(Execute(block).status());
  return std::move(output_);
}

absl::Status Evaluator::Charge(int64_t steps, int line) { return AtLine(line, meter_.Charge(steps)); }

absl::Status Evaluator::ChargeText(const Value& value, int line) {
  return value.is_string() ? AtLine(line, meter_.ChargeText(value.size())) : absl::OkStatus();
}

absl::Status Evaluator::CheckDepth(int line) const {
  if (depth_ <= kMaxDepth) return absl::OkStatus();
  return TemplateError(line, "the template nests too deep; does a macro call itself without end?");
}

absl::Status Evaluator::Write(std::string_view text, int line) {
  if (static_cast<int64_t>(output_.size() + text.size()) > kMaxOutput) {
    return TemplateError(line, Cat("the template writes more than ", kMaxOutput, " bytes"));
  }
  output_ += text;
  return AtLine(line, meter_.ChargeText(static_cast<int64_t>(text.size())));
}

absl::StatusOr<Evaluator::Flow> Evaluator::Execute(const Block& block) {
  const Level level(depth_);
  for (const Statement& statement : block) {
    ESPALIER_RETURN_IF_ERROR(CheckDepth(statement.line));
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
      ESPALIER_RETURN_IF_ERROR(Write(value.is_string() ? value.string() : value.Print(), statement.line));
      return Flow::kNext;
    }
    case Statement::Kind::kIf:
      return ExecuteIf(statement);
    case Statement::Kind::kFor:
      return ExecuteFor(statement);
    case Statement::Kind::kSet: {
      ESPALIER_ASSIGN_OR_RETURN(const Value value, Evaluate(*statement.expression));
      ESPALIER_RETURN_IF_ERROR(Bind(statement, value));
      return Flow::kNext;
    }
    case Statement::Kind::kSetBlock:
    case Statement::Kind::kFilter:
      return ExecuteCaptured(statement);
    case Statement::Kind::kMacro:
      scope_->variables.Set(statement.text,
                            Value(Callable{.name = statement.text, .macro = &statement, .scope = scope_}));
      return Flow::kNext;
    case Statement::Kind::kCall:
      ESPALIER_RETURN_IF_ERROR(ExecuteCall(statement));
      return Flow::kNext;
    case Statement::Kind::kWith:
      return ExecuteWith(statement);
    case Statement::Kind::kScope:
      return ExecuteInScope(statement.body, {});
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

absl::StatusOr<Evaluator::Flow> Evaluator::ExecuteInScope(const Block& block, Dict variables) {
  const ScopeEntry entry(scope_, std::move(variables));
  return Execute(block);
}

absl::StatusOr<Evaluator::Flow> Evaluator::ExecuteWith(const Statement& statement) {
  Dict variables;
  for (const Parameter& variable : statement.parameters) {
    ESPALIER_ASSIGN_OR_RETURN(Value value, Evaluate(*variable.value));
    variables.Set(variable.name, std::move(value));
  }
  return ExecuteInScope(statement.body, std::move(variables));
}

// A set or filter block: its text, through the filters, is bound or written.
absl::StatusOr<Evaluator::Flow> Evaluator::ExecuteCaptured(const Statement& statement) {
  std::string outer = std::exchange(output_, {});
  ESPALIER_ASSIGN_OR_RETURN(const Flow flow, ExecuteInScope(statement.body, {}));
  Value value(std::exchange(output_, std::move(outer)));
  if (flow != Flow::kNext) return flow;
  if (statement.expression != nullptr) {
    const ScopeEntry entry(scope_, {{kBlockText, value}});
    ESPALIER_ASSIGN_OR_RETURN(value, Evaluate(*statement.expression));
  }
  if (value.weight() > kMaxWeight) return TemplateError(statement.line, "a block's text grows too long");
  if (statement.kind == Statement::Kind::kSetBlock) {
    ESPALIER_RETURN_IF_ERROR(Bind(statement, value));
  } else {
    ESPALIER_RETURN_IF_ERROR(Write(value.Print(), statement.line));
  }
  return Flow::kNext;
}

absl::Status Evaluator::ExecuteCall(const Statement& statement) {
  const Value caller(Callable{.name = statement.text, .macro = &statement, .scope = scope_});
  ESPALIER_ASSIGN_OR_RETURN(const Value value, EvaluateCall(*statement.expression, &caller));
  return Write(value.Print(), statement.line);
}

// The items of the loop, less those that its condition leaves out.
absl::StatusOr<List> Evaluator::LoopItems(const Statement& loop) {
  ESPALIER_ASSIGN_OR_RETURN(const Value iterable, Evaluate(*loop.expression));
  ESPALIER_ASSIGN_OR_RETURN(List items, AtLine(loop.line, Iterate(iterable, meter_)));
  if (loop.condition == nullptr) return items;
  List kept;
  for (Value& item : items) {
    const ScopeEntry entry(scope_, {});
    ESPALIER_RETURN_IF_ERROR(Charge(kStepsPerRound, loop.line));
    ESPALIER_RETURN_IF_ERROR(Bind(loop, item));
    ESPALIER_ASSIGN_OR_RETURN(const Value condition, Evaluate(*loop.condition));
    if (condition.Truthy()) kept.push_back(std::move(item));
  }
  return kept;
}

absl::StatusOr<Evaluator::Flow> Evaluator::ExecuteFor(const Statement& loop) {
  ESPALIER_ASSIGN_OR_RETURN(const List items, LoopItems(loop));
  if (items.empty()) return ExecuteInScope(loop.otherwise, {});
  for (size_t i = 0; i < items.size(); ++i) {
    ESPALIER_RETURN_IF_ERROR(Charge(kStepsPerRound, loop.line));
    const ScopeEntry entry(scope_, {{"loop", LoopState(items, i)}});
    ESPALIER_RETURN_IF_ERROR(Bind(loop, items[i]));
    ESPALIER_ASSIGN_OR_RETURN(const Flow flow, Execute(loop.body));
    if (flow == Flow::kBreak) break;
  }
  return Flow::kNext;
}

absl::Status Evaluator::Bind(const Statement& statement, const Value& value) {
  if (statement.targets.size() == 1) return BindOne(statement.targets[0], value, statement.line);
  ESPALIER_ASSIGN_OR_RETURN(const List items, AtLine(statement.line, Iterate(value, meter_)));
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
    scope_->variables.Set(target, value);
    return absl::OkStatus();
  }
  const Value* object = FindName(std::string_view(target).substr(0, dot));
  if (object == nullptr || !object->is_namespace()) {
    return TemplateError(line, Cat("'", target, "' cannot be set: only members of a namespace can"));
  }
  if (value.weight() >= Value::kEndless) {
    return TemplateError(line, Cat("a namespace cannot hold ", value.Kind()));
  }
  Value shared = *object;
  shared.SetMember(std::string_view(target).substr(dot + 1), value);
  return absl::OkStatus();
}

const Value* Evaluator::FindName(std::string_view name) const {
  for (const Scope* scope = scope_.get(); scope != nullptr; scope = scope->parent.get()) {
    if (const Value* value = scope->variables.Find(name); value != nullptr) return value;
  }
  return nullptr;
}

}  // namespace espalier::jinja
