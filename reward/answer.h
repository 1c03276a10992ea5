// What a response answers, and when two answers are the same.
//
// Two answers are the same when they mean the same: LaTeX and plain text are parsed, numbers, polynomials and
// their quotients compared exactly, other mathematics at fixed points to high precision, the rest as text.
// There is no tolerance. Sameness is symmetric but not transitive; for votes, answer_classes.h makes classes
// of it.
#ifndef ESPALIER_REWARD_ANSWER_H_
#define ESPALIER_REWARD_ANSWER_H_

#include <string_view>

#include "reward/answers/answer_extraction.h"  // ExtractAnswer

namespace espalier {

// Whether two bare answers mean the same. Symmetric; a blank answer equals nothing, every other one itself.
// The same are, for example, 42, 042, 42.00, $42, 42%, "42 dollars", x = 42 and \frac{84}{2}; (x+1)^2 and
// x^2+2x+1; x > 2 and (2, \infty); 1, 2 and \{2, 1\}. The rules are in answer_equality.h. Takes a bounded
// amount of work, whatever the answers; beyond 4,096 bytes they are compared as text.
bool AnswersEqual(std::string_view a, std::string_view b);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWER_H_
