#include "reward/answers/markup.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"

namespace espalier {
namespace {

// Replaced wherever they stand. Longer patterns come before their own beginnings.
constexpr std::array<std::pair<std::string_view, std::string_view>, 32> kReplacements = {{
    {"^{\\circ}", ""},
    {"^\\circ", ""},
    {"\\degree", ""},
    {"\xC2\xB0", ""},  // degrees
    {"\\left", ""},
    {"\\right", ""},
    {"\\displaystyle", ""},  // sizes
    {"\\!", ""},
    {"\\,", ""},
    {"\\;", " "},
    {"\\:", " "},  // spaces
    {"\\ ", " "},
    {"\\quad", " "},
    {"~", " "},
    {"\xC2\xA0", " "},  //
    {"\\(", ""},
    {"\\)", ""},
    {"\\[", ""},
    {"\\]", ""},  // mathematics
    {"\\%", "%"},
    {"\\$", ""},
    {"$", ""},
    {"\xE2\x82\xAC", ""},  // currency
    {"\xC2\xA3", ""},
    {"\xC2\xA5", ""},
    {"{,}", ","},
    {"{.}", "."},  //
    {"**", " "},
    {"__", " "},
    {"`", ""},
    {"\\mathbf", "\\text"},  // markdown
    {"\\mathrm", "\\text"},
}};

constexpr std::array<std::string_view, 6> kTextCommands = {"\\textbf", "\\textit", "\\textrm",
                                                           "\\text",   "\\mbox",   "\\mathit"};
constexpr std::array<std::string_view, 4> kFractionCommands = {"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"};

std::string Replace(std::string_view text) {
  std::string replaced;
  while (!text.empty()) {
    bool found = false;
    for (const auto& [pattern, replacement] : kReplacements) {
      if (!text.starts_with(pattern)) continue;
      replaced += replacement;
      text.remove_prefix(pattern.size());
      found = true;
      break;
    }
    if (found) continue;
    replaced += text[0];
    text.remove_prefix(1);
  }
  return replaced;
}

// Removes "{content}" from the front and returns the content; nullopt and no change when it is not closed.
std::optional<std::string_view> TakeBraces(std::string_view& text) {
  if (!text.starts_with('{')) return std::nullopt;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      const std::string_view content = text.substr(1, i - 1);
      text.remove_prefix(i + 1);
      return content;
    }
  }
  return std::nullopt;
}

// One argument of a fraction, "{12}" or "5", if it is a plain integer.
std::optional<std::string_view> TakeIntegerArgument(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::optional<std::string_view> argument = TakeBraces(text);
  if (!argument && !text.empty()) {
    argument = text.substr(0, 1);
    text.remove_prefix(1);
  }
  if (!argument) return std::nullopt;
  argument = ToStd(absl::StripAsciiWhitespace(ToAbsl(*argument)));
  const std::string_view digits = argument->starts_with('-') ? argument->substr(1) : *argument;
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return argument;
}

// "\frac{3}{4}" at the front: appends "3/4" to `out`. False and no change when the arguments are not
// integers.
bool TakeFraction(std::string_view& text, std::string* out) {
  for (const std::string_view command : kFractionCommands) {
    if (!text.starts_with(command)) continue;
    std::string_view rest = text.substr(command.size());
    const auto numerator = TakeIntegerArgument(rest);
    const auto denominator = numerator ? TakeIntegerArgument(rest) : std::nullopt;
    if (!denominator || denominator->starts_with('-')) return false;
    const bool mixed = !out->empty() && absl::ascii_isdigit(out->back());
    *out += Cat(mixed ? " " : "", *numerator, "/", *denominator);
    text = rest;
    return true;
  }
  return false;
}

// "\text{ cm}" at the front: appends its content, set apart from what stands around it.
bool TakeText(std::string_view& text, std::string* out) {
  for (const std::string_view command : kTextCommands) {
    if (!text.starts_with(command)) continue;
    std::string_view rest = text.substr(command.size());
    const auto content = TakeBraces(rest);
    if (!content) return false;
    const bool word_follows = !rest.empty() && absl::ascii_isalnum(rest[0]);
    *out += Cat(" ", ToStd(absl::StripTrailingAsciiWhitespace(ToAbsl(*content))), word_follows ? " " : "");
    text = rest;
    return true;
  }
  return false;
}

}  // namespace

std::optional<std::string_view> LastBoxed(std::string_view text) {
  constexpr std::string_view kBoxed = "\\boxed";
  int left = 200;  // boxes to try: each may be open to the text's end
  for (size_t at = text.rfind(kBoxed); at != std::string_view::npos && left-- > 0;
       at = at == 0 ? std::string_view::npos : text.rfind(kBoxed, at - 1)) {
    std::string_view rest = text.substr(at + kBoxed.size());
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const auto content = TakeBraces(rest);
    if (content && !absl::StripAsciiWhitespace(ToAbsl(*content)).empty()) return content;
  }
  return std::nullopt;
}

std::string StripMarkup(std::string_view text) {
  const std::string replaced = Replace(text);
  std::string plain;
  for (std::string_view rest = replaced; !rest.empty();) {
    if (TakeFraction(rest, &plain) || TakeText(rest, &plain)) continue;
    plain += rest[0];
    rest.remove_prefix(1);
  }
  std::string_view stripped = ToStd(absl::StripAsciiWhitespace(plain));
  for (std::string_view inside = stripped; TakeBraces(inside) && inside.empty();) {
    stripped = inside = ToStd(absl::StripAsciiWhitespace(ToAbsl(stripped.substr(1, stripped.size() - 2))));
  }
  return std::string(stripped);
}

}  // namespace espalier
