// Methods of strings.
#include <algorithm>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_methods.h"
#include "engine/jinja_strings.h"

namespace espalier::jinja {
namespace {

using Result = absl::StatusOr<Value>;

Result StripMethod(const std::string& text, const Arguments& arguments, Ends ends) {
  const Value* set = arguments.Find(0, "");
  if (set == nullptr || set->is_none()) return Value(Strip(text, {}, ends));
  if (!set->is_string()) return Fault(Cat("strip needs a string of characters, not ", set->Kind()));
  return Value(Strip(text, set->string(), ends));
}

Result ToValues(const std::vector<std::string_view>& parts, const Arguments& arguments) {
  ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(static_cast<int64_t>(parts.size())));
  List list;
  for (const std::string_view part : parts) list.emplace_back(part);
  return Value(std::move(list));
}

Result Split(const std::string& text, const Arguments& arguments, bool from_right) {
  const Value* separator = arguments.Find(0, "sep");
  ESPALIER_ASSIGN_OR_RETURN(const int64_t limit, arguments.IntegerOr(1, "maxsplit", -1));
  const int64_t cuts = limit < 0 ? -1 : limit;
  if (separator == nullptr || separator->is_none()) {
    return ToValues(SplitAtSpace(text, cuts, from_right), arguments);
  }
  if (!separator->is_string() || separator->string().empty()) {
    return Fault("split needs a separator that is not empty");
  }
  return ToValues(SplitAt(text, separator->string(), cuts, from_right), arguments);
}

Result Partition(const std::string& text, const Arguments& arguments, bool from_right) {
  const Value* separator = arguments.Find(0, "sep");
  if (separator == nullptr || !separator->is_string() || separator->string().empty()) {
    return Fault("partition needs a separator that is not empty");
  }
  const std::vector<std::string_view> parts = SplitAt(text, separator->string(), 1, from_right);
  const bool found = parts.size() == 2;
  List list;
  if (found) {
    list = {Value(parts[0]), *separator, Value(parts[1])};
  } else if (from_right) {
    list = {Value(""), Value(""), Value(text)};
  } else {
    list = {Value(text), Value(""), Value("")};
  }
  return Value(std::move(list), SequenceType::kTuple);
}

Result Replace(const std::string& source, const Arguments& arguments) {
  const Value* from = arguments.Find(0, "old");
  const Value* to = arguments.Find(1, "new");
  ESPALIER_ASSIGN_OR_RETURN(int64_t left, arguments.IntegerOr(2, "count", -1));
  if (from == nullptr || to == nullptr || !from->is_string() || !to->is_string()) {
    return Fault("replace needs two strings: what to replace and by what");
  }
  std::string_view text = source;
  std::string result;
  const std::string& pattern = from->string();
  for (; left != 0; --left) {
    const size_t hit = FindText(text, pattern);
    if (hit == std::string_view::npos) break;
    result.append(text.substr(0, hit)).append(to->string());
    text.remove_prefix(hit + pattern.size());
    if (static_cast<int64_t>(result.size()) > kMaxWeight) return GrowsTooLong();
    if (!pattern.empty()) continue;
    if (text.empty()) break;  // an empty pattern stands before each character and at the end
    const std::string_view character = Characters(text.substr(0, 4))[0];
    result += character;
    text.remove_prefix(character.size());
  }
  return Value(result.append(text));
}

// What [start, stop) of the text holds, and how many characters stand before it.
absl::StatusOr<std::pair<std::string, int64_t>> Part(const std::string& text, const Arguments& arguments) {
  const Value* start = arguments.Find(1, "");
  const Value* stop = arguments.Find(2, "");
  if (start == nullptr) return std::pair(text, int64_t{0});
  ESPALIER_ASSIGN_OR_RETURN(const Value head, Slice(Value(text), Value(), *start, Value()));
  ESPALIER_ASSIGN_OR_RETURN(const Value part,
                            Slice(Value(text), *start, stop != nullptr ? *stop : Value(), Value()));
  return std::pair(part.string(), CountCharacters(head.string()));
}

Result HasEdge(const std::string& text, const Arguments& arguments, bool at_start) {
  const Value* first = arguments.Find(0, "");
  if (first == nullptr) return Fault("startswith and endswith need a string");
  ESPALIER_ASSIGN_OR_RETURN(const auto part, Part(text, arguments));
  const List candidates = first->is_tuple() ? first->list() : List{*first};
  for (const Value& candidate : candidates) {
    if (!candidate.is_string())
      return Fault(Cat("startswith and endswith need a string, not ", candidate.Kind()));
    if (at_start ? part.first.starts_with(candidate.string()) : part.first.ends_with(candidate.string())) {
      return Value(true);
    }
  }
  return Value(false);
}

// The place of the text in characters; -1 where it is not.
absl::StatusOr<int64_t> Place(const std::string& text, const Arguments& arguments, bool from_right) {
  const Value* wanted = arguments.Find(0, "");
  if (wanted == nullptr || !wanted->is_string()) return Fault("find, index and count need a string");
  ESPALIER_ASSIGN_OR_RETURN(const auto part, Part(text, arguments));
  const size_t hit =
      from_right ? FindLastText(part.first, wanted->string()) : FindText(part.first, wanted->string());
  if (hit == std::string::npos) return -1;
  return part.second + CountCharacters(std::string_view(part.first).substr(0, hit));
}

Result Find(const std::string& text, const Arguments& arguments, bool from_right) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t place, Place(text, arguments, from_right));
  return Value(place);
}

