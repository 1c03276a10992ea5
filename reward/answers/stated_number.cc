#include "reward/answers/stated_number.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "base/text.h"
#include "reward/answers/markup.h"

namespace espalier {
namespace {

// Short words that may stand beside a number; any other of one or two letters could be a variable.
constexpr std::array<std::string_view, 22> kShortUnits = {"am", "cm", "ft", "g",  "gb", "h",  "hr", "in",
                                                          "kg", "km", "l",  "lb", "m",  "mb", "mg", "mi",
                                                          "ml", "mm", "oz", "pm", "s",  "yd"};
constexpr std::array<std::string_view, 9> kShortWords = {"a", "an", "at", "by", "is", "of", "on", "rs", "us"};
// Words that say something about the number itself.
constexpr std::array<std::string_view, 11> kWordsOfMeaning = {
    "and", "divided", "half", "infinity", "minus", "negative", "over", "plus", "sqrt", "squared", "times"};

template <size_t n>
bool Contains(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// `attached`: no space between the number and the word, as in 5km. "2a" is a product.
bool IsIdleWord(std::string_view word, bool attached) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(word));
  if (lower.size() > 2) return !Contains(kWordsOfMeaning, lower);
  return Contains(kShortUnits, lower) || (!attached && Contains(kShortWords, lower));
}

// Removes an exponent of a unit from the front: cm^2, m^{3}, m².
void SkipExponent(std::string_view& text) {
  for (const std::string_view exponent : {"^2", "^3", "^{2}", "^{3}", "\xC2\xB2", "\xC2\xB3"}) {
    if (text.starts_with(exponent)) return text.remove_prefix(exponent.size());
  }
}

// True for text that can stand beside a number and leave it the answer: words, units ("cm^2", "miles/hour"),
// percent signs and punctuation; no digits, no operators, no LaTeX commands.
bool IsIdleText(std::string_view text, bool attached) {
  constexpr std::string_view kPunctuation = " \t\r\n%.,;:!?()\"*";
  while (!text.empty()) {
    size_t letters = 0;
    while (letters < text.size() &&
           (absl::ascii_isalpha(text[letters]) || (letters > 0 && text[letters] == '\''))) {
      ++letters;
    }
    if (letters > 0) {
      if (!IsIdleWord(text.substr(0, letters), attached)) return false;
      text.remove_prefix(letters);
      SkipExponent(text);
      if (text.size() > 1 && (text[0] == '/' || text[0] == '-') && absl::ascii_isalpha(text[1]))
        text.remove_prefix(1);
    } else if (kPunctuation.find(text[0]) != std::string_view::npos) {
      text.remove_prefix(1);
      attached = false;
    } else {
      return false;
    }
  }
  return true;
}

// Where the digits of the next number begin: at a digit, or at the point of ".5" unless a letter is before
// it.
size_t FindDigits(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    if (absl::ascii_isdigit(text[at])) break;
    const bool point = text[at] == '.' && at + 1 < text.size() && absl::ascii_isdigit(text[at + 1]);
    if (point && (at == 0 || !absl::ascii_isalpha(text[at - 1]))) break;
  }
  return at;
}

}  // namespace

std::optional<FoundNumber> NextNumber(std::string_view text, size_t from) {
  size_t begin = FindDigits(text, from);
  if (begin == text.size()) return std::nullopt;
  for (const std::string_view sign : {"-", "+", "\xE2\x88\x92"}) {
    if (!text.substr(from, begin - from).ends_with(sign)) continue;
    const size_t before = begin - sign.size();
    const char left = before > 0 ? text[before - 1] : ' ';
    if (!absl::ascii_isalnum(left) && left != ')' && left != ']' && left != '}') begin = before;
    break;
  }
  std::string_view rest = text.substr(begin);
  std::optional<Number> number = ConsumeNumber(rest);
  return FoundNumber{*std::move(number), begin, text.size() - rest.size()};
}

std::optional<Number> StatedNumber(std::string_view answer) {
  std::string plain = StripMarkup(answer);
  if (const size_t equals = plain.rfind('='); equals != std::string::npos) plain.erase(0, equals + 1);
  std::string_view text = Trim(plain);
  const bool spaced_minus = text.starts_with("- ");
  if (spaced_minus) text = Trim(text.substr(2));
  std::optional<FoundNumber> found = NextNumber(text, 0);
  if (!found) return std::nullopt;
  const std::string_view lead = text.substr(0, found->begin);
  if (!IsIdleText(lead, false) || !IsIdleText(text.substr(found->end), true)) return std::nullopt;
  if (!lead.empty() && (spaced_minus || absl::ascii_isalpha(lead.back())))
    return std::nullopt;  // "B2" is a name
  if (spaced_minus) return StatedNumber(Cat("-", text));
  return std::move(found->number);
}

}  // namespace espalier
