// Mathematics that a sentence writes without delimiters.
#ifndef ESPALIER_REWARD_ANSWERS_PLAIN_MATHEMATICS_H_
#define ESPALIER_REWARD_ANSWERS_PLAIN_MATHEMATICS_H_

#include <string_view>

namespace espalier {

// The longest beginning of `text` that reads as mathematics: numbers, operators, brackets, LaTeX commands,
// variables of one or two letters, names of functions, and "and" or "or" between. What dangles at its end is
// taken off: "12 (since 3*4=12)" -> "12", "2x + 3 where" -> "2x + 3". "" when it begins with a word.
std::string_view LeadingMathematics(std::string_view text);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_PLAIN_MATHEMATICS_H_
