// Sets of real numbers as unions of intervals: values of the kind kRealSet.
//
// Every function returns the intervals in ascending order, apart from one another, if their ends can be
// compared; nullopt when they cannot but would have to be, and beyond kMaxIntervals.
#ifndef ESPALIER_REWARD_ANSWERS_REAL_SET_H_
#define ESPALIER_REWARD_ANSWERS_REAL_SET_H_

#include <optional>
#include <vector>

#include "reward/answers/answer_value.h"
#include "reward/answers/effort.h"

namespace espalier {

inline constexpr size_t kMaxIntervals = 32;

AnswerValue InfinityValue(int sign);
AnswerValue AllReals();

// From `lower` to `upper`; the brackets say whether the ends belong to it.
AnswerValue MakeInterval(char open, AnswerValue lower, AnswerValue upper, char close);

// An interval (tuple of two), a finite set, the empty set or a real set as a real set; nullopt for other
// values.
std::optional<AnswerValue> ToRealSet(const AnswerValue& value, Effort* effort);

std::optional<AnswerValue> UniteSets(const AnswerValue& a, const AnswerValue& b, Effort* effort);
std::optional<AnswerValue> IntersectSets(const AnswerValue& a, const AnswerValue& b, Effort* effort);
std::optional<AnswerValue> Complement(const AnswerValue& set, Effort* effort);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_REAL_SET_H_
