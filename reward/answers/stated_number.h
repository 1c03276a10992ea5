// Numbers among words: the one that an answer states, and the next one in a text.
#ifndef ESPALIER_REWARD_ANSWERS_STATED_NUMBER_H_
#define ESPALIER_REWARD_ANSWERS_STATED_NUMBER_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "reward/number.h"

namespace espalier {

struct FoundNumber {
  Number number;
  size_t begin;  // in the text, sign included
  size_t end;
};

// The first number at or after `from`. A sign behind a letter, a digit or a closing bracket is an operator
// and not part of the number.
std::optional<FoundNumber> NextNumber(std::string_view text, size_t from);

// The number that a bare answer states, if all around it is idle: "x = about 42 dollars." -> 42.
std::optional<Number> StatedNumber(std::string_view answer);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_STATED_NUMBER_H_
