// Values of expressions at fixed points, to high precision.
#ifndef ESPALIER_REWARD_ANSWERS_EVALUATE_H_
#define ESPALIER_REWARD_ANSWERS_EVALUATE_H_

#include <cstdint>
#include <string_view>

#include "reward/answers/effort.h"
#include "reward/answers/expression.h"
#include "reward/answers/precise_complex.h"

namespace espalier {

// Where every variable has a value that depends on its name and the point's number only: a fraction between
// 1/8 and 17/8 in size, positive at the first kPositivePoints points, of either sign at the others.
struct EvaluationPoint {
  static constexpr int kPositivePoints = 4;
  static constexpr int kPoints = 12;

  int number = 0;
  mpfr_prec_t precision = 192;  // bits
  bool in_radians = false;      // degrees are radians everywhere
  bool only_real = true;        // even roots and logarithms of negative numbers are not defined
};

// The tree's value at a point; nullopt where it is not defined or not computable, or when the effort is
// spent. Angles in degrees are turned into radians inside of trigonometric functions and are plain numbers
// elsewhere.
MaybeComplex Evaluate(const AnswerExpression& expression, int32_t node, const EvaluationPoint& point,
                      Effort* effort);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_EVALUATE_H_
