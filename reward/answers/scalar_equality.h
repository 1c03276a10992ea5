// When two scalar expressions are the same function of their variables.
//
// Rational numbers and quotients of polynomials are compared exactly. What holds roots, pi, e, i or functions
// is evaluated at fixed points, with two precisions: values agree when their difference is at most 2^-160 of
// their size (less beside a rational number of many digits), or, where both should be zero, shrinks with the
// precision.
#ifndef ESPALIER_REWARD_ANSWERS_SCALAR_EQUALITY_H_
#define ESPALIER_REWARD_ANSWERS_SCALAR_EQUALITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reward/answers/big_rational.h"
#include "reward/answers/effort.h"
#include "reward/answers/expression.h"

namespace espalier {

// `factor` times the tree at `node`; or, with a node below 0, times the exact value alone.
struct ScalarTerm {
  const AnswerExpression* expression = nullptr;
  int32_t node = -1;
  std::optional<BigRational> exact = {};  // of the tree; nullopt when it has no rational value
  BigRational factor{1};
  bool in_radians = false;  // degrees count as radians; then without an exact value
};

// The names of the variables below a node, sorted, each once.
std::vector<std::string> VariablesOf(const AnswerExpression& expression, int32_t node);

bool ScalarsEqual(const ScalarTerm& a, const ScalarTerm& b, Effort* effort);

// -1, 0 or 1 as a is below, equal to or above b; nullopt when that cannot be told (variables, complex
// values).
std::optional<int> CompareScalars(const ScalarTerm& a, const ScalarTerm& b, Effort* effort);

// left - right of an equation or inequality.
struct Sides {
  const AnswerExpression* expression = nullptr;
  int32_t left = -1;
  int32_t right = -1;
};

// Whether the difference of a's sides is a nonzero constant times that of b's; with `positive`, a positive
// one.
bool ProportionalSides(const Sides& a, const Sides& b, bool positive, Effort* effort);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_SCALAR_EQUALITY_H_
