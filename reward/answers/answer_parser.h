// From the tokens of a bare answer to its tree.
//
// Grammar, loosest first; every level falls to the next, LaTeX and plain text alike:
//   list      item {"," | ";" | or | and} item
//   item      quantity {relation quantity}     "x = 5", "1 < x < 2", "f(x) = x^2", "3 : 4"
//   quantity  [prose] set [unit | prose]       "about 42 dollars", "10 cm^2"
//   set       sum {union | intersection | set minus} sum
//   sum       [sign] term {sign term}
//   term      factor {[* | /] factor}          no sign between factors: a product; "3 1/2": a mixed number
//   factor    base {^ | ! | % | degree}
//   base      number, variable, constant, function, fraction, bracket, matrix
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_PARSER_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_PARSER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reward/answers/answer_tokens.h"
#include "reward/answers/expression.h"

namespace espalier {

// What can be read in two ways is read as this says.
struct ParserOptions {
  bool unit_letters = true;  // the m of "10 m" is a metre, not a variable
  bool imaginary_j = false;  // j is the imaginary unit
  bool natural_log = false;  // \log without a base is \ln, not the logarithm to base 10
  bool lower_sign = false;   // +- is -, and -+ is +
};

// What was met, so that the other way of reading it is worth while.
struct ParserChoices {
  bool unit_letters = false;
  bool imaginary_j = false;
  bool imaginary_i = false;
  bool log = false;
  bool plus_minus = false;
};

class AnswerParser {
 public:
  // Both must outlive the parser.
  AnswerParser(const std::vector<AnswerToken>& tokens, AnswerExpression* expression, ParserOptions options);

  // The index of the root in *expression; nullopt when the tokens as a whole are no expression, or too deep
  // or too many.
  std::optional<int32_t> Parse();

  const ParserChoices& choices() const { return choices_; }

 private:
  // Every Parse function returns a node's index, or kFailed, after which failed_ stays true.
  static constexpr int32_t kFailed = -1;

  // answer_parser.cc: lists, relations, quantities, sets, brackets.
  int32_t ParseList();
  int32_t ParseItem();
  int32_t ParseDefinition();
  int32_t ParseRatio(int32_t first);
  int32_t ParseQuantity();
  int32_t ParseSetExpression();
  int32_t ParseBracket();
  int32_t ParseSet(std::string_view close);
  int32_t ParseMatrix();
  bool SkipProse();
  bool IsUnionLetter() const;
  bool TakeRelation(std::string* operators);
  bool TakeJoint(bool* is_or, bool* is_and);

  // answer_parser_units.cc.
  int32_t ParseUnits(int32_t quantity);
  int32_t ParseSmallerUnits(int32_t quantity);
  int32_t AddSmallerUnit(int32_t large, int32_t small);
  bool SkipRemark();
  bool TakeUnit(AnswerUnit* unit, int power, bool* prose);
  int TakeUnitExponent();
  bool StartsUnit() const;

  // answer_parser_scalars.cc.
  int32_t ParseSum();
  int32_t ParseTerm();
  int32_t ParseMixedNumber(int32_t whole);
  int32_t ParseFactor();
  int32_t ParsePostfix(int32_t base);
  int32_t ParseExponent();
  int32_t MakeDegrees(int32_t number);
  int32_t ScaleMatrix(int32_t matrix, const std::vector<int32_t>& above, const std::vector<int32_t>& below);
  int32_t ParseBase();
  int32_t ParseNumber();
  int32_t ParseVariable();
  int32_t ParseName();
  int32_t ParseFunction(const std::string& name);
  int32_t ParseFunctionArgument();
  int32_t ParseNamedLetters(const std::string& name);
  int32_t ParseNumberWord();
  bool StartsFactor() const;
  bool TakeSign(bool* negative);

  const AnswerToken& Peek(size_t ahead = 0) const;
  void Next() { position_ += position_ + 1 < tokens_.size(); }
  bool Take(std::string_view symbol);
  int32_t Fail();
  int32_t Make(NodeKind kind, std::vector<int32_t> children);
  int32_t MakeLeaf(NodeKind kind, std::string text = "", int32_t value = 0);

  const std::vector<AnswerToken>& tokens_;
  AnswerExpression& expression_;
  ParserOptions options_;
  ParserChoices choices_;
  size_t position_ = 0;
  int depth_ = 0;
  int bars_ = 0;             // > 0: a "|" closes something
  bool in_builder_ = false;  // a ":" ends the head of {x : ...}
  bool failed_ = false;
  std::optional<std::string> currency_;  // of the quantity being parsed, written before its number
};

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_PARSER_H_
