// Runs a parsed template over the values it is given.
#ifndef ESPALIER_ENGINE_JINJA_EVALUATOR_H_
#define ESPALIER_ENGINE_JINJA_EVALUATOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/jinja_builtins.h"
#include "engine/jinja_tree.h"

namespace espalier::jinja {

class Evaluator {
 public:
  explicit Evaluator(Dict globals) { scopes_.push_back(std::move(globals)); }

  // The rendered text. Error: InvalidArgument with the line, for what the template raises or cannot do, and
  // for one that takes more than kMaxSteps or writes more than kMaxOutput.
  absl::StatusOr<std::string> Render(const Block& block);

 private:
  static constexpr int64_t kMaxSteps = 5'000'000;  // expressions, statements, and 64 bytes of text each
  static constexpr int64_t kStepsPerRound = 8;     // a loop's own work for one item
  static constexpr int64_t kMaxOutput = int64_t{1} << 26;
  static constexpr int kMaxDepth = 100;  // of lists in lists

  enum class Flow { kNext, kBreak, kContinue };

  absl::StatusOr<Flow> Execute(const Block& block);
  absl::StatusOr<Flow> ExecuteOne(const Statement& statement);
  absl::StatusOr<Flow> ExecuteIf(const Statement& statement);
  absl::Status ExecuteFor(const Statement& statement);
  absl::StatusOr<List> LoopItems(const Statement& statement);
  absl::Status Bind(const Statement& statement, const Value& value);
  absl::Status BindOne(const std::string& target, const Value& value, int line);
  absl::Status Write(std::string_view text, int line);

  absl::StatusOr<Value> Evaluate(const Expression& expression);
  absl::StatusOr<Value> EvaluateUnchecked(const Expression& expression);
  absl::StatusOr<Value> EvaluateContainer(const Expression& expression);
  absl::StatusOr<Value> EvaluateBinary(const Expression& expression);
  absl::StatusOr<Value> EvaluateComparison(const Expression& expression);
  absl::StatusOr<Value> EvaluateCall(const Expression& expression);
  absl::StatusOr<Value> EvaluateSlice(const Expression& expression);
  absl::StatusOr<Value> EvaluateNegation(const Expression& expression);
  absl::StatusOr<Arguments> EvaluateArguments(const Expression& expression);

  absl::Status Charge(int64_t steps, int line);
  const Value* FindName(std::string_view name) const;

  std::vector<Dict> scopes_;  // innermost last
  std::string output_;
  int64_t steps_ = 0;
};

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_EVALUATOR_H_
