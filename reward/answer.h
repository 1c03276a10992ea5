// What a response answers, and when two answers are the same.
//
// Sameness goes through a key: equal answers have equal keys, so classes of answers are transitive and do not
// depend on the order of votes. Numbers compare exactly, as fractions in lowest terms; everything else as
// text.
#ifndef ESPALIER_REWARD_ANSWER_H_
#define ESPALIER_REWARD_ANSWER_H_

#include <functional>
#include <string>
#include <string_view>

#include "reward/answer_extraction.h"  // ExtractAnswer

namespace espalier {

// Answer -> name of its class. A grader for other kinds of answers is another function of this type.
// Blank answers, and only they, have the empty key.
using AnswerKeyFunction = std::function<std::string(std::string_view answer)>;

// The key of a bare answer. The same key have, for example, 42, 042, 42.00, $42, 42%, "42 dollars", x = 42
// and \frac{84}{2}. A percentage is the number before the sign; units and the words around one number are
// dropped.
std::string AnswerKey(std::string_view answer);

// Whether two bare answers are the same. A blank answer equals nothing.
bool AnswersEqual(std::string_view a, std::string_view b);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWER_H_
