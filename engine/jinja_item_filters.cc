// Filters that look into each item of a sequence.
#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_strings.h"
#include "engine/jinja_tables.h"

namespace espalier::jinja {
namespace {

using Result = absl::StatusOr<Value>;

Result ApplyToItem(const Value& item, const std::string& filter, const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(Value mapped, ApplyFilter(filter, item, arguments));
  ESPALIER_RETURN_IF_ERROR(arguments.meter->ChargeText(mapped.size() * (mapped.is_string() ? 1 : 64)));
  return mapped;
}

// map('upper'), map('default', 'x') or map(attribute='a.b', default='x').
Result Map(const Value& subject, const Arguments& arguments) {
  if (!subject.Truthy()) return Value(List(), SequenceType::kGenerator);  // none, too
  const Value* path = arguments.named.Find("attribute");
  const Value* absent = arguments.named.Find("default");
  if (path == nullptr && arguments.positional.empty()) return Fault("map needs a filter or attribute=...");
  const std::string filter = path == nullptr ? arguments.positional[0].Print() : "";
  const Arguments rest = arguments.Behind(1);
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  List mapped;
  for (const Value& item : items) {
    ESPALIER_ASSIGN_OR_RETURN(Value value,
                              path != nullptr ? ReadPath(item, path) : ApplyToItem(item, filter, rest));
    if (path != nullptr && absent != nullptr && value.is_undefined()) value = *absent;
    mapped.push_back(std::move(value));
  }
  return Value(std::move(mapped), SequenceType::kGenerator);
}

// Keeps the items (those with the attribute, if `by_attribute`) for which the test says `wanted`; without a
// test: those that are true.
Result Select(const Value& subject, const Arguments& arguments, bool by_attribute, bool wanted) {
  if (!subject.Truthy()) return Value(List(), SequenceType::kGenerator);  // none, too
  const size_t skipped = by_attribute ? 1 : 0;
  if (arguments.positional.size() < skipped) return Fault("selectattr and rejectattr need an attribute");
  const Value* path = by_attribute ? &arguments.positional[0] : nullptr;
  const bool tested = arguments.positional.size() > skipped;
  const std::string test = tested ? arguments.positional[skipped].Print() : "";
  const Arguments rest = arguments.Behind(skipped + 1);
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  List kept;
  for (const Value& item : items) {
    ESPALIER_ASSIGN_OR_RETURN(const Value value, ReadPath(item, path));
    ESPALIER_RETURN_IF_ERROR(arguments.meter->ChargeText(std::min(value.weight(), kMaxWeight)));
    bool holds = value.Truthy();
    if (tested) {
      ESPALIER_ASSIGN_OR_RETURN(holds, ApplyTest(test, value, rest));
    }
    if (holds == wanted) kept.push_back(item);
  }
  return Value(std::move(kept), SequenceType::kGenerator);
}

Value Folded(const Value& value, bool case_sensitive) {
  return case_sensitive || !value.is_string() ? value : Value(Lower(value.string()));
}

struct Keyed {
  Value key;
  Value item;
};

// Stable. A merge sort of our own: the order of two keys may be an error.
absl::Status Sort(std::vector<Keyed>& items, bool descending) {
  std::vector<Keyed> merged(items.size());
  for (size_t width = 1; width < items.size(); width *= 2) {
    for (size_t begin = 0; begin < items.size(); begin += 2 * width) {
      const size_t middle = std::min(begin + width, items.size());
      const size_t end = std::min(begin + 2 * width, items.size());
      for (size_t left = begin, right = middle, out = begin; out < end; ++out) {
        bool take_right = left == middle;
        if (left < middle && right < end) {
          ESPALIER_ASSIGN_OR_RETURN(take_right, descending ? Compare(items[left].key, "<", items[right].key)
                                                           : Compare(items[right].key, "<", items[left].key));
        }
        merged[out] = std::move(take_right ? items[right++] : items[left++]);
      }
    }
    items.swap(merged);
  }
  return absl::OkStatus();
}

Value Unkeyed(std::vector<Keyed> items) {
  List list;
  for (Keyed& item : items) list.push_back(std::move(item.item));
  return Value(std::move(list));
}

// Sorting compares each text about log2(items) times.
absl::Status ChargeSort(const Value& subject, const Arguments& arguments) {
  return arguments.meter->ChargeText(std::min(subject.weight(), kMaxWeight) * 4);
}

// The key of sort, min, max and unique: the item, or what stands under its attributes.
Result KeyOf(const Value& item, const Value* attributes, bool case_sensitive) {
  if (attributes == nullptr || !attributes->is_string() ||
      attributes->string().find(',') == std::string::npos) {
    ESPALIER_ASSIGN_OR_RETURN(const Value value, ReadPath(item, attributes));
    return Folded(value, case_sensitive);
  }
  List keys;
  for (const absl::string_view name : absl::StrSplit(attributes->string(), ',')) {
    const Value path(ToStd(name));
    ESPALIER_ASSIGN_OR_RETURN(const Value value, ReadPath(item, &path));
    keys.push_back(Folded(value, case_sensitive));
  }
  return Value(std::move(keys));
}

Result SortFilter(const Value& subject, const Arguments& arguments) {
  const bool reverse = arguments.FlagOr(0, "reverse", false);
  const bool case_sensitive = arguments.FlagOr(1, "case_sensitive", false);
  const Value* attribute = arguments.Find(2, "attribute");
  ESPALIER_RETURN_IF_ERROR(ChargeSort(subject, arguments));
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  std::vector<Keyed> keyed;
  for (const Value& item : items) {
    ESPALIER_ASSIGN_OR_RETURN(Value key, KeyOf(item, attribute, case_sensitive));
    keyed.push_back({std::move(key), item});
  }
  ESPALIER_RETURN_IF_ERROR(Sort(keyed, reverse));
  return Unkeyed(std::move(keyed));
}

Result DictSort(const Value& subject, const Arguments& arguments) {
  if (!subject.is_dict()) return Fault(Cat("dictsort needs a dict, not ", subject.Kind()));
  const bool case_sensitive = arguments.FlagOr(0, "case_sensitive", false);
  const std::string by = arguments.TextOr(1, "by", "key");
  const bool reverse = arguments.FlagOr(2, "reverse", false);
  if (by != "key" && by != "value") return Fault("dictsort: by is 'key' or 'value'");
  ESPALIER_RETURN_IF_ERROR(ChargeSort(subject, arguments));
  std::vector<Keyed> keyed;
  for (const auto& [key, value] : subject.dict()) {
    keyed.push_back({Folded(by == "key" ? Value(key) : value, case_sensitive),
                     Value(List{Value(key), value}, SequenceType::kTuple)});
  }
  ESPALIER_RETURN_IF_ERROR(Sort(keyed, reverse));
  return Unkeyed(std::move(keyed));
}

Result Extreme(const Value& subject, const Arguments& arguments, std::string_view better) {
  const bool case_sensitive = arguments.FlagOr(0, "case_sensitive", false);
  const Value* attribute = arguments.Find(1, "attribute");
  ESPALIER_RETURN_IF_ERROR(ChargeSort(subject, arguments));
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  if (items.empty()) return Value(Undefined{"item of an empty list"});
  Keyed best;
  for (size_t i = 0; i < items.size(); ++i) {
    ESPALIER_ASSIGN_OR_RETURN(Value key, KeyOf(items[i], attribute, case_sensitive));
    bool wins = i == 0;
    if (!wins) {
      ESPALIER_ASSIGN_OR_RETURN(wins, Compare(key, better, best.key));
    }
    if (wins) best = {std::move(key), items[i]};
  }
  return best.item;
}

Result Unique(const Value& subject, const Arguments& arguments) {
  const bool case_sensitive = arguments.FlagOr(0, "case_sensitive", false);
  const Value* attribute = arguments.Find(1, "attribute");
  ESPALIER_RETURN_IF_ERROR(ChargeSort(subject, arguments));
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  absl::flat_hash_set<std::string> seen;
  List kept;
  for (const Value& item : items) {
    ESPALIER_ASSIGN_OR_RETURN(const Value key, KeyOf(item, attribute, case_sensitive));
    if (key.depth() > 0) return Fault(Cat("unique cannot compare ", key.Kind(), "s"));
    const bool whole =
        key.is_number() && std::abs(key.number()) < 9e18 && std::floor(key.number()) == key.number();
    const std::string text =
        whole ? Cat("n", static_cast<int64_t>(key.number())) : Cat(key.Kind(), key.Print());
    if (seen.insert(text).second) kept.push_back(item);
  }
  return Value(std::move(kept), SequenceType::kGenerator);
}

Result Sum(const Value& subject, const Arguments& arguments) {
  const Value* attribute = arguments.Find(0, "attribute");
  const Value* start = arguments.Find(1, "start");
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  Value sum = start != nullptr ? *start : Value(int64_t{0});
  for (const Value& item : items) {
    ESPALIER_ASSIGN_OR_RETURN(const Value value, ReadPath(item, attribute));
    if (sum.is_string()) return Fault("sum cannot add strings: use join");
    ESPALIER_ASSIGN_OR_RETURN(sum, Compute(sum, "+", value));
    ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(1 + sum.size()));
  }
  return sum;
}

constexpr Filter kFilters[] = {
    {"dictsort", DictSort},
    {"map", Map},
    {"max", [](const Value& v, const Arguments& a) { return Extreme(v, a, ">"); }},
    {"min", [](const Value& v, const Arguments& a) { return Extreme(v, a, "<"); }},
    {"reject", [](const Value& v, const Arguments& a) { return Select(v, a, false, false); }},
    {"rejectattr", [](const Value& v, const Arguments& a) { return Select(v, a, true, false); }},
    {"select", [](const Value& v, const Arguments& a) { return Select(v, a, false, true); }},
    {"selectattr", [](const Value& v, const Arguments& a) { return Select(v, a, true, true); }},
    {"sort", SortFilter},
    {"sum", Sum},
    {"unique", Unique},
};

}  // namespace

std::span<const Filter> ItemFilters() { return kFilters; }

absl::StatusOr<Value> ReadPath(const Value& item, const Value* path) {
  if (path == nullptr || path->is_none()) return item;
  if (path->is_int()) return Subscript(item, *path);
  Value value = item;
  const std::string names = path->Print();
  for (const absl::string_view name : absl::StrSplit(names, '.')) {
    int64_t index = 0;
    const bool is_index =
        !name.empty() && name.size() < 10 &&
        std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
        absl::SimpleAtoi(name, &index);
    ESPALIER_ASSIGN_OR_RETURN(value, Subscript(value, is_index ? Value(index) : Value(ToStd(name))));
  }
  return value;
}

}  // namespace espalier::jinja
