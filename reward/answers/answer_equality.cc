#include "reward/answers/answer_equality.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cat.h"
#include "reward/answers/real_set.h"

namespace espalier {
namespace {

BigRational FactorOf(const AnswerUnit& unit) {
  return BigRational(unit.factor.numerator, unit.factor.denominator);
}

// Whether one of them is a decimal that rounds the other, which is a fraction.
bool OneRoundsTheOther(const AnswerValue& a, const AnswerValue& b) {
  if (!a.scalar.exact || !b.scalar.exact) return false;
  if (b.decimal.empty() && !a.decimal.empty())
    return IsRounded(a.decimal, a.negative_decimal, *b.scalar.exact);
  if (a.decimal.empty() && !b.decimal.empty())
    return IsRounded(b.decimal, b.negative_decimal, *a.scalar.exact);
  return false;
}

bool NumbersEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  ScalarTerm left = a.scalar;
  ScalarTerm right = b.scalar;
  bool converted = false;
  if (a.unit && b.unit) {
    if (a.unit->dimensions != b.unit->dimensions) return false;
    left.factor = FactorOf(*a.unit);
    right.factor = FactorOf(*b.unit);
    converted = !(left.factor == right.factor);
  }
  if (ScalarsEqual(left, right, effort) || (!converted && OneRoundsTheOther(a, b))) return true;
  if (a.unit.has_value() != b.unit.has_value()) {  // 90^\circ and \pi/2
    ScalarTerm& angle = a.unit ? left : right;
    if (angle.node >= 0 && (*angle.expression)[angle.node].kind == NodeKind::kDegree) {
      angle.in_radians = true;
      angle.exact = std::nullopt;
      if (ScalarsEqual(left, right, effort)) return true;
    }
  }
  if (a.percent == b.percent) return false;
  (a.percent ? left : right).factor = BigRational(1, 100);
  return ScalarsEqual(left, right, effort);
}

bool IsListLike(const AnswerValue& value) {
  return value.kind == ValueKind::kSet || value.kind == ValueKind::kList;
}

bool ItemsEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  if (a.items.size() != b.items.size()) return false;
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (!ValuesEqual(a.items[i], b.items[i], effort)) return false;
  }
  return true;
}

bool TuplesEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  const bool brackets_matter = a.items.size() == 2;
  if (brackets_matter && (a.open != b.open || a.close != b.close)) return false;
  return ItemsEqual(a, b, effort);
}

// Every item of either has an equal one in the other; of two lists, one to one.
class Unordered {
 public:
  Unordered(const AnswerValue& a, const AnswerValue& b, Effort* effort)
      : rows_(a.items.size()), columns_(b.items.size()), equal_(rows_ * columns_) {
    for (size_t i = 0; i < rows_; ++i) {
      for (size_t j = 0; j < columns_; ++j) {
        if (effort->spent()) return;
        equal_[i * columns_ + j] = ValuesEqual(a.items[i], b.items[j], effort);
      }
    }
  }

  bool Covers() const {
    for (size_t i = 0; i < rows_; ++i) {
      if (!Any(i * columns_, 1, columns_)) return false;
    }
    for (size_t j = 0; j < columns_; ++j) {
      if (!Any(j, columns_, rows_)) return false;
    }
    return true;
  }

  // By augmenting paths.
  bool Matches() {
    if (rows_ != columns_) return false;
    row_of_column_.assign(columns_, rows_);
    for (size_t row = 0; row < rows_; ++row) {
      visited_.assign(columns_, false);
      if (!Augment(row)) return false;
    }
    return true;
  }

 private:
  bool Any(size_t start, size_t stride, size_t count) const {
    for (size_t i = 0; i < count; ++i) {
      if (equal_[start + i * stride]) return true;
    }
    return false;
  }

  bool Augment(size_t row) {  // as deep as there are items at most
    for (size_t column = 0; column < columns_; ++column) {
      if (!equal_[row * columns_ + column] || visited_[column]) continue;
      visited_[column] = true;
      if (row_of_column_[column] == rows_ || Augment(row_of_column_[column])) {
        row_of_column_[column] = row;
        return true;
      }
    }
    return false;
  }

  size_t rows_;
  size_t columns_;
  std::vector<bool> equal_;
  std::vector<size_t> row_of_column_;
  std::vector<bool> visited_;
};

// How many letters the items' names have: 2 of "x = 1, y = 2", 1 of "x_1 = 1, x_2 = 2".
size_t NamedLetters(const AnswerValue& list) {
  std::set<std::string> letters;
  for (const AnswerValue& item : list.items) {
    if (!item.name.empty()) letters.insert(item.name.substr(0, item.name.find('_')));
  }
  return letters.size();
}

bool CollectionsEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  constexpr size_t kMaxUnordered = 64;
  const size_t letters_a = NamedLetters(a);
  const size_t letters_b = NamedLetters(b);
  // "x = 1, y = 2" beside "1, 2": the order tells which is which.
  const bool ordered = (letters_a == 0 && letters_b > 1) || (letters_b == 0 && letters_a > 1);
  if (ordered || std::max(a.items.size(), b.items.size()) > kMaxUnordered) return ItemsEqual(a, b, effort);
  Unordered pairs(a, b, effort);
  const bool both_lists = a.kind == ValueKind::kList && b.kind == ValueKind::kList;
  return both_lists ? pairs.Matches() : pairs.Covers();
}

