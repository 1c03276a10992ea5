// Python's two ways of formatting: text % values and text.format(...).
#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_strings.h"
#include "engine/jinja_tables.h"
#include "engine/jinja_text.h"

namespace espalier::jinja {
namespace {

// [[fill]align][sign][0][width][,][.precision][type]; of "%" without fill and grouping.
struct Style {
  std::string fill = " ";
  char align = '\0';  // < > ^ =
  char sign = '-';
  bool alternate = false;
  bool grouped = false;
  int64_t width = 0;
  int64_t precision = -1;
  char type = '\0';
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes digits off the front. Error: a number beyond kMaxPadding.
absl::StatusOr<int64_t> TakeNumber(std::string_view& text) {
  int64_t number = 0;
  for (; !text.empty() && IsDigit(text[0]); text.remove_prefix(1)) {
    number = number * 10 + (text[0] - '0');
    if (number > kMaxPadding) return Fault(Cat("a format asks for more than ", kMaxPadding, " characters"));
  }
  return number;
}

absl::Status TakeWidth(std::string_view& text, Style& style) {
  ESPALIER_ASSIGN_OR_RETURN(style.width, TakeNumber(text));
  if (text.starts_with(',')) {
    style.grouped = true;
    text.remove_prefix(1);
  }
  if (!text.starts_with('.')) return absl::OkStatus();
  text.remove_prefix(1);
  ESPALIER_ASSIGN_OR_RETURN(style.precision, TakeNumber(text));
  return absl::OkStatus();
}

// Digits in groups of three, before any '.' or exponent.
std::string Group(std::string digits) {
  size_t end = 0;
  while (end < digits.size() && IsDigit(digits[end])) ++end;
  for (size_t i = end; i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

// The digits of a number's size, without sign.
absl::StatusOr<std::string> Digits(const Value& value, const Style& style) {
  const int precision = static_cast<int>(style.precision < 0 ? 6 : style.precision);
  const double size = std::abs(value.number());
  const uint64_t whole = !value.is_integral()  ? 0
                         : value.integer() < 0 ? 0 - static_cast<uint64_t>(value.integer())
                                               : static_cast<uint64_t>(value.integer());
  switch (style.type) {
    case 'd':
      return std::to_string(whole);
    case 'x':
      return Cat(style.alternate ? "0x" : "", absl::StrFormat("%x", whole));
    case 'X':
      return Cat(style.alternate ? "0X" : "", absl::StrFormat("%X", whole));
    case 'o':
      return Cat(style.alternate ? "0o" : "", absl::StrFormat("%o", whole));
    case 'f':
    case 'F':
      return absl::StrFormat("%.*f", precision, size);
    case 'e':
      return absl::StrFormat("%.*e", precision, size);
    case 'g':
      return absl::StrFormat("%.*g", precision, size);
    case '%':
      return absl::StrFormat("%.*f%%", precision, size * 100);
    default:
      return Fault(Cat("the format '", std::string(1, style.type), "' is not supported"));
  }
}

std::string PadTo(std::string_view sign, std::string_view text, const Style& style, char align) {
  const int64_t missing = std::max<int64_t>(0, style.width - CountCharacters(text) - CountCharacters(sign));
  const int64_t before = align == '>' || align == '=' ? missing : align == '^' ? missing / 2 : 0;
  std::string left;
  std::string right;
  for (int64_t i = 0; i < missing; ++i) (i < before ? left : right) += style.fill;
  if (align == '=') return Cat(sign, left, text, right);
  return Cat(left, sign, text, right);
}

absl::StatusOr<std::string> FormatNumber(const Value& value, Style style) {
  if (!value.is_number()) return Fault(Cat("a number is needed to format, not ", value.Kind()));
  if (std::string_view("dxXo").find(style.type) != std::string_view::npos && !value.is_integral()) {
    return Fault("an integer is needed to format, not a float");
  }
  ESPALIER_ASSIGN_OR_RETURN(std::string digits, Digits(value, style));
  if (style.grouped) digits = Group(std::move(digits));
  const bool negative = std::signbit(value.number()) && !std::isnan(value.number());
  const std::string sign = negative ? "-" : style.sign == '-' ? "" : std::string(1, style.sign);
  return PadTo(sign, digits, style, style.align == '\0' ? '>' : style.align);
}

std::string FormatText(std::string text, const Style& style, char align) {
  if (style.precision >= 0) {
    const std::vector<std::string_view> characters = Characters(text);
    std::string cut;
    for (int64_t i = 0; i < std::min<int64_t>(style.precision, static_cast<int64_t>(characters.size()));
         ++i) {
      cut += characters[i];
    }
    text = std::move(cut);
  }
  return PadTo("", text, style, style.align == '\0' ? align : style.align);
}

// --- percent

absl::StatusOr<Style> TakePercentStyle(std::string_view& text) {
  Style style;
  for (; !text.empty() && std::string_view("-+ 0#").find(text[0]) != std::string_view::npos;
       text.remove_prefix(1)) {
    if (text[0] == '-') style.align = '<';
    if (text[0] == '+' || (text[0] == ' ' && style.sign != '+')) style.sign = text[0];
    if (text[0] == '#') style.alternate = true;
    if (text[0] == '0' && style.align == '\0') style.align = '=';
  }
  if (style.align == '=') style.fill = "0";
  if (style.align == '<') style.fill = " ";
  ESPALIER_RETURN_IF_ERROR(TakeWidth(text, style));
  if (text.empty()) return Fault("a '%' at the end of a format; write '%%'");
  style.type = text[0];
  text.remove_prefix(1);
  return style;
}

absl::StatusOr<std::string> FormatOnePercent(const Value& value, Style style) {
  if (style.type == 's') {
    if (style.align == '=') style.align = '\0', style.fill = " ";
    return FormatText(value.Print(), style, '>');
  }
  if (style.type == 'r') return FormatText(value.Represent(), style, '>');
  if (style.type == 'i' || style.type == 'u') style.type = 'd';
  if (style.type == 'd' && value.is_float() && std::abs(value.number()) < 9e18) {
    return FormatNumber(Value(static_cast<int64_t>(value.number())), style);
  }
  return FormatNumber(value, style);
}

// --- braces

absl::StatusOr<Style> ReadBraceStyle(std::string_view text) {
  Style style;
  const std::vector<std::string_view> characters = Characters(text.substr(0, 8));
  const auto is_align = [](std::string_view c) { return c == "<" || c == ">" || c == "^" || c == "="; };
  if (characters.size() > 1 && is_align(characters[1])) {
    style.fill = characters[0];
    style.align = characters[1][0];
    text.remove_prefix(characters[0].size() + 1);
  } else if (!characters.empty() && is_align(characters[0])) {
    style.align = characters[0][0];
    text.remove_prefix(1);
  }
  if (text.starts_with('+') || text.starts_with('-') || text.starts_with(' ')) {
    style.sign = text[0];
    text.remove_prefix(1);
  }
  if (text.starts_with('#')) {
    style.alternate = true;
    text.remove_prefix(1);
  }
  if (text.starts_with('0') && style.align == '\0') {
    style.fill = "0";
    style.align = '=';
  }
  ESPALIER_RETURN_IF_ERROR(TakeWidth(text, style));
  if (!text.empty()) {
    style.type = text[0];
    text.remove_prefix(1);
  }
  if (!text.empty()) return Fault("a format is not understood");
  return style;
}

absl::StatusOr<std::string> FormatOneBrace(const Value& value, std::string_view specification) {
  if (specification.empty()) return value.Print();
  ESPALIER_ASSIGN_OR_RETURN(Style style, ReadBraceStyle(specification));
  if (value.is_string() && (style.type == '\0' || style.type == 's')) {
    if (style.align == '=') style.align = '<';
    return FormatText(value.string(), style, '<');
  }
  if (style.type != '\0') return FormatNumber(value, style);
  if (value.is_int() || (value.is_bool() && style.width > 0)) {
    style.type = 'd';
    return FormatNumber(value, style);
  }
  if (value.is_float() && style.precision < 0) {
    const std::string text = PrintFloat(std::abs(value.number()));
    const std::string sign = std::signbit(value.number()) ? "-"
                             : style.sign == '-'          ? ""
                                                          : std::string(1, style.sign);
    return PadTo(sign, style.grouped ? Group(text) : text, style, style.align == '\0' ? '>' : style.align);
  }
  return Fault(Cat("no format for ", value.Kind(), ": give a type such as 'f'"));
}

// The value that "0", "name", "" (the next one), with .attributes and [items] behind, stands for.
absl::StatusOr<Value> FieldValue(std::string_view field, const Arguments& arguments, size_t& next) {
  const size_t end = std::min(field.find_first_of(".["), field.size());
  const std::string_view head = field.substr(0, end);
  field.remove_prefix(end);
  const Value* found = nullptr;
  if (std::all_of(head.begin(), head.end(), IsDigit)) {
    int64_t index = static_cast<int64_t>(next);
    if (head.empty()) {
      ++next;
    } else if (head.size() > 6 || !absl::SimpleAtoi(ToAbsl(head), &index)) {
      return Fault("format: there is no such argument");
    }
    if (index < static_cast<int64_t>(arguments.positional.size())) found = &arguments.positional[index];
  } else {
    found = arguments.named.Find(head);
  }
  if (found == nullptr) return Fault(Cat("format: there is no argument '", head.substr(0, 100), "'"));
  Value value = *found;
  while (!field.empty()) {
    const bool is_item = field[0] == '[';
    field.remove_prefix(1);
    const size_t stop = is_item ? field.find(']') : std::min(field.find_first_of(".["), field.size());
    if (stop == std::string_view::npos) return Fault("format: a '[' is never closed");
    const Value path(field.substr(0, stop));
    ESPALIER_ASSIGN_OR_RETURN(value, ReadPath(value, &path));
    field.remove_prefix(stop + (is_item ? 1 : 0));
  }
  return value;
}

}  // namespace

absl::StatusOr<Value> FormatPercent(std::string_view text, const Value& values) {
  const List list = values.is_tuple() ? values.list() : List{values};
  size_t next = 0;
  std::string result;
  while (true) {
    const size_t percent = text.find('%');
    result += text.substr(0, percent);
    if (percent == std::string_view::npos) break;
    text.remove_prefix(percent + 1);
    const Value* value = nullptr;
    if (text.starts_with('(')) {
      const size_t close = text.find(')');
      if (close == std::string_view::npos || !values.is_dict())
        return Fault("a format with names needs a dict");
      value = values.Find(text.substr(1, close - 1));
      if (value == nullptr)
        return Fault(
            Cat("the format's dict has no '", text.substr(1, std::min<size_t>(close - 1, 100)), "'"));
      text.remove_prefix(close + 1);
    }
    ESPALIER_ASSIGN_OR_RETURN(const Style style, TakePercentStyle(text));
    if (style.type == '%') {
      result += '%';
      continue;
    }
    if (value == nullptr && next < list.size()) value = &list[next++];
    if (value == nullptr) return Fault("a format has more places than values");
    ESPALIER_ASSIGN_OR_RETURN(const std::string piece, FormatOnePercent(*value, style));
    result += piece;
    if (static_cast<int64_t>(result.size()) > kMaxWeight) return GrowsTooLong();
  }
  if (next < list.size() && !values.is_dict()) return Fault("a format has fewer places than values");
  return Value(std::move(result));
}

absl::StatusOr<Value> FormatBraces(std::string_view text, const Arguments& arguments) {
  std::string result;
  size_t next = 0;
  while (!text.empty()) {
    const size_t brace = std::min(text.find_first_of("{}"), text.size());
    result += text.substr(0, brace);
    text.remove_prefix(brace);
    if (text.empty()) break;
    if (text.size() > 1 && text[1] == text[0]) {
      result += text[0];
      text.remove_prefix(2);
      continue;
    }
    const size_t close = text.find('}');
    if (text[0] == '}' || close == std::string_view::npos) return Fault("format: a single brace; double it");
    std::string_view field = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    if (field.find('{') != std::string_view::npos) return Fault("format: fields in fields are not supported");
    const size_t colon = std::min(field.find(':'), field.size());
    const std::string_view specification = field.substr(std::min(colon + 1, field.size()));
    field = field.substr(0, colon);
    const size_t bang = std::min(field.find('!'), field.size());
    const std::string_view conversion = field.substr(std::min(bang + 1, field.size()));
    ESPALIER_ASSIGN_OR_RETURN(Value value, FieldValue(field.substr(0, bang), arguments, next));
    if (conversion == "r") value = Value(value.Represent());
    if (conversion == "s") value = Value(value.Print());
    ESPALIER_ASSIGN_OR_RETURN(const std::string piece, FormatOneBrace(value, specification));
    result += piece;
    if (static_cast<int64_t>(result.size()) > kMaxWeight) return GrowsTooLong();
  }
  return Value(std::move(result));
}

}  // namespace espalier::jinja
