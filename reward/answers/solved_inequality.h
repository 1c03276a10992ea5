// Inequalities in one variable, solved.
#ifndef ESPALIER_REWARD_ANSWERS_SOLVED_INEQUALITY_H_
#define ESPALIER_REWARD_ANSWERS_SOLVED_INEQUALITY_H_

#include <optional>

#include "reward/answers/answer_value.h"
#include "reward/answers/effort.h"

namespace espalier {

// The relation sides.left OP sides.right; OP is '<', '>', 'l' (<=), 'g' (>=) or 'n' (!=). A real set with the
// variable as its name where the relation is linear in one variable, or has the variable alone on one side;
// otherwise an inequality; nullopt for != that cannot be solved.
std::optional<AnswerValue> ReadInequality(const Sides& sides, char relation, Effort* effort);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_SOLVED_INEQUALITY_H_
