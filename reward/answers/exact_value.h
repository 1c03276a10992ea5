// The exact value of a tree, where it has one.
#ifndef ESPALIER_REWARD_ANSWERS_EXACT_VALUE_H_
#define ESPALIER_REWARD_ANSWERS_EXACT_VALUE_H_

#include <cstdint>
#include <optional>

#include "reward/answers/big_rational.h"
#include "reward/answers/effort.h"
#include "reward/answers/expression.h"

namespace espalier {

// The rational number that the tree at `node` is; nullopt when it holds variables or constants that are not
// rational, when a step is not defined or its result is too long, or when the effort is spent. A percentage
// is its hundredth, degrees are the number before the sign.
std::optional<BigRational> ExactValue(const AnswerExpression& expression, int32_t node, Effort* effort);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_EXACT_VALUE_H_