// "y = 2, x = 1" and (1, 2): the names' order gives the coordinates'.
bool AssignmentsEqualTuple(const AnswerValue& list, const AnswerValue& tuple, Effort* effort) {
  if (list.items.size() != tuple.items.size() || tuple.open != '(') return false;
  std::vector<const AnswerValue*> items;
  std::set<std::string> names;
  for (const AnswerValue& item : list.items) {
    if (item.name.empty() || !names.insert(item.name).second) return false;
    items.push_back(&item);
  }
  const std::string joined = [&] {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "(" : ",") + name;
    return text + ")";
  }();
  if (!tuple.name.empty() && tuple.name != joined) return false;
  std::sort(items.begin(), items.end(),
            [](const AnswerValue* a, const AnswerValue* b) { return a->name < b->name; });
  for (size_t i = 0; i < items.size(); ++i) {
    if (!ValuesEqual(*items[i], tuple.items[i], effort)) return false;
  }
  return true;
}

bool LooksLikeTime(const AnswerValue& ratio) {
  const std::string& minutes = ratio.items[1].decimal;
  return ratio.items.size() == 2 && minutes.size() == 2 && minutes[0] <= '5' &&
         ratio.items[0].decimal.size() <= 2;
}

// a : b : c up to a common factor.
bool RatiosEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  if (a.items.size() != b.items.size()) return false;
  if (LooksLikeTime(a) && LooksLikeTime(b)) return ItemsEqual(a, b, effort);
  for (size_t i = 1; i < a.items.size(); ++i) {
    const auto &a0 = a.items[0].scalar.exact, &b0 = b.items[0].scalar.exact;
    const auto &ai = a.items[i].scalar.exact, &bi = b.items[i].scalar.exact;
    if (!a0 || !b0 || !ai || !bi) return ItemsEqual(a, b, effort);
    const auto left = Product(*a0, *bi);
    const auto right = Product(*b0, *ai);
    if (!left || !right || !(*left == *right)) return false;
  }
  return true;
}

bool RatioEqualsNumber(const AnswerValue& ratio, const AnswerValue& number) {
  if (ratio.items.size() != 2 || LooksLikeTime(ratio)) return false;
  const auto &above = ratio.items[0].scalar.exact, &below = ratio.items[1].scalar.exact;
  const auto quotient = above && below ? Quotient(*above, *below) : std::nullopt;
  return quotient && number.scalar.exact && *quotient == *number.scalar.exact;
}

// Values of different kinds, either way round.
std::optional<bool> MixedEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  if (IsListLike(a) && a.items.size() == 1 && b.kind != ValueKind::kRealSet)
    return ValuesEqual(a.items[0], b, effort);
  if (a.kind == ValueKind::kList && b.kind == ValueKind::kTuple) return AssignmentsEqualTuple(a, b, effort);
  if (a.kind == ValueKind::kRatio && b.kind == ValueKind::kScalar) return RatioEqualsNumber(a, b);
  if (a.kind == ValueKind::kMatrix && b.kind == ValueKind::kTuple)
    return a.columns == 1 && a.open == 0 && b.open == '(' && ItemsEqual(a, b, effort);
  if (a.kind == ValueKind::kRealSet && (b.kind == ValueKind::kTuple || b.kind == ValueKind::kSet)) {
    const auto set = ToRealSet(b, effort);
    return set && set->kind == ValueKind::kRealSet && ItemsEqual(a, *set, effort);
  }
  return std::nullopt;
}

bool InequalitiesEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  return a.strict == b.strict && ProportionalSides(*a.equation, *b.equation, true, effort);
}

bool SameKindEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  switch (a.kind) {
    case ValueKind::kScalar:
      return NumbersEqual(a, b, effort);
    case ValueKind::kInfinity:
      return a.sign == b.sign;
    case ValueKind::kTuple:
      return TuplesEqual(a, b, effort);
    case ValueKind::kRealSet: {
      const auto same_ends = [](const AnswerValue& x, const AnswerValue& y) {
        return x.open == y.open && x.close == y.close;
      };
      return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_ends) &&
             ItemsEqual(a, b, effort);
    }
    case ValueKind::kRatio:
      return RatiosEqual(a, b, effort);
    case ValueKind::kMatrix:
      return a.columns == b.columns && a.open == b.open && ItemsEqual(a, b, effort);
    case ValueKind::kInequality:
      return InequalitiesEqual(a, b, effort);
    case ValueKind::kEmptySet:
      return true;
    default:
      return CollectionsEqual(a, b, effort);
  }
}

}  // namespace

bool ValuesEqual(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  if (!effort->Spend(2)) return false;
  const bool names_differ = !a.name.empty() && !b.name.empty() && a.name != b.name;
  const bool some_equation = a.kind == ValueKind::kEquation || b.kind == ValueKind::kEquation;
  if (some_equation || (names_differ && a.kind != ValueKind::kList && b.kind != ValueKind::kList)) {
    const bool some_inequality = a.kind == ValueKind::kInequality || b.kind == ValueKind::kInequality;
    return a.equation && b.equation && !some_inequality &&
           ProportionalSides(*a.equation, *b.equation, false, effort);
  }
  if (a.kind == b.kind) return SameKindEqual(a, b, effort);
  if (IsListLike(a) && IsListLike(b)) return CollectionsEqual(a, b, effort);
  if (const std::optional<bool> equal = MixedEqual(a, b, effort)) return *equal;
  if (const std::optional<bool> equal = MixedEqual(b, a, effort)) return *equal;
  return false;
}

}  // namespace espalier
