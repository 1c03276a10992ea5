#include "engine/jinja_expression_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_builtins.h"

namespace espalier::jinja {

using Kind = Expression::Kind;

const Token& ExpressionParser::Take() {
  const Token& token = tokens_[next_];
  if (token.kind != TokenKind::kEnd) ++next_;
  return token;
}

bool ExpressionParser::IsOperator(std::string_view text) const {
  return Peek().kind == TokenKind::kOperator && Peek().text == text;
}

bool ExpressionParser::IsName(std::string_view text) const {
  return Peek().kind == TokenKind::kName && Peek().text == text;
}

bool ExpressionParser::TakeOperator(std::string_view text) {
  const bool found = IsOperator(text);
  if (found) Take();
  return found;
}

bool ExpressionParser::TakeName(std::string_view text) {
  const bool found = IsName(text);
  if (found) Take();
  return found;
}

absl::Status ExpressionParser::ExpectOperator(std::string_view text) {
  return TakeOperator(text) ? absl::OkStatus() : Unexpected(Cat("'", text, "'"));
}

absl::StatusOr<std::string> ExpressionParser::ExpectName(std::string_view what) {
  if (Peek().kind != TokenKind::kName) return Unexpected(what);
  return Take().text;
}

absl::Status ExpressionParser::Unexpected(std::string_view wanted) const {
  const bool at_end = Peek().kind == TokenKind::kEnd;
  return TemplateError(Peek().line,
                       Cat("expected ", wanted, ", found ", at_end ? "the end" : Cat("'", Peek().text, "'")));
}

absl::Status ExpressionParser::TooDeep() const {
  return TemplateError(Peek().line, Cat("more than ", kMaxNesting, " levels of nesting"));
}

ExpressionPointer ExpressionParser::Make(Kind kind, std::string_view name) const {
  auto expression = std::make_unique<Expression>();
  expression->kind = kind;
  expression->line = Peek().line;
  expression->name = name;
  return expression;
}

ExpressionPointer ExpressionParser::Make(Kind kind, std::string_view name, ExpressionPointer first) {
  ExpressionPointer expression = Make(kind, name);
  Attach(*expression, std::move(first));
  return expression;
}

void ExpressionParser::Attach(Expression& parent, ExpressionPointer operand) {
  if (operand != nullptr) parent.depth = std::max(parent.depth, operand->depth + 1);
  deepest_ = std::max(deepest_, parent.depth);
  parent.operands.push_back(std::move(operand));
}

bool ExpressionParser::Names(size_t begin, std::string_view name) const {
  return std::any_of(tokens_.begin() + begin, tokens_.begin() + next_, [&](const Token& token) {
    return token.kind == TokenKind::kName && token.text == name;
  });
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseExpression(bool with_conditional) {
  const Level level(nesting_);
  if (level.too_deep() || LeansTooDeep(0)) return TooDeep();
  ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer expression, ParseOr());
  for (int chained = 0; with_conditional && TakeName("if"); ++chained) {
    if (LeansTooDeep(chained)) return TooDeep();
    expression = Make(Kind::kConditional, "if", std::move(expression));
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer condition, ParseOr());
    ExpressionPointer otherwise;
    if (TakeName("else")) {
      ESPALIER_ASSIGN_OR_RETURN(otherwise, ParseExpression());
    }
    Attach(*expression, std::move(condition));
    Attach(*expression, std::move(otherwise));
  }
  return expression;
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseExpressions(bool with_conditional) {
  ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer expression, ParseExpression(with_conditional));
  if (!IsOperator(",")) return expression;
  ExpressionPointer tuple = Make(Kind::kTuple, "", std::move(expression));
  while (TakeOperator(",")) {
    if (Peek().kind == TokenKind::kBlockEnd || Peek().kind == TokenKind::kOutputEnd || IsName("if")) break;
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer item, ParseExpression(with_conditional));
    Attach(*tuple, std::move(item));
  }
  return tuple;
}

