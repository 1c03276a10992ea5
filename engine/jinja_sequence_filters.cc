// Filters on lists, dicts and strings as a whole.
#include <algorithm>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_strings.h"
#include "engine/jinja_tables.h"

namespace espalier::jinja {
namespace {

using Result = absl::StatusOr<Value>;

Result Length(const Value& subject, const Arguments&) {
  if (subject.is_string()) return Value(CountCharacters(subject.string()));
  const bool has_length = (subject.is_list() && !subject.is_generator()) || subject.is_dict();
  if (has_length || subject.is_undefined()) return Value(subject.size());
  return Fault(Cat(subject.Kind(), " has no length", subject.is_generator() ? ": make it a list first" : ""));
}

Result Edge(const Value& subject, const Arguments& arguments, bool first) {
  if (subject.is_list() && !subject.list().empty()) {
    if (first || !subject.is_generator()) return first ? subject.list().front() : subject.list().back();
    return Fault("last needs a list, not a generator: make it a list first");
  }
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  if (items.empty()) return Value(Undefined{first ? "first item" : "last item"});
  return first ? items.front() : items.back();
}

Result Reverse(const Value& subject, const Arguments& arguments) {
  if (subject.is_string()) return Slice(subject, Value(), Value(), Value(int64_t{-1}));
  ESPALIER_ASSIGN_OR_RETURN(List items, Iterate(subject, *arguments.meter));
  std::reverse(items.begin(), items.end());
  return Value(std::move(items), SequenceType::kGenerator);
}

Result ToList(const Value& subject, const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(List items, Iterate(subject, *arguments.meter));
  return Value(std::move(items));
}

Result Items(const Value& subject, const Arguments& arguments) {
  if (subject.is_undefined()) return Value(List(), SequenceType::kGenerator);
  if (!subject.is_dict()) return Fault(Cat("items needs a dict, not ", subject.Kind()));
  return CallMethod(subject, "items", Arguments(*arguments.meter));
}

Result Join(const Value& subject, const Arguments& arguments) {
  const std::string separator = arguments.TextOr(0, "d", "");
  const Value* attribute = arguments.Find(1, "attribute");
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) {
    ESPALIER_ASSIGN_OR_RETURN(const Value item, ReadPath(items[i], attribute));
    if (i > 0) text += separator;
    if (item.weight() > kMaxWeight && !item.is_undefined())
      return Fault(Cat("join cannot print ", item.Kind()));
    text += item.Print();
    if (static_cast<int64_t>(text.size()) > kMaxWeight) return GrowsTooLong();
  }
  return Value(std::move(text));
}

// Lists of `size` items each; the last filled up with the argument `fill_with`, if it is given.
Result Batch(const Value& subject, const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t size, arguments.IntegerOr(0, "linecount", 0));
  const Value* fill = arguments.Find(1, "fill_with");
  if (size < 1) return Fault("batch needs a size of 1 or more");
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  List batches;
  for (int64_t i = 0; i < static_cast<int64_t>(items.size()); i += size) {
    const int64_t end = std::min(size, static_cast<int64_t>(items.size()) - i);
    List batch(items.begin() + i, items.begin() + i + end);
    if (fill != nullptr && !fill->is_none() && end < size) {
      ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(size));
      batch.resize(size, *fill);
    }
    batches.emplace_back(std::move(batch));
    if (size > INT64_MAX - i) break;
  }
  return Value(std::move(batches), SequenceType::kGenerator);
}

// `slices` lists of nearly the same length, the longer ones first.
Result SliceFilter(const Value& subject, const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t slices, arguments.IntegerOr(0, "slices", 0));
  const Value* fill = arguments.Find(1, "fill_with");
  if (slices < 1) return Fault("slice needs a count of 1 or more");
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject, *arguments.meter));
  ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(slices));
  const int64_t length = static_cast<int64_t>(items.size()) / slices;
  const int64_t longer = static_cast<int64_t>(items.size()) % slices;
  List result;
  for (int64_t i = 0, begin = 0; i < slices; ++i) {
    const int64_t end = begin + length + (i < longer ? 1 : 0);
    List slice(items.begin() + begin, items.begin() + end);
    if (fill != nullptr && !fill->is_none() && i >= longer) slice.push_back(*fill);
    result.emplace_back(std::move(slice));
    begin = end;
  }
  return Value(std::move(result), SequenceType::kGenerator);
}

Result AttributeFilter(const Value& subject, const Arguments& arguments) {
  if (subject.is_undefined()) return Fault(Cat("'", subject.undefined_name(), "' is undefined"));
  // As Jinja: what Python calls an attribute, which the keys of a dict are not.
  const std::string name = arguments.TextOr(0, "name", "");
  if (subject.is_namespace() || HasMethod(subject, name)) return Attribute(subject, name);
  return Value(Undefined{name});
}

constexpr Filter kFilters[] = {
    {"attr", AttributeFilter},
    {"batch", Batch},
    {"count", Length},
    {"first", [](const Value& v, const Arguments& a) { return Edge(v, a, true); }},
    {"items", Items},
    {"join", Join},
    {"last", [](const Value& v, const Arguments& a) { return Edge(v, a, false); }},
    {"length", Length},
    {"list", ToList},
    {"reverse", Reverse},
    {"slice", SliceFilter},
};

}  // namespace

std::span<const Filter> SequenceFilters() { return kFilters; }

}  // namespace espalier::jinja
