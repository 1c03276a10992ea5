// What an answer says, as a tree: plain data, without any evaluation.
//
// Invariants: nodes stand in one vector and name their children by index; a child's index is smaller than its
// parent's, so a tree has no cycles and a loop over the vector meets children first. AnswerParser bounds the
// number of nodes (kMaxNodes) and the depth (kMaxDepth), so recursion over a tree is bounded as well.
#ifndef ESPALIER_REWARD_ANSWERS_EXPRESSION_H_
#define ESPALIER_REWARD_ANSWERS_EXPRESSION_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reward/answers/answer_units.h"

namespace espalier {

enum class NodeKind : uint8_t {
  // Scalars.
  kNumber,       // text: digits with at most one point and an exponent: "12", ".5", "1.5e-3"
  kBasedNumber,  // text: digits and letters; value: the base, 2 to 36
  kVariable,     // text: its name, "x", "x_1", "alpha"
  kPi,
  kEuler,
  kImaginaryUnit,
  kInfinity,
  kAdd,
  kMultiply,
  kNegate,
  kDivide,
  kPower,
  kRoot,       // radicand, index
  kFunction,   // text: sin, arctan, exp, ln, floor, ...; its arguments
  kLogarithm,  // argument, base
  kFactorial,
  kBinomial,
  kAbsolute,
  kPercent,
  kDegree,
  // Other objects.
  kUnit,   // the quantity; value: index into Expression::units
  kTuple,  // open and close: its brackets
  kSet,    // {1, 2}
  kList,   // 1, 2; value: how its items are joined, a ListJoint
  kReals,
  kEmptySet,
  kUnion,
  kIntersection,
  kDifference,
  kRelation,  // text: the operators between the children: '=', '<', '>', 'l' (<=), 'g' (>=), 'n' (!=), 'e'
              // (in)
  kName,      // text: the left side of a definition: "f(x)", "area"
  kMatrix,    // value: the number of columns; children row by row; open: '|' for a determinant
};

enum ListJoint : int32_t { kCommas, kOnlyOr, kOnlyAnd };

struct AnswerNode {
  NodeKind kind;
  char open = 0;
  char close = 0;
  int32_t value = 0;
  std::string text = {};
  std::vector<int32_t> children = {};
};

struct AnswerExpression {
  static constexpr size_t kMaxNodes = 1024;
  static constexpr int kMaxDepth = 48;

  std::vector<AnswerNode> nodes;
  std::vector<AnswerUnit> units;

  const AnswerNode& operator[](int32_t index) const { return nodes[index]; }

  int32_t Append(AnswerNode node) {
    nodes.push_back(std::move(node));
    return static_cast<int32_t>(nodes.size()) - 1;
  }
  int32_t Append(NodeKind kind, std::vector<int32_t> children) {
    return Append({.kind = kind, .children = std::move(children)});
  }
  int32_t Append(NodeKind kind, std::string text) { return Append({.kind = kind, .text = std::move(text)}); }
};

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_EXPRESSION_H_
