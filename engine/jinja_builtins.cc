#include "engine/jinja_builtins.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "base/utf8.h"
#include "engine/jinja_lexer.h"

namespace espalier::jinja {
namespace {

using Result = absl::StatusOr<Value>;
using Filter = Result (*)(const Value& subject, const Arguments& arguments);
using Test = absl::StatusOr<bool> (*)(const Value& subject, const Arguments& arguments);

absl::Status Fault(std::string_view message) { return absl::InvalidArgumentError(Cat(message)); }

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

// Without `characters` at the chosen ends; null characters: white space.
std::string Strip(std::string_view text, const Value* characters, bool left, bool right) {
  const auto strips = [&](char c) {
    return characters != nullptr && characters->is_string()
               ? characters->string().find(c) != std::string::npos
               : IsSpace(c);
  };
  while (left && !text.empty() && strips(text.front())) text.remove_prefix(1);
  while (right && !text.empty() && strips(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::string Upper(std::string_view text) { return absl::AsciiStrToUpper(ToAbsl(text)); }
std::string Lower(std::string_view text) { return absl::AsciiStrToLower(ToAbsl(text)); }

std::string Capitalize(std::string_view text) {
  std::string result = Lower(text);
  if (!result.empty()) result[0] = absl::ascii_toupper(static_cast<unsigned char>(result[0]));
  return result;
}

Result Length(const Value& subject) {
  if (subject.is_dict() && !subject.is_namespace()) return Value(static_cast<int64_t>(subject.dict().size()));
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject));
  return Value(static_cast<int64_t>(items.size()));
}

Result Join(const Value& subject, std::string_view separator) {
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject));
  if (static_cast<int64_t>(separator.size() * items.size()) > kMaxWeight)
    return Fault("a string grows too long");
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += separator;
    text += items[i].Print();
  }
  return Value(std::move(text));
}

Result Replace(std::string_view text, const Arguments& arguments) {
  const Value* from = arguments.Find(0, "old");
  const Value* to = arguments.Find(1, "new");
  if (from == nullptr || to == nullptr || from->Print().empty()) {
    return Fault("replace needs what to replace and by what");
  }
  const std::string pattern = from->Print();
  const std::string substitute = to->Print();
  std::string result;
  size_t done = 0;
  for (size_t hit; (hit = text.find(pattern, done)) != std::string_view::npos; done = hit + pattern.size()) {
    result.append(text.substr(done, hit - done)).append(substitute);
    if (static_cast<int64_t>(result.size()) > kMaxWeight) return Fault("a string grows too long");
  }
  return Value(result.append(text.substr(done)));
}

Result Split(std::string_view text, const Arguments& arguments) {
  const Value* separator = arguments.Find(0, "sep");
  const Value* limit = arguments.Find(1, "maxsplit");
  int64_t left = limit != nullptr && limit->is_int() && limit->integer() >= 0 ? limit->integer() : kMaxWeight;
  List parts;
  if (separator == nullptr || separator->is_none()) {
    while (!(text = ToStd(absl::StripLeadingAsciiWhitespace(ToAbsl(text)))).empty()) {
      const auto end = left-- > 0 ? std::find_if(text.begin(), text.end(), IsSpace) : text.end();
      parts.emplace_back(text.substr(0, end - text.begin()));
      text.remove_prefix(end - text.begin());
    }
    return Value(std::move(parts));
  }
  if (!separator->is_string() || separator->string().empty())
    return Fault("split needs a separator that is not empty");
  for (size_t hit; left-- > 0 && (hit = text.find(separator->string())) != std::string_view::npos;) {
    parts.emplace_back(text.substr(0, hit));
    text.remove_prefix(hit + separator->string().size());
  }
  parts.emplace_back(text);
  return Value(std::move(parts));
}

Result DictItems(const Value& subject) {
  if (!subject.is_dict() || subject.is_namespace())
    return Fault(Cat("items needs a dict, not ", subject.Kind()));
  List items;
  for (const auto& [key, value] : subject.dict()) items.emplace_back(List{Value(key), value});
  return Value(std::move(items));
}

