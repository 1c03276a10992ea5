#include "engine/jinja_parser.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_expression_parser.h"

namespace espalier::jinja {
namespace {

using Kind = Statement::Kind;
using Words = std::vector<std::string_view>;

class StatementParser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  absl::StatusOr<Block> ParseTemplate() {
    ESPALIER_ASSIGN_OR_RETURN(Block block, ParseUntil({}));
    if (Peek().kind != TokenKind::kEnd) return Unexpected("the end");
    return block;
  }

 private:
  // Statements up to a block tag that starts with one of `ends`; takes "{%" and that word, which is then
  // closing_word_. Without `ends`: up to the template's end.
  absl::StatusOr<Block> ParseUntil(const Words& ends) {
    const Level level(nesting_);
    if (level.too_deep()) return TooDeep();
    Block block;
    while (Peek().kind != TokenKind::kEnd) {
      if (Peek().kind == TokenKind::kText) {
        block.push_back(MakeStatement(Kind::kText));
        block.back().text = Take().text;
      } else if (Peek().kind == TokenKind::kOutputBegin) {
        ESPALIER_ASSIGN_OR_RETURN(Statement output, ParseOutput());
        block.push_back(std::move(output));
      } else {
        Take();  // "{%"
        ESPALIER_ASSIGN_OR_RETURN(const std::string word, ExpectName("a statement"));
        if (std::count(ends.begin(), ends.end(), word) > 0) {
          closing_word_ = word;
          return block;
        }
        ESPALIER_ASSIGN_OR_RETURN(Statement statement, ParseStatement(word));
        block.push_back(std::move(statement));
      }
    }
    if (ends.empty()) return block;
    return Unexpected(Cat("'{% ", ends.back(), " %}'"));
  }

  // "%}", statements, and the tag {% end %}.
  absl::Status ParseBody(std::string_view end, Block& body) {
    ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
    ESPALIER_ASSIGN_OR_RETURN(body, ParseUntil({end}));
    return ExpectBlockEnd();
  }

  // The same for a body that becomes a function: no loop around it can be left from within.
  absl::Status ParseFunctionBody(std::string_view end, Block& body) {
    const int loops = std::exchange(loops_, 0);
    ESPALIER_RETURN_IF_ERROR(ParseBody(end, body));
    loops_ = loops;
    return absl::OkStatus();
  }

  Statement MakeStatement(Kind kind) const {
    Statement statement;
    statement.kind = kind;
    statement.line = Peek().line;
    return statement;
  }

  absl::StatusOr<Statement> ParseOutput() {
    Statement output = MakeStatement(Kind::kOutput);
    Take();
    ESPALIER_ASSIGN_OR_RETURN(output.expression, ParseExpressions());
    if (Peek().kind != TokenKind::kOutputEnd) return Unexpected("'}}'");
    Take();
    return output;
  }

  absl::Status ExpectBlockEnd() {
    if (Peek().kind != TokenKind::kBlockEnd) return Unexpected("'%}'");
    Take();
    return absl::OkStatus();
  }

  absl::StatusOr<Statement> ParseStatement(std::string_view word) {
    if (word == "if") return ParseIf();
    if (word == "for") return ParseFor();
    if (word == "set") return ParseSet();
    if (word == "macro") return ParseMacro();
    if (word == "call") return ParseCall();
    if (word == "filter") return ParseFilterBlock();
    if (word == "with") return ParseWith();
    if (word == "generation") {
      Statement scope = MakeStatement(Kind::kScope);
      ESPALIER_RETURN_IF_ERROR(ParseFunctionBody("endgeneration", scope.body));
      return scope;
    }
    if (word == "break" || word == "continue") {
      if (loops_ == 0) return TemplateError(Peek().line, Cat("'", word, "' outside a loop"));
      Statement jump = MakeStatement(word == "break" ? Kind::kBreak : Kind::kContinue);
      ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
      return jump;
    }
    constexpr size_t kLongestWord = 40;
    return TemplateError(Peek().line,
                         Cat("'{% ", word.substr(0, kLongestWord),
                             " %}' is not supported here; known are if, for, set, macro, call, filter, with, "
                             "generation, break, continue, raw and their ends"));
  }

  absl::StatusOr<Statement> ParseIf() {
    Statement statement = MakeStatement(Kind::kIf);
    do {
      Statement::Branch branch;
      ESPALIER_ASSIGN_OR_RETURN(branch.condition, ParseExpression());
      ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
      ESPALIER_ASSIGN_OR_RETURN(branch.body, ParseUntil({"elif", "else", "endif"}));
      statement.branches.push_back(std::move(branch));
    } while (closing_word_ == "elif");
    if (closing_word_ == "else") {
      ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
      ESPALIER_ASSIGN_OR_RETURN(statement.otherwise, ParseUntil({"endif"}));
    }
    ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
    return statement;
  }

  absl::StatusOr<Statement> ParseFor() {
    Statement loop = MakeStatement(Kind::kFor);
    ESPALIER_RETURN_IF_ERROR(ParseTargets(loop.targets));
    if (!TakeName("in")) return Unexpected("'in'");
    ESPALIER_ASSIGN_OR_RETURN(loop.expression, ParseExpressions(/*with_conditional=*/false));
    if (TakeName("if")) {
      ESPALIER_ASSIGN_OR_RETURN(loop.condition, ParseExpression());
    }
    if (IsName("recursive")) return TemplateError(loop.line, "recursive loops are not supported");
    ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
    ++loops_;
    ESPALIER_ASSIGN_OR_RETURN(loop.body, ParseUntil({"else", "endfor"}));
    --loops_;
    if (closing_word_ == "else") {
      ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
      ESPALIER_ASSIGN_OR_RETURN(loop.otherwise, ParseUntil({"endfor"}));
    }
    ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
    return loop;
  }

