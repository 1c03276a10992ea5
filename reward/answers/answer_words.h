// The vocabulary of answers: commands, signs and words with a meaning of their own.
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_WORDS_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_WORDS_H_

#include <optional>
#include <string>
#include <string_view>

#include "reward/answers/answer_tokens.h"

namespace espalier {

// What a LaTeX command ("leq", without its backslash) or a character outside ASCII stands for.
struct AnswerSign {
  AnswerTokenKind kind;
  std::string_view text;  // empty: nothing, only dressing
};

// Nullopt for unknown commands.
std::optional<AnswerSign> SignOfCommand(std::string_view command);

// The sign that begins `text`, and how many bytes it takes; nullopt when none does.
std::optional<AnswerSign> SignOfCharacter(std::string_view text, size_t* bytes);

// Commands whose braces hold prose: "text", "mbox", "mathrm".
bool IsTextCommand(std::string_view command);

// Functions of one scalar argument, by their usual name: "asin" gives "arcsin". "" for other words.
std::string_view FunctionName(std::string_view word);

// "dollar", "euro", "pound" (sterling), "yen", as the names of their signs.
bool IsCurrencyName(std::string_view name);

// "seven" -> 7, "twenty" -> 20.
std::optional<int> NumberWord(std::string_view lower_case);

// "third" and "thirds" -> 3.
std::optional<int> PartWord(std::string_view lower_case);

// "thousand" -> 3.
std::optional<int> MagnitudeWord(std::string_view lower_case);

// Words that may be left out beside a number without a change of what is said: "about", "apples"; not those
// that say something about it: "half", "minus", "squared".
bool IsIdleWord(std::string_view lower_case);

// The name of what a whole answer in words says, if it has one of its own: "no solution" and "none" give "no
// solution"; "DNE" gives "undefined"; "all real numbers" gives "all reals". Otherwise "".
std::string_view MeaningOfPhrase(std::string_view lower_case);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_WORDS_H_
