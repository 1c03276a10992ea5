#include "engine/jinja_parser.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
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

  Statement MakeStatement(Kind kind) const {
    Statement statement;
    statement.kind = kind;
    statement.line = Peek().line;
    return statement;
  }

  absl::StatusOr<Statement> ParseOutput() {
    Statement output = MakeStatement(Kind::kOutput);
    Take();
    ESPALIER_ASSIGN_OR_RETURN(output.expression, ParseExpression());
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
    if (word == "break" || word == "continue") {
      if (loops_ == 0) return TemplateError(Peek().line, Cat("'", word, "' outside a loop"));
      Statement jump = MakeStatement(word == "break" ? Kind::kBreak : Kind::kContinue);
      ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
      return jump;
    }
    return TemplateError(Peek().line, Cat("'{% ", word,
                                          " %}' is not supported here; known are if, for, set, "
                                          "break, continue, raw and their ends"));
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
    ESPALIER_ASSIGN_OR_RETURN(loop.expression, ParseExpression(/*with_conditional=*/false));
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
      ESPALIER_ASSIGN_OR_RETURN(set.expression, ParseExpression());
      ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
      return set;
    }
    set.kind = Kind::kSetBlock;
    if (set.targets.size() != 1) return Unexpected("'='");
    ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
    ESPALIER_ASSIGN_OR_RETURN(set.body, ParseUntil({"endset"}));
    ESPALIER_RETURN_IF_ERROR(ExpectBlockEnd());
    return set;
  }

  // a, b or namespace.member
  absl::Status ParseTargets(std::vector<std::string>& targets) {
    do {
      ESPALIER_ASSIGN_OR_RETURN(std::string target, ExpectName("a name"));
      if (TakeOperator(".")) {
        ESPALIER_ASSIGN_OR_RETURN(const std::string member, ExpectName("a member's name"));
        target += Cat(".", member);
      }
      targets.push_back(std::move(target));
    } while (TakeOperator(","));
    return absl::OkStatus();
  }

  int loops_ = 0;
  std::string closing_word_;
};

}  // namespace

absl::StatusOr<Block> Parse(std::string_view source) {
  ESPALIER_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(source));
  return StatementParser(std::move(tokens)).ParseTemplate();
}

}  // namespace espalier::jinja