  absl::StatusOr<Statement> ParseSet() {
    Statement set = MakeStatement(Kind::kSet);
    ESPALIER_RETURN_IF_ERROR(ParseTargets(set.targets));
    if (TakeOperator("=")) {
      ESPALIER_ASSIGN_OR_RETURN(set.expression, ParseExpressions());
      ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
      return set;
    }
    set.kind = Kind::kSetBlock;
    if (set.targets.size() != 1) return Unexpected("'='");
    if (IsOperator("|")) {
      ESPALIER_ASSIGN_OR_RETURN(set.expression,
                                ParseFiltersAndTests(Make(Expression::Kind::kName, kBlockText)));
    }
    ESPALIER_RETURN_IF_ERROR(ParseBody("endset", set.body));
    return set;
  }

  absl::StatusOr<Statement> ParseFilterBlock() {
    Statement filter = MakeStatement(Kind::kFilter);
    ESPALIER_ASSIGN_OR_RETURN(filter.expression, ParseFilter(Make(Expression::Kind::kName, kBlockText)));
    ESPALIER_ASSIGN_OR_RETURN(filter.expression, ParseFiltersAndTests(std::move(filter.expression)));
    ESPALIER_RETURN_IF_ERROR(ParseBody("endfilter", filter.body));
    return filter;
  }

  absl::StatusOr<Statement> ParseMacro() {
    Statement macro = MakeStatement(Kind::kMacro);
    ESPALIER_ASSIGN_OR_RETURN(macro.text, ExpectName("a macro's name"));
    ESPALIER_RETURN_IF_ERROR(ExpectOperator("("));
    ESPALIER_RETURN_IF_ERROR(ParseParameters(macro.parameters));
    ESPALIER_RETURN_IF_ERROR(ParseMacroBody("endmacro", macro));
    return macro;
  }

  absl::StatusOr<Statement> ParseCall() {
    Statement call = MakeStatement(Kind::kCall);
    call.text = "caller";
    if (TakeOperator("(")) ESPALIER_RETURN_IF_ERROR(ParseParameters(call.parameters));
    ESPALIER_ASSIGN_OR_RETURN(call.expression, ParseExpression());
    if (call.expression->kind != Expression::Kind::kCall) {
      return TemplateError(call.line, "'{% call %}' needs the call of a macro");
    }
    ESPALIER_RETURN_IF_ERROR(ParseMacroBody("endcall", call));
    return call;
  }

  absl::Status ParseMacroBody(std::string_view end, Statement& macro) {
    const size_t begin = position();
    ESPALIER_RETURN_IF_ERROR(ParseFunctionBody(end, macro.body));
    macro.reads_varargs = Names(begin, "varargs");
    macro.reads_kwargs = Names(begin, "kwargs");
    macro.reads_caller = Names(begin, "caller");
    return absl::OkStatus();
  }

  // Behind "(": name, name=default, ")".
  absl::Status ParseParameters(std::vector<Parameter>& parameters) {
    while (!TakeOperator(")")) {
      Parameter parameter;
      ESPALIER_ASSIGN_OR_RETURN(parameter.name, ExpectName("a parameter"));
      if (TakeOperator("=")) {
        ESPALIER_ASSIGN_OR_RETURN(parameter.value, ParseExpression());
      } else if (!parameters.empty() && parameters.back().value != nullptr) {
        return TemplateError(Peek().line, "a parameter without a default follows one with a default");
      }
      parameters.push_back(std::move(parameter));
      if (!IsOperator(")")) ESPALIER_RETURN_IF_ERROR(ExpectOperator(","));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Statement> ParseWith() {
    Statement with = MakeStatement(Kind::kWith);
    while (Peek().kind != TokenKind::kBlockEnd) {
      if (!with.parameters.empty()) ESPALIER_RETURN_IF_ERROR(ExpectOperator(","));
      Parameter variable;
      ESPALIER_ASSIGN_OR_RETURN(variable.name, ExpectName("a name"));
      ESPALIER_RETURN_IF_ERROR(ExpectOperator("="));
      ESPALIER_ASSIGN_OR_RETURN(variable.value, ParseExpression());
      with.parameters.push_back(std::move(variable));
    }
    ESPALIER_RETURN_IF_ERROR(ParseBody("endwith", with.body));
    return with;
  }

  // a, b or namespace.member; perhaps in brackets.
  absl::Status ParseTargets(std::vector<std::string>& targets) {
    const bool in_brackets = TakeOperator("(");
    do {
      ESPALIER_ASSIGN_OR_RETURN(std::string target, ExpectName("a name"));
      constexpr std::string_view kConstants[] = {"true", "false", "none", "True", "False", "None"};
      if (std::count(std::begin(kConstants), std::end(kConstants), target) > 0) {
        return TemplateError(Peek().line, Cat("'", target, "' cannot be set"));
      }
      if (TakeOperator(".")) {
        ESPALIER_ASSIGN_OR_RETURN(const std::string member, ExpectName("a member's name"));
        target += Cat(".", member);
      }
      targets.push_back(std::move(target));
    } while (TakeOperator(","));
    return in_brackets ? ExpectOperator(")") : absl::OkStatus();
  }

  int loops_ = 0;
  std::string closing_word_;
};

}  // namespace

absl::StatusOr<Block> Parse(std::string_view source) {
  if (source.size() > kMaxSource) {
    return TemplateError(1, Cat("a template of more than ", kMaxSource, " bytes"));
  }
  ESPALIER_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(source));
  return StatementParser(std::move(tokens)).ParseTemplate();
}

}  // namespace espalier::jinja