Result Index(const std::string& text, const Arguments& arguments, bool from_right) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t place, Place(text, arguments, from_right));
  return place >= 0 ? Result(Value(place)) : Fault("index: the text is not found");
}

Result Count(const std::string& text, const Arguments& arguments) {
  const Value* wanted = arguments.Find(0, "");
  if (wanted == nullptr || !wanted->is_string()) return Fault("find, index and count need a string");
  ESPALIER_ASSIGN_OR_RETURN(const auto part, Part(text, arguments));
  if (wanted->string().empty()) return Value(CountCharacters(part.first) + 1);
  return Value(static_cast<int64_t>(SplitAt(part.first, wanted->string(), -1, false).size()) - 1);
}

// ljust, rjust, center: `left` and `right` say on which sides padding goes.
Result Pad(const std::string& text, const Arguments& arguments, Ends padded) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t width, arguments.IntegerOr(0, "", 0));
  const std::string fill = arguments.TextOr(1, "", " ");
  if (CountCharacters(fill) != 1) return Fault("padding needs one character");
  if (width > kMaxPadding) return Fault(Cat("padding to more than ", kMaxPadding, " characters"));
  const int64_t missing = std::max<int64_t>(0, width - CountCharacters(text));
  const int64_t odd = padded.left && padded.right ? missing & width & 1 : 0;  // as CPython centres
  const int64_t left = !padded.left ? 0 : padded.right ? missing / 2 + odd : missing;
  std::string result;
  for (int64_t i = 0; i < left; ++i) result += fill;
  result += text;
  for (int64_t i = left; i < missing; ++i) result += fill;
  return Value(std::move(result));
}

Result FillWithZeros(const std::string& text, const Arguments& arguments) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  ESPALIER_ASSIGN_OR_RETURN(int64_t width, arguments.IntegerOr(0, "", 0));
  if (has_sign && width > 0) --width;
  Arguments padding(*arguments.meter);
  padding.positional = {Value(width), Value("0")};
  ESPALIER_ASSIGN_OR_RETURN(const Value digits,
                            Pad(text.substr(has_sign ? 1 : 0), padding, {.left = true, .right = false}));
  return Value(has_sign ? text[0] + digits.string() : digits.string());
}

Result WithoutEdge(const std::string& text, const Arguments& arguments, bool at_start) {
  const Value* edge = arguments.Find(0, "");
  if (edge == nullptr || !edge->is_string()) return Fault("removeprefix and removesuffix need a string");
  if (at_start) return Value(text.starts_with(edge->string()) ? text.substr(edge->size()) : text);
  return Value(text.ends_with(edge->string()) ? text.substr(0, text.size() - edge->size()) : text);
}

Result JoinMethod(const std::string& separator, const Arguments& arguments) {
  const Value* items = arguments.Find(0, "");
  if (items == nullptr || !IsIterable(*items)) return Fault("join needs a list");
  ESPALIER_ASSIGN_OR_RETURN(const List parts, Iterate(*items, *arguments.meter));
  if (!std::all_of(parts.begin(), parts.end(), [](const Value& part) { return part.is_string(); })) {
    return Fault("join as a method needs strings: use the filter");
  }
  Arguments separators(*arguments.meter);
  separators.positional = {Value(separator)};
  return ApplyFilter("join", Value(parts), separators);
}

