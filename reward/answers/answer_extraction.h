// The final answer of a whole response to a problem.
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_EXTRACTION_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_EXTRACTION_H_

#include <string>
#include <string_view>

namespace espalier {

// The final answer of a response, "" when there is none. What <think> blocks hold counts only when nothing
// else answers; what <answer>...</answer> holds goes before all the rest. Then, in this order:
//   1. the last box, or the last boxes joined by "and", "or", a comma or a semicolon ("1,-2");
//   2. "#### number" on the last line;
//   3. what the words after the last "answer is", "answer:" or "option is" state, or else "#### number"
//   anywhere;
//   4. the list that ends the text after "are" or "is" ("The solutions are 1 and -2."), the right-hand side
//   of
//      the last formula, or the last number, whichever stands last;
//   5. without any of these, the words after "answer is".
// A number comes back plain ("$1,250.50 per day." gives "1250.50"), everything else as it is written, the
// items of a list joined by commas. Time is linear in the length of the response.
std::string ExtractAnswer(std::string_view response);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_EXTRACTION_H_
