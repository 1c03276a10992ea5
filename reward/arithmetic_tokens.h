// Cuts text into the tokens that arithmetic is written in: numbers, signs, and what stands in their way.
#ifndef ESPALIER_REWARD_ARITHMETIC_TOKENS_H_
#define ESPALIER_REWARD_ARITHMETIC_TOKENS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "reward/rational.h"

namespace espalier {

enum class ArithmeticKind {
  kNumber,
  kSign,    // an operator
  kOpen,    // ( [ {
  kClose,   // ) ] }
  kEquals,  // also of an approximation
  kWord,    // letters, or signs that no arithmetic uses
  kPoison,  // a function or an operator that we do not compute: its whole side of an equation is unknown
  kBreak,   // no equation reaches across it: the end of a clause or a line
};

struct ArithmeticToken {
  ArithmeticKind kind = ArithmeticKind::kBreak;
  char sign = 0;             // kSign: + - * /
  bool glued = false;        // nothing stands between it and the token before
  bool approximate = false;  // kEquals: not said to be exact; kNumber: "..." follows its digits; kSign: "of"
  bool percent = false;      // kNumber
  int decimals = 0;          // kNumber: digits after the point
  std::optional<Rational> value;  // kNumber: nothing when it does not fit
  std::string_view word;          // kWord, from the text; kept without hyphen or slash before it
};

// In time and space linear in the text. Reads 1,234 | 2.50 | .5 | 3 1/2, the signs + - * x × · / ÷ and the
// words plus, minus, times, multiplied by, divided by; drops currency signs, markdown's bold and, of LaTeX,
// what does not change a value; \frac{a}{b} becomes ((a)/(b)). Bullets of a list are breaks.
std::vector<ArithmeticToken> TokenizeArithmetic(std::string_view text);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ARITHMETIC_TOKENS_H_