Result Lines(const std::string& text, const Arguments& arguments) {
  return ToValues(SplitLines(text, arguments.FlagOr(0, "keepends", false)), arguments);
}

template <typename Predicate>
Result All(const std::string& text, Predicate holds) {
  const std::vector<std::string_view> characters = Characters(text);
  return Value(!characters.empty() && std::all_of(characters.begin(), characters.end(), holds));
}

bool IsDigit(std::string_view character) { return character[0] >= '0' && character[0] <= '9'; }
bool IsAlphanumeric(std::string_view character) { return IsDigit(character) || IsLetter(character); }

Result IsCased(const std::string& text, bool upper) {
  const std::vector<std::string_view> characters = Characters(text);
  const bool has_letter = std::any_of(characters.begin(), characters.end(), IsLetter);
  return Value(has_letter && text == (upper ? Upper(text) : Lower(text)));
}

using Text = const std::string&;
using Given = const Arguments&;

constexpr StringMethod kMethods[] = {
    {"capitalize", [](Text t, Given) -> Result { return Value(Capitalize(t)); }},
    {"center", [](Text t, Given a) { return Pad(t, a, {}); }},
    {"count", [](Text t, Given a) { return Count(t, a); }},
    {"endswith", [](Text t, Given a) { return HasEdge(t, a, false); }},
    {"find", [](Text t, Given a) { return Find(t, a, false); }},
    {"format", [](Text t, Given a) { return FormatBraces(t, a); }},
    {"index", [](Text t, Given a) { return Index(t, a, false); }},
    {"isalnum", [](Text t, Given) { return All(t, IsAlphanumeric); }},
    {"isalpha", [](Text t, Given) { return All(t, IsLetter); }},
    {"isdecimal", [](Text t, Given) { return All(t, IsDigit); }},
    {"isdigit", [](Text t, Given) { return All(t, IsDigit); }},
    {"islower", [](Text t, Given) { return IsCased(t, false); }},
    {"isnumeric", [](Text t, Given) { return All(t, IsDigit); }},
    {"isspace", [](Text t, Given) { return All(t, IsSpaceCharacter); }},
    {"isupper", [](Text t, Given) { return IsCased(t, true); }},
    {"join", [](Text t, Given a) { return JoinMethod(t, a); }},
    {"ljust", [](Text t, Given a) { return Pad(t, a, {.left = false, .right = true}); }},
    {"lower", [](Text t, Given) -> Result { return Value(Lower(t)); }},
    {"lstrip", [](Text t, Given a) { return StripMethod(t, a, {.left = true, .right = false}); }},
    {"partition", [](Text t, Given a) { return Partition(t, a, false); }},
    {"removeprefix", [](Text t, Given a) { return WithoutEdge(t, a, true); }},
    {"removesuffix", [](Text t, Given a) { return WithoutEdge(t, a, false); }},
    {"replace", [](Text t, Given a) { return Replace(t, a); }},
    {"rfind", [](Text t, Given a) { return Find(t, a, true); }},
    {"rindex", [](Text t, Given a) { return Index(t, a, true); }},
    {"rjust", [](Text t, Given a) { return Pad(t, a, {.left = true, .right = false}); }},
    {"rpartition", [](Text t, Given a) { return Partition(t, a, true); }},
    {"rsplit", [](Text t, Given a) { return Split(t, a, true); }},
    {"rstrip", [](Text t, Given a) { return StripMethod(t, a, {.left = false, .right = true}); }},
    {"split", [](Text t, Given a) { return Split(t, a, false); }},
    {"splitlines", [](Text t, Given a) { return Lines(t, a); }},
    {"startswith", [](Text t, Given a) { return HasEdge(t, a, true); }},
    {"strip", [](Text t, Given a) { return StripMethod(t, a, {}); }},
    {"swapcase", [](Text t, Given) -> Result { return Value(SwapCase(t)); }},
    {"title", [](Text t, Given) -> Result { return Value(Title(t)); }},
    {"upper", [](Text t, Given) -> Result { return Value(Upper(t)); }},
    {"zfill", [](Text t, Given a) { return FillWithZeros(t, a); }},
};

}  // namespace

const StringMethod* FindStringMethod(std::string_view name) {
  const auto* it = std::find_if(std::begin(kMethods), std::end(kMethods),
                                [&](const StringMethod& method) { return method.name == name; });
  return it == std::end(kMethods) ? nullptr : it;
}

}  // namespace espalier::jinja
