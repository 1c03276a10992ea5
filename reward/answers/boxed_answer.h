// Answers in \boxed{...}.
#ifndef ESPALIER_REWARD_ANSWERS_BOXED_ANSWER_H_
#define ESPALIER_REWARD_ANSWERS_BOXED_ANSWER_H_

#include <string>
#include <string_view>

namespace espalier {

// What the last \boxed{...} or \fbox{...} holds, as PlainAnswer gives it; "" when no box holds anything.
// Boxes before it belong to it when only "and", "or", commas, semicolons, an assignment ("$x=\boxed{1}$ and
// $x=\boxed{2}$") or math delimiters stand between. Of nested boxes the innermost counts. A box that is never
// closed counts when there is no other, up to the end of its formula or line. Braces are matched within a
// paragraph.
std::string BoxedAnswer(std::string_view text);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_BOXED_ANSWER_H_
