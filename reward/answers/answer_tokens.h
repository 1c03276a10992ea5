// The words and signs of a bare answer, LaTeX and plain text alike brought to one spelling.
//
// Dressing is gone (\left, \displaystyle, $...$, \boxed, spaces), synonyms are one (\dfrac and \frac, \leq
// and U+2264 and <=), thousands separators are out of numbers, letters stand alone unless they form a known
// name or are prose.
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_TOKENS_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_TOKENS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"

namespace espalier {

enum class AnswerTokenKind : uint8_t {
  kNumber,    // digits with at most one point, perhaps an exponent: "1234.5", "1.5e3"
  kVariable,  // one letter, or the name of a Greek one
  kName,      // a function or a command with its own grammar, without its backslash: "sin", "frac"
  kWord,      // two or more letters of prose, or one inside \text{}
  kSymbol,    // "+", "<=", "(", "\\{" for a set's brace, "{" for a group's, "\\\\" for the end of a row, ...
  kEnd
};

struct AnswerToken {
  AnswerTokenKind kind = AnswerTokenKind::kEnd;
  std::string text = {};
  bool spaced = false;   // space before it
  bool in_text = false;  // inside \text{} and its like

  bool Is(std::string_view symbol) const { return kind == AnswerTokenKind::kSymbol && text == symbol; }
  bool IsName(std::string_view name) const { return kind == AnswerTokenKind::kName && text == name; }
  bool IsWord(std::string_view word) const { return kind == AnswerTokenKind::kWord && text == word; }
  std::string Lower() const { return absl::AsciiStrToLower(text); }
};

// Which commas without marks and spaces part thousands: "1,234".
enum class Thousands : uint8_t { kOutsideBrackets, kNowhere, kEverywhere };

struct AnswerTokens {
  std::vector<AnswerToken> tokens;  // the last is kEnd
  bool commas_in_numbers = false;   // some comma was taken as a thousands separator without a mark
  bool commas_in_brackets = false;  // some comma inside brackets could be one
};

// At most kMaxAnswerBytes bytes; any content.
inline constexpr size_t kMaxAnswerBytes = 4096;
AnswerTokens TokenizeAnswer(std::string_view answer, Thousands thousands);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_TOKENS_H_
