// What an answer is: a number, a point, a set of solutions, an equation, ...
//
// Values are read from a tree once; comparing them (answer_equality.h) changes nothing in them.
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_VALUE_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_VALUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reward/answers/answer_units.h"
#include "reward/answers/big_rational.h"
#include "reward/answers/effort.h"
#include "reward/answers/expression.h"
#include "reward/answers/scalar_equality.h"

namespace espalier {

enum class ValueKind : uint8_t {
  kScalar,
  kInfinity,    // sign
  kTuple,       // items, open, close; two items may also be an interval
  kRatio,       // items: 3 : 4
  kSet,         // items, in braces
  kList,        // items, without brackets
  kRealSet,     // items: intervals (tuples of two), ascending and apart where their ends can be compared
  kEquation,    // equation
  kInequality,  // equation: left is below right; strict
  kMatrix,      // items row by row, columns; open is '|' for a determinant
  kEmptySet,
};

struct AnswerValue {
  ValueKind kind = ValueKind::kScalar;
  // What the value was said to be the value of: the "x" of x = 5, x > 5 and x in [1, 2]; otherwise "".
  std::string name;
  // The whole equation: of kEquation and kInequality, and of any value that was said as left = right.
  std::optional<Sides> equation;
  std::vector<AnswerValue> items;
  char open = 0;
  char close = 0;
  bool strict = false;
  int sign = 1;
  int columns = 0;

  // Of a scalar. A percentage holds the number before its sign.
  ScalarTerm scalar;
  bool percent = false;
  std::optional<AnswerUnit> unit;
  std::string decimal;  // the number as it is written, if the scalar is nothing else: "0.333333"
  bool negative_decimal = false;
};

// Nullopt when the tree, though it could be parsed, says nothing that can be compared: 2 + (1, 2). The
// expression must outlive the value and stay where it is.
std::optional<AnswerValue> ReadValue(const AnswerExpression& expression, int32_t node, Effort* effort);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_VALUE_H_
