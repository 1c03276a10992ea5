// An answer as a response writes it, brought into the form in which ExtractAnswer returns it.
#ifndef ESPALIER_REWARD_ANSWERS_WRITTEN_ANSWER_H_
#define ESPALIER_REWARD_ANSWERS_WRITTEN_ANSWER_H_

#include <span>
#include <string>
#include <string_view>

namespace espalier {

// Without spaces, markdown and math delimiters around it and without the full stop behind it.
std::string_view TrimAnswer(std::string_view written);

// A number plain, "x = 20\text{ minutes}" -> "20", "25\%" -> "25%"; everything else trimmed. An equation in
// several terms, an inequality and a factorial are no plain numbers.
std::string PlainAnswer(std::string_view written);

// The items as one list, joined by commas, each once, in their order. Where all assign to the same variable
// the assignments are dropped: "x=1", "x=-2" -> "1,-2".
std::string JoinAnswers(std::span<const std::string_view> items);

// Whether there is something in `formula` that could be an answer: a digit, a LaTeX command, or more than one
// letter.
bool HoldsValue(std::string_view formula);

// What stands behind the last "=" of a formula, the ends of its environment and its alignment taken off; the
// whole formula when it has none, or is a list of equations.
std::string_view RightHandSide(std::string_view formula);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_WRITTEN_ANSWER_H_
