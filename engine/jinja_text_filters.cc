// Filters on strings and numbers.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_strings.h"
#include "engine/jinja_tables.h"
#include "engine/jinja_text.h"

namespace espalier::jinja {
namespace {

using Result = absl::StatusOr<Value>;

Result Trim(const Value& subject, const Arguments& arguments) {
  const Value* characters = arguments.Find(0, "chars");
  const std::string text = subject.Print();
  if (characters == nullptr || characters->is_none()) return Value(Strip(text, {}));
  return Value(Strip(text, characters->Print()));
}

Result Replace(const Value& subject, const Arguments& arguments) {
  if (arguments.Find(0, "old") == nullptr || arguments.Find(1, "new") == nullptr) {
    return Fault("replace needs what to replace and by what");
  }
  Arguments texts(*arguments.meter);
  texts.positional = {Value(arguments.TextOr(0, "old", "")), Value(arguments.TextOr(1, "new", ""))};
  const Value* count = arguments.Find(2, "count");
  if (count != nullptr && !count->is_none()) texts.positional.push_back(*count);
  return CallMethod(Value(subject.Print()), "replace", texts);
}

// Jinja's own rule: a word starts behind white space and the signs - ( { [ <.
Result TitleFilter(const Value& subject, const Arguments&) {
  std::string result;
  std::string word;
  const auto finish = [&] {
    const std::vector<std::string_view> characters = Characters(word);
    if (!characters.empty()) {
      result += Upper(characters[0]) + Lower(std::string_view(word).substr(characters[0].size()));
    }
    word.clear();
  };
  const std::string text = subject.Print();
  for (const std::string_view character : Characters(text)) {
    if (IsSpaceCharacter(character) || std::string_view("-({[<").find(character) != std::string_view::npos) {
      finish();
      result += character;
    } else {
      word += character;
    }
  }
  finish();
  return Value(std::move(result));
}

Result Center(const Value& subject, const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t width, arguments.IntegerOr(0, "width", 80));
  Arguments widths(*arguments.meter);
  widths.positional = {Value(width)};
  return CallMethod(Value(subject.Print()), "center", widths);
}

Result Indent(const Value& subject, const Arguments& arguments) {
  const Value* width = arguments.Find(0, "width");
  const bool first = arguments.FlagOr(1, "first", false);
  const bool blank = arguments.FlagOr(2, "blank", false);
  std::string indent(4, ' ');
  if (width != nullptr && width->is_string()) {
    indent = width->string();
  } else if (width != nullptr) {
    ESPALIER_ASSIGN_OR_RETURN(const int64_t count, arguments.IntegerOr(0, "width", 4));
    if (count > kMaxPadding) return Fault(Cat("indent by more than ", kMaxPadding));
    indent.assign(std::max<int64_t>(0, count), ' ');
  }
  const std::string text = subject.Print() + "\n";
  const std::vector<std::string_view> lines = SplitLines(text, /*keep_ends=*/false);
  if (static_cast<int64_t>(lines.size() * indent.size() + text.size()) > kMaxWeight) return GrowsTooLong();
  std::string result = first ? indent : "";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) result += '\n';
    if (i > 0 && (blank || !lines[i].empty())) result += indent;
    result += lines[i];
  }
  return Value(std::move(result));
}

Result Escape(const Value& subject, const Arguments&) {
  return Value(absl::StrReplaceAll(
      subject.Print(), {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"'", "&#39;"}, {"\"", "&#34;"}}));
}

Result Format(const Value& subject, const Arguments& arguments) {
  if (arguments.named.empty()) {
    return FormatPercent(subject.Print(), Value(List(arguments.positional), SequenceType::kTuple));
  }
  if (!arguments.positional.empty()) return Fault("format takes positional or named arguments, not both");
  return FormatPercent(subject.Print(), Value(arguments.named));
}

absl::StatusOr<JsonStyle> ReadJsonStyle(const Arguments& arguments) {
  JsonStyle style;
  style.ensure_ascii = arguments.FlagOr(0, "ensure_ascii", false);
  style.sort_keys = arguments.FlagOr(3, "sort_keys", false);
  const Value* indent = arguments.Find(1, "indent");
  if (indent != nullptr && indent->is_string()) {
    style.indent = indent->string();
  } else if (indent != nullptr && !indent->is_none()) {
    ESPALIER_ASSIGN_OR_RETURN(const int64_t width, arguments.IntegerOr(1, "indent", 0));
    if (width > kMaxPadding) return Fault(Cat("tojson: indent by more than ", kMaxPadding));
    style.indent = std::string(std::max<int64_t>(0, width), ' ');
  }
  if (style.indent) style.item_separator = ",";
  const Value* separators = arguments.Find(2, "separators");
  if (separators == nullptr || separators->is_none()) return style;
  const bool is_pair = separators->is_list() && separators->list().size() == 2 &&
                       separators->list()[0].is_string() && separators->list()[1].is_string();
  if (!is_pair) return Fault("tojson: separators must be two strings");
  style.item_separator = separators->list()[0].string();
  style.key_separator = separators->list()[1].string();
  return style;
}

Result ToJsonFilter(const Value& subject, const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(const JsonStyle style, ReadJsonStyle(arguments));
  ESPALIER_ASSIGN_OR_RETURN(std::string text, ToJson(subject, style));
  return Value(std::move(text));
}

// No filter of the transformers library, but of llama.cpp, whose collection has templates that need it.
Result FromJson(const Value& subject, const Arguments& arguments) {
  if (!subject.is_string()) return Fault(Cat("from_json needs a string, not ", subject.Kind()));
  ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(subject.size()));
  return ParseJson(subject.string(), "from_json");
}

