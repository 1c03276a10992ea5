#include "reward/answers/answer_value.h"

#include <algorithm>
#include <utility>

#include "reward/answers/exact_value.h"
#include "reward/answers/real_set.h"
#include "reward/answers/solved_inequality.h"

namespace espalier {
namespace {

constexpr size_t kMaxItems = 256;

using MaybeValue = std::optional<AnswerValue>;

bool IsScalarKind(NodeKind kind) { return kind <= NodeKind::kDegree && kind != NodeKind::kInfinity; }

class ValueReader {
 public:
  ValueReader(const AnswerExpression& expression, Effort* effort)
      : expression_(expression), effort_(effort) {}

  MaybeValue Read(int32_t index) {
    const AnswerNode& node = expression_[index];
    if (!effort_->Spend(5)) return std::nullopt;
    switch (node.kind) {
      case NodeKind::kInfinity:
        return InfinityValue(1);
      case NodeKind::kNegate:
        if (expression_[node.children[0]].kind == NodeKind::kInfinity) return InfinityValue(-1);
        return Scalar(index);
      case NodeKind::kUnit:
        return WithUnit(node);
      case NodeKind::kPercent:
      case NodeKind::kDegree:
        return Dressed(index);
      case NodeKind::kReals:
        return AllReals();
      case NodeKind::kEmptySet:
        return Empty();
      case NodeKind::kTuple:
        return Tuple(node);
      case NodeKind::kSet:
      case NodeKind::kMatrix:
        return Items(node, node.kind == NodeKind::kSet ? ValueKind::kSet : ValueKind::kMatrix);
      case NodeKind::kList:
        return List(node);
      case NodeKind::kUnion:
      case NodeKind::kIntersection:
      case NodeKind::kDifference:
        return SetOperation(node);
      case NodeKind::kRelation:
        return Relation(node);
      case NodeKind::kName:
        return std::nullopt;
      default:
        return Scalar(index);
    }
  }

 private:
  static AnswerValue Empty() {
    AnswerValue value;
    value.kind = ValueKind::kEmptySet;
    return value;
  }

  bool IsScalar(int32_t index) const {
    const AnswerNode& node = expression_[index];
    return IsScalarKind(node.kind) && std::all_of(node.children.begin(), node.children.end(),
                                                  [&](int32_t child) { return IsScalar(child); });
  }

  MaybeValue Scalar(int32_t index) {
    if (!IsScalar(index)) return std::nullopt;
    AnswerValue value;
    value.scalar = {
        .expression = &expression_, .node = index, .exact = ExactValue(expression_, index, effort_)};
    const AnswerNode* node = &expression_[index];
    value.negative_decimal = node->kind == NodeKind::kNegate;
    if (value.negative_decimal) node = &expression_[node->children[0]];
    if (node->kind == NodeKind::kNumber) value.decimal = node->text;
    return value;
  }

  MaybeValue Dressed(int32_t index) {
    const AnswerNode& node = expression_[index];
    if (node.kind == NodeKind::kPercent) {
      MaybeValue value = Scalar(node.children[0]);
      if (value) value->percent = true;
      return value;
    }
    MaybeValue value = Scalar(index);
    if (value) value->unit = FindUnit("degree");
    return value;
  }

  MaybeValue WithUnit(const AnswerNode& node) {
    MaybeValue value = Read(node.children[0]);
    if (!value || value->kind != ValueKind::kScalar || value->percent) return std::nullopt;
    AnswerUnit unit = expression_.units[node.value];
    if (value->unit) {  // "25^\circ C" is a temperature, as is "25 degrees Celsius"
      const auto angle = static_cast<size_t>(Dimension::kAngle);
      if (unit.dimensions[angle] != 0) return std::nullopt;
    }
    value->unit = unit;
    return value;
  }

