// Runs a parsed template over the values it is given.
#ifndef ESPALIER_ENGINE_JINJA_EVALUATOR_H_
#define ESPALIER_ENGINE_JINJA_EVALUATOR_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/jinja_builtins.h"
#include "engine/jinja_tree.h"

namespace espalier::jinja {

class Evaluator {
 public:
  // `now`: the local time that strftime_now writes.
  Evaluator(Dict globals, std::chrono::local_seconds now);

  // The rendered text. Error: InvalidArgument with the line, for what the template raises or cannot do, and
  // for one that takes too many steps, nests too deep or writes more than kMaxOutput.
  absl::StatusOr<std::string> Render(const Block& block);

 private:
  static constexpr int64_t kStepsPerRound = 16;  // a loop's own work for one item
  static constexpr int64_t kMaxOutput = int64_t{1} << 26;
  static constexpr int kMaxDepth = 800;  // of statements and expressions under way, macros' included

  enum class Flow { kNext, kBreak, kContinue };

  // Statements (jinja_evaluator.cc).
  absl::StatusOr<Flow> Execute(const Block& block);
  absl::StatusOr<Flow> ExecuteOne(const Statement& statement);
  absl::StatusOr<Flow> ExecuteIf(const Statement& statement);
  absl::StatusOr<Flow> ExecuteFor(const Statement& loop);
  absl::StatusOr<Flow> ExecuteInScope(const Block& block, Dict variables);
  absl::StatusOr<Flow> ExecuteWith(const Statement& statement);
  absl::StatusOr<Flow> ExecuteCaptured(const Statement& statement);
  absl::Status ExecuteCall(const Statement& statement);
  absl::StatusOr<List> LoopItems(const Statement& statement);
  absl::Status Bind(const Statement& statement, const Value& value);
  absl::Status BindOne(const std::string& target, const Value& value, int line);
  absl::Status Write(std::string_view text, int line);

  // Calls (jinja_calls.cc).
  absl::StatusOr<Value> EvaluateCall(const Expression& expression, const Value* caller = nullptr);
  absl::StatusOr<Value> CycleLoop(const Arguments& arguments, int line);
  absl::StatusOr<Value> CallMacro(const Callable& callable, const Arguments& arguments, int line);
  absl::Status BindParameters(const Statement& macro, const Arguments& arguments, int line);
  absl::Status BindRest(const Statement& macro, const Arguments& arguments, Dict unbound, int line);
  absl::StatusOr<Arguments> EvaluateArguments(const Expression& expression);

  // Expressions (jinja_expressions.cc).
  absl::StatusOr<Value> Evaluate(const Expression& expression);
  absl::StatusOr<Value> EvaluateUnchecked(const Expression& expression);
  absl::StatusOr<Value> EvaluateName(const Expression& expression);
  absl::StatusOr<Value> EvaluateContainer(const Expression& expression);
  absl::StatusOr<Value> EvaluateAttribute(const Expression& expression);
  absl::StatusOr<Value> EvaluateIndex(const Expression& expression);
  absl::StatusOr<Value> EvaluateFilter(const Expression& expression);
  absl::StatusOr<Value> EvaluateTest(const Expression& expression);
  absl::StatusOr<Value> EvaluateSign(const Expression& expression);
  absl::StatusOr<Value> EvaluateBinary(const Expression& expression);
  absl::StatusOr<Value> EvaluateComparison(const Expression& expression);
  absl::StatusOr<Value> EvaluateConditional(const Expression& expression);
  absl::StatusOr<Value> EvaluateSlice(const Expression& expression);

  absl::Status Charge(int64_t steps, int line);
  // For reading or making `value`: its bytes, if it is a text.
  absl::Status ChargeText(const Value& value, int line);
  const Value* FindName(std::string_view name) const;

  // Counts a level of nesting for its own lifetime.
  class Level {
   public:
    explicit Level(int& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }

   private:
    int& depth_;
  };
  absl::Status CheckDepth(int line) const;

  std::shared_ptr<Scope> scope_;  // the innermost
  std::chrono::local_seconds now_;
  std::string output_;
  Meter meter_;
  int depth_ = 0;
};

// Adds the line to an error of a built-in.
absl::Status AtLine(int line, const absl::Status& status);

template <typename T>
absl::StatusOr<T> AtLine(int line, absl::StatusOr<T> result) {
  if (!result.ok()) return AtLine(line, result.status());
  return result;
}

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_EVALUATOR_H_
