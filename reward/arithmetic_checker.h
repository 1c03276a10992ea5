// A step scorer that needs no model: whether the arithmetic that a step writes down is exactly right.
//
// It reads any text and looks for equations, a side with at least one operator equal to another side:
// "She sold 48 / 2 = 24 clips", "3*14=42 ; 23+42=65", "48/2=<<48/2=24>>24", "$\frac{3}{4} \times 8 = 6$".
// What lies in GSM8K's marks <<...>> is an equation of its own, and the text around them is read without
// them. In a = b = c each sign is an equation. Numbers and signs are those of TokenizeArithmetic, sides have
// parentheses and the usual precedence, values are exact fractions.
//
// An equation is right when its sides are equal, or when one side is a plain decimal and the other rounds to
// it: 10/3 = 3.33, at the decimals that are written, at least one; also truncated if "..." follows, and to
// whole numbers after an approximate sign. Percentages may mean hundredths or their number, whichever fits:
// 20% of 50 = 10, 100% - 20% = 80%.
//
// It is wrong only when nothing excuses it. Unchecked are an equation that holds numbers of more than 18
// digits or divides by zero, and one whose sides differ and
//   - a number on the left has a unit that the right has not: 3 * 2 weeks = 42 days;
//   - words before it may belong to it: half of 48 + 24 = 72;
//   - its sign says it is approximate.
// Not found at all are sides with variables, powers, roots or functions, and equations in words ("makes 24").
//
// Limits. It checks arithmetic, not whether the step serves the problem, and not whether a number was carried
// over rightly from the step before: "2+2=4" is right everywhere. An unscaled conversion (25*4 = $1),
// times of the clock (0900-0130 = 0730), a percentage added to what it is of (50 + 20% = 60) and equations
// that run on into another (3/2 = $1.50 + $3 = $4.50) are called wrong.
#ifndef ESPALIER_REWARD_ARITHMETIC_CHECKER_H_
#define ESPALIER_REWARD_ARITHMETIC_CHECKER_H_

#include <string_view>

namespace espalier {

// How many equations of a step were found to be what.
struct StepCheck {
  int right = 0;
  int wrong = 0;
  int unchecked = 0;

  friend bool operator==(const StepCheck&, const StepCheck&) = default;
};

// Time and space are linear in the text, whatever it holds.
StepCheck CheckArithmetic(std::string_view step);

// 0 if anything is wrong, else 1; also where nothing could be checked. Steps are combined by product or
// minimum, and 1 is neutral there: a solution is neither punished for its prose nor rewarded for it, since a
// step without equation can at best tie with one that was checked. Where steps are averaged, leave out those
// without `right` and `wrong`.
double CheckerScore(const StepCheck& check);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ARITHMETIC_CHECKER_H_
