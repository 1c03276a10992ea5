#include "reward/answers/plain_mathematics.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/cat.h"

namespace espalier {
namespace {

constexpr std::array<std::string_view, 22> kNames = {
    "and", "or",  "pi",  "sqrt", "sin",  "cos",  "tan",    "cot",    "sec",    "csc", "log",
    "ln",  "exp", "inf", "oo",   "sinh", "cosh", "arcsin", "arccos", "arctan", "mod", "infinity"};
// Words of one or two letters that are no variables.
constexpr std::array<std::string_view, 24> kShortWords = {"an", "as", "at", "be", "by", "do", "he", "if",
                                                          "in", "is", "it", "me", "my", "no", "of", "on",
                                                          "so", "to", "up", "us", "we", "cm", "km", "kg"};

template <size_t n>
bool Contains(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool ContinuesFormula(std::string_view word) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(word));
  if (Contains(kNames, lower)) return true;
  return word.size() <= 2 && !Contains(kShortWords, lower);
}

size_t LettersAt(std::string_view text, size_t at) {
  size_t count = 0;
  while (at + count < text.size() && absl::ascii_isalpha(text[at + count])) ++count;
  return count;
}

// Where the command at `at` ends, the words in its braces included for \text{ cm} and \begin{pmatrix}.
size_t CommandEnd(std::string_view text, size_t at) {
  const size_t end = std::min(at + std::max<size_t>(2, 1 + LettersAt(text, at + 1)), text.size());
  const std::string_view name = text.substr(at, end - at);
  if (name != "\\text" && name != "\\begin" && name != "\\end") return end;
  return std::min(text.find('}', end), text.size() - 1) + 1;
}

// Whether a character of mathematics beyond ASCII begins `text`: a degree sign, Greek, or a mathematical
// sign; no other letters and no punctuation.
bool StartsWithSymbol(std::string_view text) {
  constexpr std::string_view kLeadBytes = "\xC2\xC3\xCE\xCF\xE2";
  return kLeadBytes.find(text[0]) != std::string_view::npos && !text.starts_with("\xE2\x80");
}

// Where the mathematics that begins `text` ends; brackets that are open there are in `open`.
size_t Scan(std::string_view text, std::vector<size_t>* open) {
  constexpr std::string_view kSigns = " \t&~+-*/^_=<>|!',;%$";
  size_t at = 0;
  while (at < text.size()) {
    const char character = text[at];
    if (const size_t letters = LettersAt(text, at); letters > 0) {
      if (!ContinuesFormula(text.substr(at, letters))) break;
      at += letters;
    } else if (character == '\\') {
      at = CommandEnd(text, at);
    } else if (character == '(' || character == '[' || character == '{') {
      open->push_back(at++);
    } else if (character == ')' || character == ']' || character == '}') {
      if (open->empty()) break;
      open->pop_back();
      ++at;
    } else if (character == '.') {
      if (at + 1 == text.size() || !absl::ascii_isdigit(text[at + 1])) break;
      ++at;
    } else if (character == ':' && at > 0 && absl::ascii_isdigit(text[at - 1])) {  // a ratio, a time
      if (at + 1 == text.size() || !absl::ascii_isdigit(text[at + 1])) break;
      ++at;
    } else if (absl::ascii_isdigit(character) || kSigns.find(character) != std::string_view::npos) {
      ++at;
    } else if (StartsWithSymbol(text.substr(at))) {
      ++at;
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    } else {
      break;
    }
  }
  return std::min(at, text.size());
}

bool DropLastWord(std::string_view& text, std::string_view word) {
  if (!text.ends_with(word)) return false;
  if (text.size() > word.size() && absl::ascii_isalnum(text[text.size() - word.size() - 1])) return false;
  text.remove_suffix(word.size());
  return true;
}

}  // namespace

std::string_view LeadingMathematics(std::string_view text) {
  std::vector<size_t> open;
  const size_t end = Scan(text, &open);
  std::string_view formula = text.substr(0, open.empty() ? end : open.front());
  const bool word_follows = end < text.size() && absl::ascii_isalpha(text[end]);
  for (bool changed = true; changed && !formula.empty();) {
    changed = DropLastWord(formula, "and") || DropLastWord(formula, "or") ||
              (word_follows && (DropLastWord(formula, "a") || DropLastWord(formula, "I")));
    constexpr std::string_view kDangling = " \t,;=+-*/^_<>&~";
    const size_t last = formula.find_last_not_of(kDangling);
    if (last + 1 != formula.size()) {
      formula = formula.substr(0, last + 1);
      changed = true;
    }
  }
  return formula;
}

}  // namespace espalier
