#include "reward/arithmetic_checker.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "reward/arithmetic_side.h"
#include "reward/arithmetic_tokens.h"

namespace espalier {
namespace {

using Kind = ArithmeticKind;

// Whether the words before an expression may work on its first number: "half of", not "a total of".
bool Reach(std::string_view before_last, std::string_view last) {
  constexpr std::array<std::string_view, 14> kReaching = {"of",     "as",     "than",   "by",   "from",
                                                          "to",     "half",   "twice",  "root", "squared",
                                                          "double", "triple", "thrice", "log"};
  constexpr std::array<std::string_view, 5> kTotals = {"total", "sum", "up", "comes", "amounts"};
  return std::find(kReaching.begin(), kReaching.end(), last) != kReaching.end() &&
         std::find(kTotals.begin(), kTotals.end(), before_last) == kTotals.end();
}

// "5*3=15 and 15+4=19": the second is an equation of its own.
bool JoinsClauses(std::string_view word) {
  constexpr std::array<std::string_view, 5> kJoining = {"and", "so", "then", "but", "or"};
  return std::find(kJoining.begin(), kJoining.end(), word) != kJoining.end();
}

// Whether `side` is `other` as far as its decimals say.
bool IsRounding(const ArithmeticSide& side, const Rational& value, const Rational& other, bool hundredth,
                bool approximate) {
  const ArithmeticToken* literal = side.Literal();
  if (literal == nullptr) return false;
  const int decimals = literal->decimals + (literal->percent && hundredth ? 2 : 0);
  if (decimals > 18 || (decimals == 0 && !approximate)) return false;
  return WithinUnits(value, other, decimals, literal->approximate ? 2 : 1).value_or(false);
}

// Whether the sides are equal; nullopt if that cannot be computed.
std::optional<bool> Equal(const ArithmeticSide& left, const ArithmeticSide& right, bool hundredth,
                          bool approximate) {
  const std::optional<Rational> a = left.Value(hundredth);
  const std::optional<Rational> b = right.Value(hundredth);
  if (!a || !b) return std::nullopt;
  return *a == *b || IsRounding(left, *a, *b, hundredth, approximate) ||
         IsRounding(right, *b, *a, hundredth, approximate);
}

void Compare(const ArithmeticSide& left, const ArithmeticSide& right, bool approximate, StepCheck& check) {
  std::optional<bool> equal = Equal(left, right, /*hundredth=*/true, approximate);
  if (equal == false && (left.has_percent() || right.has_percent())) {
    equal = Equal(left, right, /*hundredth=*/false, approximate);
  }
  const bool excused = approximate || left.vague() || right.vague() || right.has_part() ||
                       (!left.unit().empty() && !SameUnit(left.unit(), right.unit()));
  if (equal == true) {
    ++check.right;
  } else if (equal == false && !excused) {
    ++check.wrong;
  } else {
    ++check.unchecked;
  }
}

// Finds the equations in a row of tokens: sides, joined by "=" to chains.
class Finder {
 public:
  explicit Finder(StepCheck& check) : check_(check) {}

  void Take(const ArithmeticToken& token) {
    if (token.kind == Kind::kBreak) {
      EndChain();
    } else if (token.kind == Kind::kEquals) {
      EndSide();
      approximate_ = token.approximate;
    } else if (side_.Ends(token)) {
      // "350 000", "1 hour 20 minutes", "1/2 (68)": the two may belong together.
      const bool compound = side_.known() && side_.words() < 2 && !(has_left_ && JoinsClauses(last_));
      if (compound) side_.MakeVague();
      EndChain();
      if (compound || Reach(before_last_, last_)) side_.MakeVague();
      side_.Add(token);
    } else if (!side_.Add(token)) {
      EndChain();
      side_.MakeUnknown();
    }
    before_last_ = std::exchange(last_, token.word);
  }

  void EndChain() {
    if (has_left_) EndSide();
    has_left_ = has_operator_ = false;
    left_ = side_ = ArithmeticSide();
  }

 private:
  void EndSide() {
    if (side_.Close()) has_left_ = has_operator_ = false;
    has_operator_ |= side_.has_operator();
    if (has_left_ && has_operator_ && left_.known() && side_.known()) {
      Compare(left_, side_, approximate_, check_);
    }
    left_ = std::exchange(side_, ArithmeticSide());
    left_.GoOn();
    has_left_ = true;
  }

  StepCheck& check_;
  ArithmeticSide left_, side_;
  std::string_view last_, before_last_;  // words, if the last two tokens are
  bool has_left_ = false;                // left_ and "=" stand before side_
  bool has_operator_ = false;            // somewhere in the chain
  bool approximate_ = false;             // the "=" before side_
};

void CheckPlain(std::string_view text, StepCheck& check) {
  Finder finder(check);
  for (const ArithmeticToken& token : TokenizeArithmetic(text)) finder.Take(token);
  finder.EndChain();
}

}  // namespace

StepCheck CheckArithmetic(std::string_view step) {
  StepCheck check;
  std::string plain;
  while (true) {
    const size_t open = step.find("<<");
    const size_t close = open == std::string_view::npos ? open : step.find(">>", open);
    if (close == std::string_view::npos) break;
    plain += step.substr(0, open);
    CheckPlain(step.substr(open + 2, close - open - 2), check);
    step.remove_prefix(close + 2);
  }
  plain += step;
  CheckPlain(plain, check);
  return check;
}

double CheckerScore(const StepCheck& check) { return check.wrong > 0 ? 0 : 1; }

}  // namespace espalier