// operand (operator operand)*, grouped from the left.
absl::StatusOr<ExpressionPointer> ExpressionParser::ParseLeftToRight(
    const std::vector<std::string_view>& operators, Parser operand) {
  ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer left, (this->*operand)());
  for (int chained = 0;; ++chained) {
    const auto found = std::find_if(operators.begin(), operators.end(),
                                    [&](std::string_view op) { return IsOperator(op) || IsName(op); });
    if (found == operators.end()) return left;
    if (LeansTooDeep(chained)) return TooDeep();
    Take();
    left = Make(Kind::kBinary, *found, std::move(left));
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer right, (this->*operand)());
    Attach(*left, std::move(right));
  }
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseOr() {
  return ParseLeftToRight({"or"}, &ExpressionParser::ParseAnd);
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseAnd() {
  return ParseLeftToRight({"and"}, &ExpressionParser::ParseNot);
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseNot() {
  if (!TakeName("not")) return ParseComparison();
  const Level level(nesting_);
  if (level.too_deep() || LeansTooDeep(0)) return TooDeep();
  ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer operand, ParseNot());
  return Make(Kind::kNot, "not", std::move(operand));
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseComparison() {
  ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer first, ParseSum());
  ExpressionPointer comparison;
  while (true) {
    std::string op;
    if (IsName("in") || (Peek().kind == TokenKind::kOperator && IsComparison(Peek().text))) {
      op = Take().text;
    } else if (IsName("not") && tokens_[next_ + 1].kind == TokenKind::kName &&
               tokens_[next_ + 1].text == "in") {
      Take();
      Take();
      op = "not in";
    } else {
      return comparison != nullptr ? std::move(comparison) : std::move(first);
    }
    if (comparison == nullptr) comparison = Make(Kind::kComparison, "", std::move(first));
    comparison->operators.push_back(std::move(op));
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer operand, ParseSum());
    Attach(*comparison, std::move(operand));
  }
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseSum() {
  return ParseLeftToRight({"+", "-"}, &ExpressionParser::ParseConcatenation);
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseConcatenation() {
  return ParseLeftToRight({"~"}, &ExpressionParser::ParseProduct);
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseProduct() {
  return ParseLeftToRight({"*", "/", "//", "%"}, &ExpressionParser::ParsePower);
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParsePower() {
  return ParseLeftToRight({"**"}, &ExpressionParser::ParseSigned);
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseUnary(bool with_filters) {
  const Level level(nesting_);
  if (level.too_deep() || LeansTooDeep(0)) return TooDeep();
  ExpressionPointer expression;
  if (IsOperator("-") || IsOperator("+")) {
    const bool negate = Take().text == "-";
    ESPALIER_ASSIGN_OR_RETURN(expression, ParseUnary(false));
    if (negate) expression = Make(Kind::kNegate, "-", std::move(expression));
  } else {
    ESPALIER_ASSIGN_OR_RETURN(expression, ParsePrimary());
  }
  ESPALIER_ASSIGN_OR_RETURN(expression, ParsePostfix(std::move(expression)));
  if (!with_filters) return expression;
  return ParseFiltersAndTests(std::move(expression));
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParsePrimary() {
  switch (Peek().kind) {
    case TokenKind::kString: {
      ExpressionPointer literal = Make(Kind::kLiteral);
      std::string text;
      while (Peek().kind == TokenKind::kString) text += Take().text;  // adjacent strings are one
      literal->value = Value(std::move(text));
      return literal;
    }
    case TokenKind::kInteger:
    case TokenKind::kFloat:
      return ParseNumber();
    case TokenKind::kName: {
      ExpressionPointer name = Make(Kind::kName, Peek().text);
      const std::string& text = Take().text;
      const bool is_true = text == "true" || text == "True";
      if (is_true || text == "false" || text == "False") {
        name->kind = Kind::kLiteral;
        name->value = Value(is_true);
      } else if (text == "none" || text == "None") {
        name->kind = Kind::kLiteral;
      }
      return name;
    }
    default:
      break;
  }
  if (IsOperator("[")) return ParseList();
  if (IsOperator("{")) return ParseDict();
  if (IsOperator("(")) return ParseParentheses();
  return Unexpected("an expression");
}

// (a) is a; (), (a,) and (a, b) are tuples.
absl::StatusOr<ExpressionPointer> ExpressionParser::ParseParentheses() {
  Take();
  ExpressionPointer tuple = Make(Kind::kTuple);
  if (TakeOperator(")")) return tuple;
  ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer expression, ParseExpression());
  if (TakeOperator(")")) return expression;
  Attach(*tuple, std::move(expression));
  while (!TakeOperator(")")) {
    ESPALIER_RETURN_IF_ERROR(ExpectOperator(","));
    if (TakeOperator(")")) break;
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer item, ParseExpression());
    Attach(*tuple, std::move(item));
  }
  return tuple;
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseNumber() {
  ExpressionPointer literal = Make(Kind::kLiteral);
  const Token& token = Take();
  const char* end = token.text.data() + token.text.size();
  int64_t integer = 0;
  double number = 0;
  if (token.kind == TokenKind::kInteger) {
    if (std::from_chars(token.text.data(), end, integer).ec != std::errc()) {
      return TemplateError(token.line, Cat("the number ", token.text, " is too large"));
    }
    literal->value = Value(integer);
  } else {
    if (std::from_chars(token.text.data(), end, number).ec != std::errc()) {
      return TemplateError(token.line, Cat("the number ", token.text, " is out of range"));
    }
    literal->value = Value(number);
  }
  return literal;
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseList() {
  ExpressionPointer list = Make(Kind::kList);
  Take();
  while (!TakeOperator("]")) {
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer item, ParseExpression());
    Attach(*list, std::move(item));
    if (!IsOperator("]")) ESPALIER_RETURN_IF_ERROR(ExpectOperator(","));
  }
  return list;
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseDict() {
  ExpressionPointer dict = Make(Kind::kDict);
  Take();
  while (!TakeOperator("}")) {
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer key, ParseExpression());
    ESPALIER_RETURN_IF_ERROR(ExpectOperator(":"));
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer value, ParseExpression());
    Attach(*dict, std::move(key));
    Attach(*dict, std::move(value));
    if (!IsOperator("}")) ESPALIER_RETURN_IF_ERROR(ExpectOperator(","));
  }
  return dict;
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParsePostfix(ExpressionPointer base) {
  for (int chained = 0;; ++chained) {
    if (LeansTooDeep(chained)) return TooDeep();
    if (TakeOperator(".")) {
      if (Peek().kind == TokenKind::kInteger) {
        ExpressionPointer index = Make(Kind::kIndex, "", std::move(base));
        ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer number, ParseNumber());
        Attach(*index, std::move(number));
        base = std::move(index);
        continue;
      }
      base = Make(Kind::kAttribute, "", std::move(base));
      ESPALIER_ASSIGN_OR_RETURN(base->name, ExpectName("an attribute's name"));
    } else if (TakeOperator("[")) {
      ESPALIER_ASSIGN_OR_RETURN(base, ParseSubscript(std::move(base)));
    } else if (TakeOperator("(")) {
      base = Make(Kind::kCall, "", std::move(base));
      ESPALIER_RETURN_IF_ERROR(ParseArguments(*base));
    } else {
      return base;
    }
  }
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseSubscript(ExpressionPointer base) {
  ExpressionPointer subscript = Make(Kind::kIndex, "", std::move(base));
  for (bool more = true; more;) {
    ExpressionPointer bound;
    if (!IsOperator(":") && !IsOperator("]")) {
      ESPALIER_ASSIGN_OR_RETURN(bound, ParseExpression());
    }
    Attach(*subscript, std::move(bound));
    more = TakeOperator(":");
    if (more) subscript->kind = Kind::kSlice;
  }
  ESPALIER_RETURN_IF_ERROR(ExpectOperator("]"));
  const size_t bounds = subscript->operands.size() - 1;
  if (bounds > 3 || (subscript->kind == Kind::kIndex && subscript->operands[1] == nullptr)) {
    return TemplateError(subscript->line, "a subscript is an index or start:stop:step");
  }
  if (subscript->kind == Kind::kSlice) subscript->operands.resize(4);
  return subscript;
}

absl::Status ExpressionParser::ParseArguments(Expression& call) {
  while (!TakeOperator(")")) {
    const bool is_named = Peek().kind == TokenKind::kName &&
                          tokens_[next_ + 1].kind == TokenKind::kOperator && tokens_[next_ + 1].text == "=";
    std::string name;
    if (is_named) {
      name = Take().text;
      Take();
    }
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer argument, ParseExpression());
    if (is_named) {
      call.depth = std::max(call.depth, argument->depth + 1);
      call.named.emplace_back(std::move(name), std::move(argument));
    } else if (!call.named.empty()) {
      return TemplateError(call.line, "a positional argument follows a named one");
    } else {
      Attach(call, std::move(argument));
    }
    if (!IsOperator(")")) ESPALIER_RETURN_IF_ERROR(ExpectOperator(","));
  }
  return absl::OkStatus();
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseFiltersAndTests(ExpressionPointer base) {
  for (int chained = 0;; ++chained) {
    if (LeansTooDeep(chained)) return TooDeep();
    if (TakeOperator("|")) {
      ESPALIER_ASSIGN_OR_RETURN(base, ParseFilter(std::move(base)));
    } else if (TakeName("is")) {
      ESPALIER_ASSIGN_OR_RETURN(base, ParseTest(std::move(base)));
    } else {
      return base;
    }
  }
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseFilter(ExpressionPointer base) {
  ExpressionPointer filter = Make(Kind::kFilter, "", std::move(base));
  ESPALIER_ASSIGN_OR_RETURN(filter->name, ExpectName("a filter's name"));
  ESPALIER_RETURN_IF_ERROR(CheckFilterName(filter->name, filter->line));
  if (TakeOperator("(")) ESPALIER_RETURN_IF_ERROR(ParseArguments(*filter));
  return filter;
}

absl::StatusOr<ExpressionPointer> ExpressionParser::ParseTest(ExpressionPointer base) {
  const bool negated = TakeName("not");
  ExpressionPointer test = Make(Kind::kTest, "", std::move(base));
  ESPALIER_ASSIGN_OR_RETURN(test->name, ExpectName("a test's name"));
  ESPALIER_RETURN_IF_ERROR(CheckTestName(test->name, test->line));
  const TokenKind kind = Peek().kind;
  const bool is_word = kind == TokenKind::kName && !IsName("and") && !IsName("or") && !IsName("else") &&
                       !IsName("is") && !IsName("if") && !IsName("in") && !IsName("not");
  if (TakeOperator("(")) {
    ESPALIER_RETURN_IF_ERROR(ParseArguments(*test));
  } else if (is_word || kind == TokenKind::kString || kind == TokenKind::kInteger ||
             kind == TokenKind::kFloat || IsOperator("[") || IsOperator("{")) {
    ESPALIER_ASSIGN_OR_RETURN(ExpressionPointer argument, ParsePrimary());
    ESPALIER_ASSIGN_OR_RETURN(argument, ParsePostfix(std::move(argument)));
    Attach(*test, std::move(argument));
  }
  return negated ? Make(Kind::kNot, "not", std::move(test)) : std::move(test);
}

}  // namespace espalier::jinja
