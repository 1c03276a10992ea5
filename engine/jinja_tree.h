// The tree of a parsed template.
#ifndef ESPALIER_ENGINE_JINJA_TREE_H_
#define ESPALIER_ENGINE_JINJA_TREE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/jinja_value.h"

namespace espalier::jinja {

struct Expression;
using ExpressionPointer = std::unique_ptr<Expression>;

struct Expression {
  enum class Kind {
    kLiteral,      // value
    kName,         // name
    kList,         // operands
    kTuple,        // operands
    kDict,         // operands: key, value, key, value, ...
    kAttribute,    // operands[0].name
    kIndex,        // operands[0][operands[1]]
    kSlice,        // operands[0][operands[1]:operands[2]:operands[3]], null where left out
    kCall,         // operands[0](operands[1:], named)
    kFilter,       // operands[0] | name(operands[1:], named)
    kTest,         // operands[0] is name(operands[1:])
    kNot,          // not operands[0]
    kNegate,       // -operands[0]
    kBinary,       // operands[0] name operands[1]: arithmetic, "and", "or"
    kComparison,   // operands[0] operators[0] operands[1] operators[1] ...: each pair must hold
    kConditional,  // operands[0] if operands[1] else operands[2] (may be null)
  };

  Kind kind;
  int line;
  int depth = 1;  // levels of expressions, this one included
  std::string name;
  Value value;
  std::vector<ExpressionPointer> operands;
  std::vector<std::pair<std::string, ExpressionPointer>> named;
  std::vector<std::string> operators;
};

struct Statement;
using Block = std::vector<Statement>;

// A macro's parameter with its default (may be null), or a variable of a with block with its value.
struct Parameter {
  std::string name;
  ExpressionPointer value;
};

struct Statement {
  enum class Kind {
    kText,      // text
    kOutput,    // {{ expression }}
    kIf,        // the body of the first branch whose condition holds, else otherwise
    kFor,       // for targets in expression if condition: body, else otherwise
    kSet,       // set targets = expression
    kSetBlock,  // set targets: body, through the filters of expression (may be null)
    kFilter,    // body through the filters of expression
    kMacro,     // macro text(parameters): body
    kCall,      // call(parameters) expression: body, which the macro called sees as `caller`
    kWith,      // with parameters: body
    kScope,     // body with variables of its own: a generation block, which only training asks for
    kBreak,
    kContinue,
  };

  struct Branch;

  Kind kind;
  int line;
  std::string text;
  // Names to bind; "namespace.member" to set a member.
  std::vector<std::string> targets;
  ExpressionPointer expression;
  ExpressionPointer condition;
  std::vector<Branch> branches;
  std::vector<Parameter> parameters;
  // Which of the names that hold the rest of the arguments a macro's body reads.
  bool reads_varargs = false;
  bool reads_kwargs = false;
  bool reads_caller = false;
  Block body;
  Block otherwise;
};

struct Statement::Branch {
  ExpressionPointer condition;
  Block body;
};

// Stands in a chain of filters for the text of the block around it.
inline constexpr char kBlockText[] = "{block}";

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_TREE_H_
