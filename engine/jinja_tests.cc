// What may stand behind "is".
#include <algorithm>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_strings.h"
#include "engine/jinja_tables.h"

namespace espalier::jinja {
namespace {

using Answer = absl::StatusOr<bool>;

Answer CompareWithArgument(const Value& subject, std::string_view op, const Arguments& arguments) {
  if (arguments.positional.size() != 1) return Fault("this test needs one argument");
  return Compare(subject, op, arguments.positional[0]);
}

bool IsCased(std::string_view text, bool upper) {
  const std::vector<std::string_view> characters = Characters(text);
  return std::any_of(characters.begin(), characters.end(), IsLetter) &&
         text == (upper ? Upper(text) : Lower(text));
}

Answer IsDivisible(const Value& subject, int64_t divisor) {
  if (!subject.is_number())
    return Fault(Cat("odd, even and divisibleby need a number, not ", subject.Kind()));
  ESPALIER_ASSIGN_OR_RETURN(const Value remainder, Compute(subject, "%", Value(divisor)));
  return remainder.number() == 0;
}

Answer IsDivisibleBy(const Value& subject, const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t divisor, arguments.IntegerOr(0, "num", 0));
  return IsDivisible(subject, divisor);
}

Answer IsOdd(const Value& subject, const Arguments&) {
  if (subject.is_float()) {
    ESPALIER_ASSIGN_OR_RETURN(const Value remainder, Compute(subject, "%", Value(int64_t{2})));
    return remainder.number() == 1;
  }
  ESPALIER_ASSIGN_OR_RETURN(const bool even, IsDivisible(subject, 2));
  return !even;
}

// The very same object in Python; here equal and of one kind, which for scalars comes to the same.
Answer IsSame(const Value& subject, const Arguments& arguments) {
  if (arguments.positional.size() != 1) return Fault("this test needs one argument");
  const Value& other = arguments.positional[0];
  return subject.Kind() == other.Kind() && subject == other;
}

bool IsSequence(const Value& value) {
  return value.is_string() || value.is_undefined() || value.is_dict() ||
         (value.is_list() && !value.is_generator());
}

constexpr Test kTests[] = {
    {"boolean", [](const Value& v, const Arguments&) -> Answer { return v.is_bool(); }},
    {"callable",
     [](const Value& v, const Arguments&) -> Answer { return v.is_callable() || v.is_undefined(); }},
    {"defined", [](const Value& v, const Arguments&) -> Answer { return !v.is_undefined(); }},
    {"divisibleby", IsDivisibleBy},
    {"eq", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "==", a); }},
    {"equalto", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "==", a); }},
    {"even", [](const Value& v, const Arguments&) { return IsDivisible(v, 2); }},
    {"false", [](const Value& v, const Arguments&) -> Answer { return v.is_bool() && !v.Truthy(); }},
    {"float", [](const Value& v, const Arguments&) -> Answer { return v.is_float(); }},
    {"ge", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, ">=", a); }},
    {"greaterthan", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, ">", a); }},
    {"gt", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, ">", a); }},
    {"in", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "in", a); }},
    {"integer", [](const Value& v, const Arguments&) -> Answer { return v.is_int(); }},
    {"iterable", [](const Value& v, const Arguments&) -> Answer { return IsIterable(v); }},
    {"le", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "<=", a); }},
    {"lessthan", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "<", a); }},
    {"lower", [](const Value& v, const Arguments&) -> Answer { return IsCased(v.Print(), false); }},
    {"lt", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "<", a); }},
    {"mapping", [](const Value& v, const Arguments&) -> Answer { return v.is_dict(); }},
    {"ne", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "!=", a); }},
    {"none", [](const Value& v, const Arguments&) -> Answer { return v.is_none(); }},
    {"number", [](const Value& v, const Arguments&) -> Answer { return v.is_number(); }},
    {"odd", IsOdd},
    {"sameas", IsSame},
    {"sequence", [](const Value& v, const Arguments&) -> Answer { return IsSequence(v); }},
    {"string", [](const Value& v, const Arguments&) -> Answer { return v.is_string(); }},
    {"true", [](const Value& v, const Arguments&) -> Answer { return v.is_bool() && v.Truthy(); }},
    {"undefined", [](const Value& v, const Arguments&) -> Answer { return v.is_undefined(); }},
    {"upper", [](const Value& v, const Arguments&) -> Answer { return IsCased(v.Print(), true); }},
    // select('>', 3) and its like
    {"!=", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "!=", a); }},
    {"<", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "<", a); }},
    {"<=", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "<=", a); }},
    {"==", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, "==", a); }},
    {">", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, ">", a); }},
    {">=", [](const Value& v, const Arguments& a) { return CompareWithArgument(v, ">=", a); }},
};

}  // namespace

std::span<const Test> Tests() { return kTests; }

}  // namespace espalier::jinja
