// Runs of letters in answers: a product of variables, a function, a unit or prose?
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_LETTERS_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_LETTERS_H_

#include <string_view>
#include <vector>

#include "reward/answers/answer_tokens.h"

namespace espalier {

// Appends the tokens of `run`, a whole run of letters that follows what `tokens` holds. "xy" is two
// variables, "xsin" a variable and a function, "apples" and everything in text a word.
void AddLetters(std::string_view run, bool spaced, bool in_text, std::vector<AnswerToken>* tokens);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_LETTERS_H_
