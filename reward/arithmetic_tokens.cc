#include "reward/arithmetic_tokens.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "reward/number.h"

namespace espalier {
namespace {

using Kind = ArithmeticKind;

constexpr size_t kWindow = 64;  // no number that fits is longer

struct Spelling {
  std::string_view text;
  Kind kind;
  char sign = 0;
};

constexpr Spelling kSpellings[] = {
    {"\xC3\x97", Kind::kSign, '*'},        // U+00D7, multiplication sign
    {"\xC2\xB7", Kind::kSign, '*'},        // U+00B7, middle dot
    {"\xE2\x8B\x85", Kind::kSign, '*'},    // U+22C5, dot operator
    {"\xE2\x88\x97", Kind::kSign, '*'},    // U+2217, asterisk operator
    {"\xC3\xB7", Kind::kSign, '/'},        // U+00F7, division sign
    {"\xE2\x88\x95", Kind::kSign, '/'},    // U+2215, division slash
    {"\xE2\x88\x92", Kind::kSign, '-'},    // U+2212, minus sign
    {"\xE2\x80\x93", Kind::kSign, '-'},    // U+2013, en dash
    {"\xE2\x80\x94", Kind::kBreak},        // U+2014, em dash
    {"\xE2\x89\x88", Kind::kEquals, '~'},  // U+2248, almost equal
    {"\xC2\xB2", Kind::kPoison},           // U+00B2, squared
    {"\xC2\xB3", Kind::kPoison},           // U+00B3, cubed
    {"\xE2\x88\x9A", Kind::kPoison},       // U+221A, root
    {"\\times", Kind::kSign, '*'},
    {"\\cdot", Kind::kSign, '*'},
    {"\\div", Kind::kSign, '/'},
    {"\\approx", Kind::kEquals, '~'},
    {"\\\\", Kind::kBreak},
    {"\\(", Kind::kBreak},
    {"\\)", Kind::kBreak},
    {"\\[", Kind::kBreak},
    {"\\]", Kind::kBreak},
    {"\\quad", Kind::kBreak},
    {"\\implies", Kind::kBreak},
    {"\\Rightarrow", Kind::kBreak},
    {"=>", Kind::kBreak},
    {"->", Kind::kBreak},
    {"!=", Kind::kBreak},
    {"==", Kind::kEquals},
    {"=", Kind::kEquals},
    {"multiplied by ", Kind::kSign, '*'},
    {"divided by ", Kind::kSign, '/'},
    {"plus ", Kind::kSign, '+'},
    {"minus ", Kind::kSign, '-'},
    {"+", Kind::kSign, '+'},
    {"-", Kind::kSign, '-'},
    {"*", Kind::kSign, '*'},
    {"/", Kind::kSign, '/'},
    {"(", Kind::kOpen},
    {"[", Kind::kOpen},
    {")", Kind::kClose},
    {"]", Kind::kClose},
    {"^", Kind::kPoison},
    {"?", Kind::kWord},
};

// They change no value.
constexpr std::string_view kDropped[] = {
    "$",   "\\$",      "\xE2\x82\xAC", "\xC2\xA3",      "\xC2\xA5", "\\left",  "\\right",
    "\\,", "\\;",      "\\:",          "\\ ",           "\\!",      "\\boxed", "`",
    "&",   "\xC2\xA0", "\xE2\x80\xAF", "\\displaystyle"};

constexpr std::string_view kFractions[] = {"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"};

bool IsWordByte(char c) { return absl::ascii_isalpha(c) || c == '_' || c == '\''; }

// The bytes of a character beyond ASCII at the front, or 0.
size_t ForeignCharacter(std::string_view text) {
  if (text.empty() || absl::ascii_isascii(text[0])) return 0;
  size_t length = 1;
  while (length < text.size() && (text[length] & 0xC0) == 0x80) ++length;
  return length;
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : rest_(text) {}

  std::vector<ArithmeticToken> Run() {
    TakeBullet();
    while (!rest_.empty()) {
      if (TakeSpace() || TakeNumber() || TakeFraction() || TakeBold() || TakeTimes() || TakeOf() ||
          TakeUnit())
        continue;
      if (TakeDropped() || TakeBrace() || TakeMark() || TakeSpelling() || TakeWord()) continue;
      Add(Kind::kBreak, 1);
    }
    return std::move(tokens_);
  }

 private:
  enum class Brace { kPlain, kNumerator, kDenominator };

  ArithmeticToken& Add(Kind kind, size_t length, char sign = 0) {
    ArithmeticToken token;
    token.kind = kind;
    token.sign = sign;
    token.glued = end_ == rest_.data();
    tokens_.push_back(token);
    rest_.remove_prefix(length);
    end_ = rest_.data();
    return tokens_.back();
  }

  bool Follows(Kind kind) const { return !tokens_.empty() && tokens_.back().kind == kind; }
  bool GluedTo(Kind kind) const { return Follows(kind) && end_ == rest_.data(); }
  char At(size_t index) const { return index < rest_.size() ? rest_[index] : '\0'; }

  bool BeginsOperand(size_t index) const {
    return absl::ascii_isdigit(At(index)) || At(index) == '$' || At(index) == '(' || At(index) == '.';
  }

  // A line that begins with "=" goes on with the equation of the line before.
  bool TakeSpace() {
    size_t length = 0;
    bool line = false;
    for (; length < rest_.size() && absl::ascii_isspace(rest_[length]); ++length)
      line |= rest_[length] == '\n';
    if (length == 0) return false;
    if (line && At(length) != '=' && At(length) != '&') {
      Add(Kind::kBreak, length);
      TakeBullet();
    } else {
      rest_.remove_prefix(length);
    }
    return true;
  }

  void TakeBullet() {
    if ((At(0) == '-' || At(0) == '*') && At(1) == ' ') Add(Kind::kBreak, 2);
  }

  bool TakeNumber() {
    std::string_view window = rest_.substr(0, kWindow);
    const std::string written = ConsumeDecimal(window);
    if (written.empty()) return false;
    std::string_view after = rest_.substr(rest_.substr(0, kWindow).size() - window.size());
    std::optional<Rational> value = RationalOf(written);
    const size_t point = written.find('.');
    if (window.empty() && !after.empty()) {
      value = std::nullopt;
      after.remove_prefix(std::min(after.find_first_not_of("0123456789.,"), after.size()));
    } else if (point == std::string::npos) {
      TakeMixed(written, after, value);
    }
    ArithmeticToken& token = Add(Kind::kNumber, rest_.size() - after.size());
    token.value = value;
    token.decimals = point == std::string::npos ? 0 : static_cast<int>(written.size() - point - 1);
    for (const std::string_view dots : {"...", "\xE2\x80\xA6", "\\ldots"}) {
      if (!rest_.starts_with(dots)) continue;
      token.approximate = true;
      rest_.remove_prefix(dots.size());
      end_ = rest_.data();
    }
    return true;
  }

  // The " 1/2" of 3 1/2, or " and 1/2".
  static void TakeMixed(std::string_view whole, std::string_view& after, std::optional<Rational>& value) {
    const size_t gap = after.starts_with(" and ") ? 5 : 1;
    if (after.size() <= gap || after[gap - 1] != ' ' || !absl::ascii_isdigit(after[gap])) return;
    const std::string window = Cat(whole, " ", after.substr(gap, kWindow));
    std::string_view rest = window;
    const std::optional<Number> number = ConsumeNumber(rest);
    const size_t slash = number->value.find('/');
    if (number->text.find(' ') == std::string::npos || slash == std::string::npos) return;
    const std::string_view written = number->value;
    const auto numerator = RationalOf(written.substr(0, slash));
    const auto denominator = RationalOf(written.substr(slash + 1));
    value = numerator && denominator ? Divide(*numerator, *denominator) : std::nullopt;
    after.remove_prefix(gap + window.size() - rest.size() - whole.size() - 1);
  }

  bool TakeFraction() {
    for (const std::string_view command : kFractions) {
      if (!rest_.starts_with(command)) continue;
      if (Follows(Kind::kNumber) || At(command.size()) != '{') {
        Add(Kind::kPoison, command.size());
      } else {
        Add(Kind::kOpen, command.size());
        Add(Kind::kOpen, 1);
        braces_.push_back(Brace::kNumerator);
      }
      return true;
    }
    return false;
  }

  bool TakeBrace() {
    if (rest_.starts_with("{,}")) return rest_.remove_prefix(3), true;
    if (At(0) == '{') {
      braces_.push_back(Brace::kPlain);
      Add(Kind::kOpen, 1);
      return true;
    }
    if (At(0) != '}') return false;
    if (braces_.empty()) return Add(Kind::kBreak, 1), true;
    const Brace brace = braces_.back();
    braces_.pop_back();
    Add(Kind::kClose, 1);
    if (brace == Brace::kNumerator && At(0) == '{') {
      Add(Kind::kSign, 0, '/');
      Add(Kind::kOpen, 1);
      braces_.push_back(Brace::kDenominator);
    } else if (brace != Brace::kPlain) {
      Add(Kind::kClose, 0);
    }
    return true;
  }

  // "**": bold, or a power.
  bool TakeBold() {
    if (!rest_.starts_with("**")) return false;
    const bool operand = GluedTo(Kind::kNumber) || GluedTo(Kind::kClose);
    if (operand && (absl::ascii_isdigit(At(2)) || At(2) == '(')) {
      Add(Kind::kPoison, 2);
    } else {
      rest_.remove_prefix(2);
    }
    return true;
  }

  // "x" and "times" between numbers; elsewhere they are words ("3 times as many").
  bool TakeTimes() {
    if (!Follows(Kind::kNumber) && !Follows(Kind::kClose) && !Follows(Kind::kWord)) return false;
    const bool letter = At(0) == 'x' || At(0) == 'X';
    if (!letter && !rest_.starts_with("times ")) return false;
    const size_t length = letter ? 1 : 5;
    if (!BeginsOperand(At(length) == ' ' ? length + 1 : length)) return false;
    Add(Kind::kSign, length, '*');
    return true;
  }

  // "20% of 50", "1/4 of 20": nothing else has "of" for a sign.
  bool TakeOf() {
    if (!rest_.starts_with("of ") || !BeginsOperand(3) || !Follows(Kind::kNumber)) return false;
    const bool fraction = tokens_.size() > 2 && tokens_[tokens_.size() - 2].sign == '/';
    if (!fraction && !tokens_.back().percent) return false;
    Add(Kind::kSign, 2, '*').approximate = true;
    return true;
  }

  // "-page" of "3-page", "/hour" of "$10/hour" and "12 months/year".
  bool TakeUnit() {
    if ((At(0) != '-' && At(0) != '/') || !absl::ascii_isalpha(At(1))) return false;
    if (!GluedTo(Kind::kNumber) && !(At(0) == '/' && GluedTo(Kind::kWord))) return false;
    rest_.remove_prefix(1);
    return TakeWord();
  }

  bool TakeDropped() {
    for (const std::string_view dropped : kDropped) {
      if (!rest_.starts_with(dropped)) continue;
      rest_.remove_prefix(dropped.size());
      return true;
    }
    return false;
  }

  // What means something only behind a number.
  bool TakeMark() {
    const size_t percent = rest_.starts_with("\\%") ? 2 : rest_.starts_with('%') ? 1 : 0;
    if (percent > 0) {
      if (!Follows(Kind::kNumber)) return Add(Kind::kWord, percent), true;
      tokens_.back().percent = true;
      rest_.remove_prefix(percent);
      end_ = rest_.data();
      return true;
    }
    if (At(0) != '!' || At(1) == '=' || !(GluedTo(Kind::kNumber) || GluedTo(Kind::kClose))) return false;
    const size_t next = At(1) == ' ' ? 2 : 1;
    constexpr std::string_view kGoesOn = "+-*/=)\\";
    Add(next < rest_.size() && kGoesOn.find(rest_[next]) != std::string_view::npos ? Kind::kPoison
                                                                                   : Kind::kBreak,
        1);
    return true;
  }

  bool TakeSpelling() {
    for (const Spelling& spelling : kSpellings) {
      if (!rest_.starts_with(spelling.text)) continue;
      ArithmeticToken& token = Add(spelling.kind, spelling.text.size(), spelling.sign);
      token.approximate = spelling.sign == '~';
      return true;
    }
    return false;
  }

  bool TakeWord() {
    if (At(0) == '\\') return TakeCommand();
    size_t length = ForeignCharacter(rest_);
    if (length == 0) {
      while (IsWordByte(At(length)) || (length > 0 && absl::ascii_isdigit(At(length)))) ++length;
    }
    if (length == 0) return false;
    const std::string_view word = rest_.substr(0, length);
    Add(word == "sqrt" ? Kind::kPoison : Kind::kWord, length).word = word;
    return true;
  }

  // Any other LaTeX command: \text{...} is its words, an environment's ends are breaks.
  bool TakeCommand() {
    if (rest_.starts_with("\\begin{") || rest_.starts_with("\\end{")) {
      const size_t close = rest_.substr(0, kWindow).find('}');
      return Add(Kind::kBreak, close == std::string_view::npos ? rest_.find('{') + 1 : close + 1), true;
    }
    constexpr std::string_view kText = "\\text{";
    const size_t end = rest_.starts_with(kText) ? rest_.substr(0, kWindow).find('}') : std::string_view::npos;
    if (end != std::string_view::npos) {
      std::string_view words = rest_.substr(kText.size(), end - kText.size());
      while (words.starts_with(' ')) words.remove_prefix(1);
      Add(Kind::kWord, end + 1).word = words;
      return true;
    }
    size_t length = 1;
    while (absl::ascii_isalpha(At(length))) ++length;
    Add(Kind::kPoison, length);
    return true;
  }

  std::string_view rest_;
  const char* end_ = nullptr;  // of the last token
  std::vector<Brace> braces_;  // open ones
  std::vector<ArithmeticToken> tokens_;
};

}  // namespace

std::vector<ArithmeticToken> TokenizeArithmetic(std::string_view text) { return Tokenizer(text).Run(); }

}  // namespace espalier
