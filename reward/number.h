// Exact numbers as answers write them: no floating point, no tolerance.
#ifndef ESPALIER_REWARD_NUMBER_H_
#define ESPALIER_REWARD_NUMBER_H_

#include <optional>
#include <string>
#include <string_view>

namespace espalier {

struct Number {
  std::string
      text;  // as written, less thousands separators and "+": "1234.50", "-3/4", "3 1/2", "2.5 million"
  std::string value;  // in lowest terms: "2469/2", "-3/4", "7/2", "2500000"; equal numbers have equal values
};

// Reads the longest number at the very front of `text` and removes it from there; nullopt and no change when
// there is none. Forms: an optional sign ('-', '+' or U+2212), then 12 | 1,234,567 | 12.50 | .5 | 3/4 | 2.5/4
// | 3 1/2 (a whole number, a space, a proper fraction), then optionally hundred, thousand, million or
// billion. A fraction over zero is read up to its slash. Beyond 38 digits a decimal keeps its digits as its
// value, less redundant zeros, and a fraction its spelling.
std::optional<Number> ConsumeNumber(std::string_view& text);

// Only the forms 12 | 1,234,567 | 12.50 | .5, without a sign: removes the longest at the very front and
// returns it as written less commas; "" and no change when there is none.
std::string ConsumeDecimal(std::string_view& text);

}  // namespace espalier

#endif  // ESPALIER_REWARD_NUMBER_H_