Result Default(const Value& subject, const Arguments& arguments) {
  const Value* by_truth = arguments.Find(1, "boolean");
  const bool missing =
      subject.is_undefined() || (by_truth != nullptr && by_truth->Truthy() && !subject.Truthy());
  if (!missing) return subject;
  const Value* substitute = arguments.Find(0, "default_value");
  return substitute != nullptr ? *substitute : Value("");
}

Result ToJsonFilter(const Value& subject, const Arguments& arguments) {
  if (subject.is_undefined()) return Fault(Cat("'", subject.undefined_name(), "' is undefined"));
  const Value* indent = arguments.Find(0, "indent");
  if (indent == nullptr || indent->is_none()) return Value(ToJson(subject, -1));
  if (!indent->is_int() || indent->integer() < 0 || indent->integer() > 16)
    return Fault("tojson: indent is 0 to 16");
  return Value(ToJson(subject, static_cast<int>(indent->integer())));
}

Result ToInteger(const Value& subject) {
  if (subject.is_integral()) return Value(subject.integer());
  if (subject.is_float() && std::abs(subject.number()) < 9e18)
    return Value(static_cast<int64_t>(subject.number()));
  int64_t value = 0;
  const std::string text = Strip(subject.Print(), nullptr, true, true);
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return Value(parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? value : int64_t{0});
}

Result Edge(const Value& subject, bool first) {
  ESPALIER_ASSIGN_OR_RETURN(const List items, Iterate(subject));
  if (items.empty()) return Value(Undefined{first ? "first item" : "last item"});
  return first ? items.front() : items.back();
}

Result Reverse(const Value& subject) {
  if (subject.is_string()) return Slice(subject, Value(), Value(), Value(int64_t{-1}));
  ESPALIER_ASSIGN_OR_RETURN(List items, Iterate(subject));
  std::reverse(items.begin(), items.end());
  return Value(std::move(items));
}

const absl::flat_hash_map<std::string_view, Filter>& Filters() {
  static const auto& filters = *new absl::flat_hash_map<std::string_view, Filter>{
      {"trim",
       [](const Value& v, const Arguments& a) -> Result {
         return Value(Strip(v.Print(), a.Find(0, "chars"), true, true));
       }},
      {"length", [](const Value& v, const Arguments&) { return Length(v); }},
      {"count", [](const Value& v, const Arguments&) { return Length(v); }},
      {"upper", [](const Value& v, const Arguments&) -> Result { return Value(Upper(v.Print())); }},
      {"lower", [](const Value& v, const Arguments&) -> Result { return Value(Lower(v.Print())); }},
      {"capitalize", [](const Value& v, const Arguments&) -> Result { return Value(Capitalize(v.Print())); }},
      {"string", [](const Value& v, const Arguments&) -> Result { return Value(v.Print()); }},
      {"safe", [](const Value& v, const Arguments&) -> Result { return v; }},
      {"tojson", ToJsonFilter},
      {"default", Default},
      {"d", Default},
      {"int", [](const Value& v, const Arguments&) { return ToInteger(v); }},
      {"first", [](const Value& v, const Arguments&) { return Edge(v, true); }},
      {"last", [](const Value& v, const Arguments&) { return Edge(v, false); }},
      {"reverse", [](const Value& v, const Arguments&) { return Reverse(v); }},
      {"items", [](const Value& v,
                   const Arguments&) { return v.is_undefined() ? Result(Value(List())) : DictItems(v); }},
      {"replace", [](const Value& v, const Arguments& a) { return Replace(v.Print(), a); }},
      {"join",
       [](const Value& v, const Arguments& a) {
         const Value* separator = a.Find(0, "d");
         return Join(v, separator != nullptr ? separator->Print() : "");
       }},
      {"list",
       [](const Value& v, const Arguments&) -> Result {
         ESPALIER_ASSIGN_OR_RETURN(List items, Iterate(v));
         return Value(std::move(items));
       }},
  };
  return filters;
}