  MaybeValue Items(const AnswerNode& node, ValueKind kind) {
    if (node.children.size() > kMaxItems) return std::nullopt;
    AnswerValue value;
    value.kind = kind;
    value.open = node.open;
    value.close = node.close;
    value.columns = node.value;
    for (const int32_t child : node.children) {
      MaybeValue item = Read(child);
      if (!item) return std::nullopt;
      if (kind == ValueKind::kList && item->kind == ValueKind::kList) {  // "3, \pm 2"
        for (AnswerValue& inner : item->items) value.items.push_back(std::move(inner));
      } else {
        value.items.push_back(*std::move(item));
      }
    }
    return value;
  }

  // An end at infinity or one bracket of each kind make it an interval.
  MaybeValue Tuple(const AnswerNode& node) {
    if (node.open == ':') return Items(node, ValueKind::kRatio);
    MaybeValue value = Items(node, ValueKind::kTuple);
    if (!value || value->items.size() != 2) return value;
    const auto is_infinite = [](const AnswerValue& end) { return end.kind == ValueKind::kInfinity; };
    const bool mixed = (node.open == '(') != (node.close == ')');
    if (mixed || std::any_of(value->items.begin(), value->items.end(), is_infinite))
      return ToRealSet(*value, effort_);
    return value;
  }

  // "x < 1 or x > 3" is a union, "x > 1 and x < 3" an intersection; commas mean the latter if it is not
  // empty.
  MaybeValue List(const AnswerNode& node) {
    MaybeValue list = Items(node, ValueKind::kList);
    if (!list) return list;
    const auto& items = list->items;
    const bool some_set = std::any_of(
        items.begin(), items.end(), [](const AnswerValue& item) { return item.kind == ValueKind::kRealSet; });
    if (!some_set) return list;
    const bool named = std::all_of(items.begin(), items.end(), [&](const AnswerValue& item) {
      return !item.name.empty() && item.name == items[0].name && item.kind == ValueKind::kRealSet;
    });
    if (named && node.value != kOnlyOr) {
      MaybeValue common = Combined(items, IntersectSets);
      if (common && (node.value == kOnlyAnd || common->kind != ValueKind::kEmptySet)) return common;
    }
    if (named || node.value == kOnlyOr) {
      if (MaybeValue all = Combined(items, UniteSets)) return all;
    }
    return list;
  }

  using Operation = MaybeValue (*)(const AnswerValue&, const AnswerValue&, Effort*);

  MaybeValue Combined(const std::vector<AnswerValue>& items, Operation operation) {
    MaybeValue result;
    for (const AnswerValue& item : items) {
      const MaybeValue set =
          item.kind == ValueKind::kScalar ? MaybeValue(MakeSetOf(item)) : ToRealSet(item, effort_);
      const MaybeValue next = set ? ToRealSet(*set, effort_) : std::nullopt;
      if (!next) return std::nullopt;
      result = result ? operation(*result, *next, effort_) : next;
      if (!result) return std::nullopt;
    }
    if (result) result->name = items[0].name;
    return result;
  }

  static AnswerValue MakeSetOf(const AnswerValue& item) {
    AnswerValue set;
    set.kind = ValueKind::kSet;
    set.items = {item};
    return set;
  }

  MaybeValue SetOperation(const AnswerNode& node) {
    const MaybeValue operands = Items(node, ValueKind::kTuple);
    if (!operands) return std::nullopt;
    const auto& items = operands->items;
    if (node.kind == NodeKind::kUnion) return Combined(items, UniteSets);
    if (node.kind == NodeKind::kIntersection) return Combined(items, IntersectSets);
    const MaybeValue from = ToRealSet(items[0], effort_);
    const MaybeValue removed = ToRealSet(items[1], effort_);
    const MaybeValue rest = removed ? Complement(*removed, effort_) : std::nullopt;
    return from && rest ? IntersectSets(*from, *rest, effort_) : std::nullopt;
  }