// As Python's float(text); absent: none.
std::optional<double> ParseFloat(std::string_view text) {
  text = Strip(text, {});
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = !text.empty() && parsed.ptr == text.data() + text.size();
  if (!whole || text.find('(') != std::string_view::npos) return std::nullopt;
  if (parsed.ec == std::errc::result_out_of_range) {
    const bool small = text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
    const double size = small ? 0.0 : std::numeric_limits<double>::infinity();
    return text[0] == '-' ? -size : size;
  }
  return parsed.ec == std::errc() ? std::optional<double>(number) : std::nullopt;
}

std::optional<int64_t> FloatToInteger(double number) {
  if (!(std::abs(number) < 9e18)) return std::nullopt;
  return static_cast<int64_t>(number);
}

// As Python's int(text, base); absent: none.
std::optional<int64_t> ParseInteger(std::string_view text, int base) {
  text = Strip(text, {});
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::string_view prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
  if (!prefix.empty() && absl::StartsWithIgnoreCase(ToAbsl(text), ToAbsl(prefix))) text.remove_prefix(2);
  uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
    return std::nullopt;
  if (number > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  return negative ? -static_cast<int64_t>(number) : static_cast<int64_t>(number);
}

absl::Status UndefinedNumber(const Value& subject) {
  return Fault(Cat("'", subject.undefined_name(), "' is undefined: no number"));
}

Result ToInteger(const Value& subject, const Arguments& arguments) {
  if (subject.is_undefined()) return UndefinedNumber(subject);
  const Value* absent = arguments.Find(0, "default");
  ESPALIER_ASSIGN_OR_RETURN(const int64_t base, arguments.IntegerOr(1, "base", 10));
  if (base < 2 || base > 36) return Fault("int: a base is 2 to 36");
  std::optional<int64_t> number;
  if (subject.is_integral()) {
    number = subject.integer();
  } else if (subject.is_float()) {
    number = FloatToInteger(subject.number());
  } else if (subject.is_string()) {
    number = ParseInteger(subject.string(), static_cast<int>(base));
    const std::optional<double> real = number ? std::nullopt : ParseFloat(subject.string());
    if (real) number = FloatToInteger(*real);
  }
  if (number) return Value(*number);
  return absent != nullptr ? *absent : Value(int64_t{0});
}

Result ToFloat(const Value& subject, const Arguments& arguments) {
  if (subject.is_undefined()) return UndefinedNumber(subject);
  if (subject.is_number()) return Value(subject.number());
  const std::optional<double> number = subject.is_string() ? ParseFloat(subject.string()) : std::nullopt;
  if (number) return Value(*number);
  const Value* absent = arguments.Find(0, "default");
  return absent != nullptr ? *absent : Value(0.0);
}

Result Absolute(const Value& subject, const Arguments&) {
  if (subject.is_float()) return Value(std::abs(subject.number()));
  if (!subject.is_integral()) return Fault(Cat("abs needs a number, not ", subject.Kind()));
  return subject.integer() < 0 ? Compute(Value(int64_t{0}), "-", subject) : Value(subject.integer());
}

Result Round(const Value& subject, const Arguments& arguments) {
  if (!subject.is_number()) return Fault(Cat("round needs a number, not ", subject.Kind()));
  ESPALIER_ASSIGN_OR_RETURN(const int64_t precision, arguments.IntegerOr(0, "precision", 0));
  const std::string method = arguments.TextOr(1, "method", "common");
  if (precision < 0 || precision > 300) return Fault("round: the precision is 0 to 300");
  if (method == "common") {
    if (subject.is_integral()) return Value(subject.integer());
    if (!std::isfinite(subject.number())) return subject;
    const std::string text = absl::StrFormat("%.*f", static_cast<int>(precision), subject.number());
    return Value(ParseFloat(text).value_or(subject.number()));
  }
  if (method != "ceil" && method != "floor") return Fault("round: the method is common, ceil or floor");
  const double scale = std::pow(10.0, static_cast<double>(precision));
  const double scaled = subject.number() * scale;
  return Value((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale);
}

Result Default(const Value& subject, const Arguments& arguments) {
  const bool by_truth = arguments.FlagOr(1, "boolean", false);
  if (!subject.is_undefined() && !(by_truth && !subject.Truthy())) return subject;
  const Value* substitute = arguments.Find(0, "default_value");
  return substitute != nullptr ? *substitute : Value("");
}

constexpr Filter kFilters[] = {
    {"abs", Absolute},
    {"capitalize", [](const Value& v, const Arguments&) -> Result { return Value(Capitalize(v.Print())); }},
    {"center", Center},
    {"d", Default},
    {"default", Default},
    {"e", Escape},
    {"escape", Escape},
    {"float", ToFloat},
    {"forceescape", Escape},
    {"format", Format},
    {"from_json", FromJson},
    {"indent", Indent},
    {"int", ToInteger},
    {"lower", [](const Value& v, const Arguments&) -> Result { return Value(Lower(v.Print())); }},
    {"replace", Replace},
    {"round", Round},
    {"safe", [](const Value& v, const Arguments&) -> Result { return v.is_string() ? v : Value(v.Print()); }},
    {"string",
     [](const Value& v, const Arguments&) -> Result { return v.is_string() ? v : Value(v.Print()); }},
    {"title", TitleFilter},
    {"tojson", ToJsonFilter},
    {"trim", Trim},
    {"upper", [](const Value& v, const Arguments&) -> Result { return Value(Upper(v.Print())); }},
};

}  // namespace

std::span<const Filter> TextFilters() { return kFilters; }

}  // namespace espalier::jinja