absl::StatusOr<bool> TestEqual(const Value& subject, const Arguments& arguments) {
  if (arguments.positional.size() != 1) return Fault("this test needs one argument");
  return subject == arguments.positional[0];
}

bool IsCased(std::string_view text, bool upper) {
  const bool has_letter =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isalpha(c); });
  return has_letter && text == (upper ? Upper(text) : Lower(text));
}

const absl::flat_hash_map<std::string_view, Test>& Tests() {
  using Answer = absl::StatusOr<bool>;
  static const auto& tests = *new absl::flat_hash_map<std::string_view, Test>{
      {"defined", [](const Value& v, const Arguments&) -> Answer { return !v.is_undefined(); }},
      {"undefined", [](const Value& v, const Arguments&) -> Answer { return v.is_undefined(); }},
      {"none", [](const Value& v, const Arguments&) -> Answer { return v.is_none(); }},
      {"boolean", [](const Value& v, const Arguments&) -> Answer { return v.is_bool(); }},
      {"true", [](const Value& v, const Arguments&) -> Answer { return v.is_bool() && v.Truthy(); }},
      {"false", [](const Value& v, const Arguments&) -> Answer { return v.is_bool() && !v.Truthy(); }},
      {"string", [](const Value& v, const Arguments&) -> Answer { return v.is_string(); }},
      {"number", [](const Value& v, const Arguments&) -> Answer { return v.is_number(); }},
      {"integer", [](const Value& v, const Arguments&) -> Answer { return v.is_int(); }},
      {"float", [](const Value& v, const Arguments&) -> Answer { return v.is_float(); }},
      {"mapping",
       [](const Value& v, const Arguments&) -> Answer { return v.is_dict() && !v.is_namespace(); }},
      {"sequence",
       [](const Value& v, const Arguments&) -> Answer {
         return v.is_string() || v.is_list() || v.is_undefined() || (v.is_dict() && !v.is_namespace());
       }},
      {"iterable", [](const Value& v, const Arguments&) -> Answer { return Iterate(v).ok(); }},
      {"odd",
       [](const Value& v, const Arguments&) -> Answer { return v.is_integral() && v.integer() % 2 != 0; }},
      {"even",
       [](const Value& v, const Arguments&) -> Answer { return v.is_integral() && v.integer() % 2 == 0; }},
      {"upper", [](const Value& v, const Arguments&) -> Answer { return IsCased(v.Print(), true); }},
      {"lower", [](const Value& v, const Arguments&) -> Answer { return IsCased(v.Print(), false); }},
      {"equalto", TestEqual},
      {"eq", TestEqual},
      {"in",
       [](const Value& v, const Arguments& a) -> Answer {
         if (a.positional.size() != 1) return Fault("this test needs one argument");
         return Compare(v, "in", a.positional[0]);
       }},
  };
  return tests;
}

