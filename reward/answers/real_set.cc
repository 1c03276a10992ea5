#include "reward/answers/real_set.h"

#include <algorithm>
#include <utility>

namespace espalier {
namespace {

// -1, 0 or 1 for ends of intervals, infinities included.
std::optional<int> CompareEnds(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  const int size_a = a.kind == ValueKind::kInfinity ? a.sign : 0;
  const int size_b = b.kind == ValueKind::kInfinity ? b.sign : 0;
  if (size_a != 0 || size_b != 0) return (size_a > size_b) - (size_a < size_b);
  return CompareScalars(a.scalar, b.scalar, effort);
}

const AnswerValue& Lower(const AnswerValue& interval) { return interval.items[0]; }
const AnswerValue& Upper(const AnswerValue& interval) { return interval.items[1]; }

bool IsEnd(const AnswerValue& value) {
  return (value.kind == ValueKind::kScalar && !value.percent) || value.kind == ValueKind::kInfinity;
}

bool IsInterval(const AnswerValue& value) {
  return value.kind == ValueKind::kTuple && value.items.size() == 2 && IsEnd(value.items[0]) &&
         IsEnd(value.items[1]);
}

AnswerValue SetOf(std::vector<AnswerValue> intervals) {
  AnswerValue set;
  set.kind = intervals.empty() ? ValueKind::kEmptySet : ValueKind::kRealSet;
  set.items = std::move(intervals);
  return set;
}

// Whether nothing lies in it; nullopt when its ends cannot be compared.
std::optional<bool> IsEmpty(const AnswerValue& interval, Effort* effort) {
  const std::optional<int> order = CompareEnds(Lower(interval), Upper(interval), effort);
  if (!order) return std::nullopt;
  return *order > 0 || (*order == 0 && (interval.open == '(' || interval.close == ')'));
}

// The later lower end, or of equal ones the open one.
void RaiseLower(AnswerValue* interval, const AnswerValue& other, int order) {
  if (order < 0) {
    interval->items[0] = Lower(other);
    interval->open = other.open;
  } else if (order == 0 && other.open == '(') {
    interval->open = '(';
  }
}

void DropUpper(AnswerValue* interval, const AnswerValue& other, int order) {
  if (order > 0) {
    interval->items[1] = Upper(other);
    interval->close = other.close;
  } else if (order == 0 && other.close == ')') {
    interval->close = ')';
  }
}

// Whether the union of a and b, a starting first, is one interval.
std::optional<bool> Touch(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  const std::optional<int> order = CompareEnds(Upper(a), Lower(b), effort);
  if (!order) return std::nullopt;
  return *order > 0 || (*order == 0 && (a.close == ']' || b.open == '['));
}

// Puts the interval where it belongs among ascending ones (insertion sort). False if that cannot be told.
bool Insert(std::vector<AnswerValue>* sorted, AnswerValue interval, Effort* effort) {
  auto at = sorted->begin();
  for (; at != sorted->end(); ++at) {
    const std::optional<int> order = CompareEnds(Lower(interval), Lower(*at), effort);
    if (!order) return false;
    if (*order < 0 || (*order == 0 && interval.open == '[' && at->open == '(')) break;
  }
  sorted->insert(at, std::move(interval));
  return true;
}

std::optional<AnswerValue> Normalised(const std::vector<AnswerValue>& intervals, Effort* effort) {
  if (intervals.size() > kMaxIntervals) return std::nullopt;
  std::vector<AnswerValue> sorted;
  for (const AnswerValue& interval : intervals) {
    const std::optional<bool> empty = IsEmpty(interval, effort);
    if (!empty) return intervals.size() == 1 ? std::optional<AnswerValue>(SetOf(intervals)) : std::nullopt;
    if (!*empty && !Insert(&sorted, interval, effort)) return std::nullopt;
  }
  std::vector<AnswerValue> merged;
  for (AnswerValue& interval : sorted) {
    const std::optional<bool> touch =
        merged.empty() ? std::optional<bool>(false) : Touch(merged.back(), interval, effort);
    if (!touch) return std::nullopt;
    if (!*touch) {
      merged.push_back(std::move(interval));
      continue;
    }
    const std::optional<int> order = CompareEnds(Upper(merged.back()), Upper(interval), effort);
    if (!order) return std::nullopt;
    if (*order < 0) {
      merged.back().items[1] = Upper(interval);
      merged.back().close = interval.close;
    } else if (*order == 0 && interval.close == ']') {
      merged.back().close = ']';
    }
  }
  return SetOf(std::move(merged));
}

}  // namespace

AnswerValue InfinityValue(int sign) {
  AnswerValue value;
  value.kind = ValueKind::kInfinity;
  value.sign = sign;
  return value;
}

AnswerValue AllReals() { return SetOf({MakeInterval('(', InfinityValue(-1), InfinityValue(1), ')')}); }

AnswerValue MakeInterval(char open, AnswerValue lower, AnswerValue upper, char close) {
  AnswerValue interval;
  interval.kind = ValueKind::kTuple;
  interval.open = lower.kind == ValueKind::kInfinity ? '(' : open;
  interval.close = upper.kind == ValueKind::kInfinity ? ')' : close;
  interval.items.push_back(std::move(lower));
  interval.items.push_back(std::move(upper));
  return interval;
}

std::optional<AnswerValue> ToRealSet(const AnswerValue& value, Effort* effort) {
  if (value.kind == ValueKind::kRealSet || value.kind == ValueKind::kEmptySet) return value;
  if (IsInterval(value))
    return Normalised({MakeInterval(value.open, value.items[0], value.items[1], value.close)}, effort);
  if (value.kind != ValueKind::kSet || value.items.size() > kMaxIntervals) return std::nullopt;
  std::vector<AnswerValue> points;
  for (const AnswerValue& item : value.items) {
    if (item.kind != ValueKind::kScalar) return std::nullopt;
    points.push_back(MakeInterval('[', item, item, ']'));
  }
  return Normalised(points, effort);
}

std::optional<AnswerValue> UniteSets(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  std::vector<AnswerValue> intervals = a.items;
  intervals.insert(intervals.end(), b.items.begin(), b.items.end());
  return Normalised(intervals, effort);
}

std::optional<AnswerValue> IntersectSets(const AnswerValue& a, const AnswerValue& b, Effort* effort) {
  std::vector<AnswerValue> common;
  for (const AnswerValue& first : a.items) {
    for (const AnswerValue& second : b.items) {
      const std::optional<int> lower = CompareEnds(Lower(first), Lower(second), effort);
      const std::optional<int> upper = CompareEnds(Upper(first), Upper(second), effort);
      if (!lower || !upper) return std::nullopt;
      AnswerValue interval = first;
      RaiseLower(&interval, second, *lower);
      DropUpper(&interval, second, *upper);
      common.push_back(std::move(interval));
    }
  }
  return Normalised(common, effort);
}

std::optional<AnswerValue> Complement(const AnswerValue& set, Effort* effort) {
  std::vector<AnswerValue> gaps;
  AnswerValue from = InfinityValue(-1);
  char open = '(';
  for (const AnswerValue& interval : set.items) {
    gaps.push_back(MakeInterval(open, from, Lower(interval), interval.open == '[' ? ')' : ']'));
    from = Upper(interval);
    open = interval.close == ']' ? '(' : '[';
  }
  gaps.push_back(MakeInterval(open, from, InfinityValue(1), ')'));
  // An interval that reaches to infinity leaves an impossible gap behind it.
  std::erase_if(gaps, [](const AnswerValue& gap) {
    return (gap.items[0].kind == ValueKind::kInfinity && gap.items[0].sign > 0) ||
           (gap.items[1].kind == ValueKind::kInfinity && gap.items[1].sign < 0);
  });
  return Normalised(gaps, effort);
}

}  // namespace espalier
