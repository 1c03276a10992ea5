// One side of an equation, as it is read and as a value.
#ifndef ESPALIER_REWARD_ARITHMETIC_SIDE_H_
#define ESPALIER_REWARD_ARITHMETIC_SIDE_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "reward/arithmetic_tokens.h"

namespace espalier {

class ArithmeticSide {
 public:
  // What may come next: an operand, or a sign.
  bool expects_operand() const { return expects_operand_; }
  bool empty() const { return tokens_.empty() && !unknown_; }

  // Whether this number or opening parenthesis begins another expression, because an operand stands before
  // it.
  bool Ends(const ArithmeticToken& token) const;
  // Any kind but kEquals and kBreak, and nothing that Ends. False for a ")" that closes nothing: nothing that
  // follows belongs to the side.
  bool Add(const ArithmeticToken& token);
  // Nothing follows. Drops what stands before a parenthesis that was not closed; true if there was any.
  bool Close();

  // The words behind the last number stand before a sign.
  void GoOn();

  void MakeUnknown() { unknown_ = true, expects_operand_ = false; }
  void MakeVague() { vague_ = true; }

  // After Close. Whether it has a value at all, as far as one can read it.
  bool known() const { return !unknown_; }
  bool has_operator() const { return has_operator_; }
  bool has_percent() const { return has_percent_; }
  bool has_part() const { return has_part_; }  // "1/4 of 20"
  bool vague() const { return vague_; }
  size_t words() const { return words_; }          // at the end
  std::string_view unit() const { return unit_; }  // "": none

  // Nullopt: overflow or division by zero.
  std::optional<Rational> Value(bool percent_is_hundredth) const;
  // The number if the side is nothing else, but for a sign and parentheses.
  const ArithmeticToken* Literal() const;

 private:
  void AddNumber(const ArithmeticToken& token);
  void AddSign(const ArithmeticToken& token);
  void AddOpen(const ArithmeticToken& token);
  void AddWord(const ArithmeticToken& token);
  void Operate(char sign);

  std::vector<ArithmeticToken> tokens_;  // numbers, signs and parentheses; '~' is the sign of a negation
  std::vector<size_t> open_;             // indices of parentheses not yet closed
  size_t words_ = 0;                     // behind the last number
  bool expects_operand_ = true;
  bool unknown_ = false;
  bool joined_ = false;  // an unknown part goes on: what follows belongs to it
  bool vague_ = false;
  bool has_operator_ = false;
  bool has_percent_ = false;
  bool has_part_ = false;
  std::string_view unit_;
};

// "coin" and "coins" are the same unit.
bool SameUnit(std::string_view a, std::string_view b);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ARITHMETIC_SIDE_H_