template <typename Map>
absl::Status CheckName(const Map& known, std::string_view what, std::string_view name, int line) {
  if (known.contains(name)) return absl::OkStatus();
  std::vector<std::string> names;
  for (const auto& entry : known) names.emplace_back(entry.first);
  std::sort(names.begin(), names.end());
  return TemplateError(line, Cat(what, " '", name, "' is not supported", DidYouMean(name, names),
                                 "; known are ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<Value> StringMethod(const std::string& text, std::string_view name,
                                   const Arguments& arguments) {
  const Value* first = arguments.Find(0, "");
  if (name == "strip") return Value(Strip(text, first, true, true));
  if (name == "lstrip") return Value(Strip(text, first, true, false));
  if (name == "rstrip") return Value(Strip(text, first, false, true));
  if (name == "upper") return Value(Upper(text));
  if (name == "lower") return Value(Lower(text));
  if (name == "capitalize") return Value(Capitalize(text));
  if (name == "split") return Split(text, arguments);
  if (name == "replace") return Replace(text, arguments);
  if (name == "join" && first != nullptr) return Join(*first, text);
  const bool has_text = first != nullptr && first->is_string();
  if (name == "startswith" && has_text) return Value(text.starts_with(first->string()));
  if (name == "endswith" && has_text) return Value(text.ends_with(first->string()));
  return Fault(Cat("a string has no method '", name, "' with these arguments here"));
}

absl::StatusOr<Value> DictMethod(const Value& dict, std::string_view name, const Arguments& arguments) {
  if (name == "items") return DictItems(dict);
  if (name == "keys") {
    ESPALIER_ASSIGN_OR_RETURN(List keys, Iterate(dict));
    return Value(std::move(keys));
  }
  if (name == "values") {
    List values;
    for (const auto& [key, value] : dict.dict()) values.push_back(value);
    return Value(std::move(values));
  }
  const Value* key = arguments.Find(0, "");
  if (name == "get" && key != nullptr) {
    const Value* member = key->is_string() ? dict.Find(key->string()) : nullptr;
    const Value* absent = arguments.Find(1, "");
    return member != nullptr ? *member : absent != nullptr ? *absent : Value();
  }
  return Fault(Cat("a dict has no method '", name, "' with these arguments here"));
}

absl::StatusOr<Value> Range(const Arguments& arguments) {
  constexpr int64_t kFarthest = int64_t{1} << 60;  // counting on cannot overflow
  const std::vector<Value>& bounds = arguments.positional;
  if (bounds.empty() || bounds.size() > 3 ||
      !std::all_of(bounds.begin(), bounds.end(), [](const Value& bound) {
        return bound.is_int() && bound.integer() > -kFarthest && bound.integer() < kFarthest;
      })) {
    return Fault("range needs one to three integers");
  }
  const int64_t start = bounds.size() > 1 ? bounds[0].integer() : 0;
  const int64_t stop = bounds[bounds.size() > 1 ? 1 : 0].integer();
  const int64_t step = bounds.size() > 2 ? bounds[2].integer() : 1;
  if (step == 0) return Fault("range: the step must not be zero");
  List items;
  for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) {
    if (static_cast<int64_t>(items.size()) == kMaxRange)
      return Fault(Cat("range has more than ", kMaxRange, " items"));
    items.emplace_back(i);
  }
  return Value(std::move(items));
}

}  // namespace

const Value* Arguments::Find(size_t index, std::string_view name) const {
  if (index < positional.size()) return &positional[index];
  const auto it =
      std::find_if(named.begin(), named.end(), [&](const auto& entry) { return entry.first == name; });
  return it == named.end() ? nullptr : &it->second;
}

absl::Status CheckFilterName(std::string_view name, int line) {
  return CheckName(Filters(), "filter", name, line);
}

absl::Status CheckTestName(std::string_view name, int line) { return CheckName(Tests(), "test", name, line); }

absl::StatusOr<Value> ApplyFilter(std::string_view name, const Value& subject, const Arguments& arguments) {
  return Filters().at(name)(subject, arguments);
}

absl::StatusOr<bool> ApplyTest(std::string_view name, const Value& subject, const Arguments& arguments) {
  return Tests().at(name)(subject, arguments);
}

absl::StatusOr<Value> CallMethod(const Value& object, std::string_view name, const Arguments& arguments) {
  if (object.is_string()) return StringMethod(object.string(), name, arguments);
  if (object.is_dict() && !object.is_namespace()) return DictMethod(object, name, arguments);
  return Fault(Cat(object.Kind(), " has no method '", name, "'"));
}

absl::StatusOr<Value> CallFunction(std::string_view name, const Arguments& arguments) {
  if (name == "raise_exception") {
    const Value* message = arguments.Find(0, "message");
    return Fault(Cat("the template refuses: ", message != nullptr ? message->Print() : ""));
  }
  if (name == "range") return Range(arguments);
  if (name == "namespace") return Value::Namespace(arguments.named);
  if (name == "dict") return Value(Dict(arguments.named));
  return absl::NotFoundError(Cat("'", name, "' is not a function here"));
}

}  // namespace espalier::jinja