  MaybeValue Relation(const AnswerNode& node) {
    const std::string& operators = node.text;
    if (operators.find_first_not_of('=') == std::string::npos) return Equation(node);
    if (operators == "e") return Membership(node);
    if (operators.find_first_of("=e") != std::string::npos) return std::nullopt;
    MaybeValue all;
    for (size_t i = 0; i < operators.size(); ++i) {
      const Sides sides = {&expression_, node.children[i], node.children[i + 1]};
      if (!IsScalarOrInfinity(sides.left) || !IsScalarOrInfinity(sides.right)) return std::nullopt;
      MaybeValue half = ReadInequality(sides, operators[i], effort_);
      if (!half || operators.size() == 1) return half;
      if (half->kind == ValueKind::kInequality) return std::nullopt;
      if (all && all->name != half->name) return std::nullopt;
      const std::string name = half->name;
      all = all ? IntersectSets(*all, *half, effort_) : half;
      if (!all) return std::nullopt;
      all->name = name;
    }
    return all;
  }

  bool IsScalarOrInfinity(int32_t index) const {
    const AnswerNode& node = expression_[index];
    const bool negated = node.kind == NodeKind::kNegate;
    return IsScalar(index) || expression_[negated ? node.children[0] : index].kind == NodeKind::kInfinity;
  }

  MaybeValue Membership(const AnswerNode& node) {
    MaybeValue set = expression_[node.children[1]].text == "R" ? AllReals() : Read(node.children[1]);
    const MaybeValue interval = set ? ToRealSet(*set, effort_) : std::nullopt;
    if (set && set->kind == ValueKind::kTuple && interval) set = interval;
    if (set) set->name = NameOf(node.children[0]);
    return set;
  }

  // The name that a left side gives: "x", "f(x)", "(x,y)"; "" when it is none.
  std::string NameOf(int32_t index) const {
    const AnswerNode& node = expression_[index];
    if (node.kind == NodeKind::kVariable || node.kind == NodeKind::kName) return node.text;
    if (node.kind == NodeKind::kMultiply) return NameOfSegment(node);
    if (node.kind != NodeKind::kTuple) return "";
    std::string name = "(";
    for (const int32_t child : node.children) {
      if (expression_[child].kind != NodeKind::kVariable) return "";
      name += (name.size() > 1 ? "," : "") + expression_[child].text;
    }
    return name + ")";
  }

  // "AB", a product of capital letters.
  std::string NameOfSegment(const AnswerNode& node) const {
    std::string name;
    for (const int32_t child : node.children) {
      const std::string& letter = expression_[child].text;
      if (expression_[child].kind != NodeKind::kVariable || letter[0] < 'A' || letter[0] > 'Z') return "";
      name += letter;
    }
    return name;
  }

  // left = ... = right: the value of the right side, with a name, if the left one is a name of its own; a
  // plain value if neither holds variables; otherwise an equation.
  MaybeValue Equation(const AnswerNode& node) {
    int32_t left = node.children.front();
    int32_t right = node.children.back();
    if (NameOf(left).empty() && !NameOf(right).empty()) std::swap(left, right);
    const std::string name = NameOf(left);
    const std::vector<std::string> inside = VariablesOf(expression_, right);
    const bool defines = !name.empty() && !std::binary_search(inside.begin(), inside.end(), name);
    const bool constant = name.empty() && inside.empty() && VariablesOf(expression_, left).empty();
    MaybeValue value;
    if (defines || constant) {
      value = Read(right);
      if (!value) return std::nullopt;
      value->name = name;
    } else {
      value = AnswerValue();
      value->kind = ValueKind::kEquation;
    }
    if (IsScalar(left) && IsScalar(right) && !constant) value->equation = Sides{&expression_, left, right};
    if (value->kind == ValueKind::kEquation && !value->equation) return std::nullopt;
    return value;
  }

  const AnswerExpression& expression_;
  Effort* effort_;
};

}  // namespace

std::optional<AnswerValue> ReadValue(const AnswerExpression& expression, int32_t node, Effort* effort) {
  return ValueReader(expression, effort).Read(node);
}

}  // namespace espalier
