// Tokens to expressions; the statement parser is built on it.
#ifndef ESPALIER_ENGINE_JINJA_EXPRESSION_PARSER_H_
#define ESPALIER_ENGINE_JINJA_EXPRESSION_PARSER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/jinja_lexer.h"
#include "engine/jinja_tree.h"

namespace espalier::jinja {

class ExpressionParser {
 public:
  explicit ExpressionParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  // A whole expression, with `a if b else c` unless that `if` belongs to a for loop.
  absl::StatusOr<ExpressionPointer> ParseExpression(bool with_conditional = true);
  // The same, or several with commas between, which make a tuple.
  absl::StatusOr<ExpressionPointer> ParseExpressions(bool with_conditional = true);

 protected:
  static constexpr int kMaxNesting = 200;  // of brackets and blocks, and links of one chain
  static constexpr int kMaxDepth = 400;    // of one expression's tree

  // Counts a level of recursion for its own lifetime.
  class Level {
   public:
    explicit Level(int& nesting) : nesting_(nesting) { ++nesting_; }
    ~Level() { --nesting_; }
    bool too_deep() const { return nesting_ > kMaxNesting; }

   private:
    int& nesting_;
  };

  const Token& Peek() const { return tokens_[next_]; }
  const Token& Take();
  bool IsOperator(std::string_view text) const;
  bool IsName(std::string_view text) const;
  bool TakeOperator(std::string_view text);
  bool TakeName(std::string_view text);
  absl::Status ExpectOperator(std::string_view text);
  absl::StatusOr<std::string> ExpectName(std::string_view what);
  absl::Status Unexpected(std::string_view wanted) const;
  absl::Status TooDeep() const;
  // Whether the tokens from `begin` to here name `name`.
  bool Names(size_t begin, std::string_view name) const;
  size_t position() const { return next_; }

  using Result = absl::StatusOr<ExpressionPointer>;
  ExpressionPointer Make(Expression::Kind kind, std::string_view name = "") const;
  // Behind "|" or "is": filters and tests.
  Result ParseFiltersAndTests(ExpressionPointer base);
  // A filter's name and arguments.
  Result ParseFilter(ExpressionPointer base);

  int nesting_ = 0;

 private:
  using Parser = Result (ExpressionParser::*)();

  ExpressionPointer Make(Expression::Kind kind, std::string_view name, ExpressionPointer first);
  // Makes `operand` (may be null) the next one of `parent`. A tree that leans too deep is an error at the
  // next step down or along.
  void Attach(Expression& parent, ExpressionPointer operand);
  bool LeansTooDeep(int chained) const { return chained >= kMaxNesting || deepest_ > kMaxDepth; }
  Result ParseLeftToRight(const std::vector<std::string_view>& operators, Parser operand);
  Result ParseOr();
  Result ParseAnd();
  Result ParseNot();
  Result ParseComparison();
  Result ParseSum();
  Result ParseConcatenation();
  Result ParseProduct();
  Result ParsePower();
  Result ParseSigned() { return ParseUnary(true); }
  Result ParseUnary(bool with_filters);
  Result ParsePrimary();
  Result ParseNumber();
  Result ParseList();
  Result ParseDict();
  Result ParsePostfix(ExpressionPointer base);
  Result ParseSubscript(ExpressionPointer base);
  Result ParseParentheses();
  Result ParseTest(ExpressionPointer base);
  // Behind "(": arguments and ")".
  absl::Status ParseArguments(Expression& call);

  std::vector<Token> tokens_;  // ends with kEnd
  size_t next_ = 0;
  int deepest_ = 0;  // of the trees so far
};

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_EXPRESSION_PARSER_H_
