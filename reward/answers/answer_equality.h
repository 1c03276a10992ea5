// When two values say the same.
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_EQUALITY_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_EQUALITY_H_

#include "reward/answers/answer_value.h"
#include "reward/answers/effort.h"

namespace espalier {

// Symmetric as long as the effort lasts. The rules, in words:
// - A name before a value (x = 5, f(x) = ...) may be missing on one side but must not differ; two equations
// are
//   the same when their sides' differences are proportional.
// - Numbers are equal only if they are the same number. A decimal of six or more decimals also equals the
//   fraction that it rounds or truncates. A percentage equals the number before its sign and its hundredth.
// - A unit may be missing on one side; two units are converted if they measure the same, otherwise differ. An
// angle in
//   degrees equals the number before its sign and its radians.
// - Lists and sets have no order; tuples have one. (1, 2) is a point and an interval, no set of two numbers.
bool ValuesEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_EQUALITY_H_
