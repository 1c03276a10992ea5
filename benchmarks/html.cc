#include "benchmarks/html.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/text.h"
#include "base/utf8.h"

namespace espalier {
namespace {

std::string_view Escaped(const char& character) {
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(character);
  const bool forbidden = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
  return forbidden ? "\xEF\xBF\xBD" : std::string_view(&character, 1);
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string html;
  html.reserve(text.size() + text.size() / 16);
  for (const char& character : ToValidUtf8(text)) html += Escaped(character);
  return html;
}

std::string Shorten(std::string_view text, size_t characters) {
  const std::string valid = ToValidUtf8(text);
  std::string line;
  size_t count = 0;
  for (size_t at = 0; at < valid.size(); ++count) {
    if (count == characters) return line + "…";
    const size_t size = Utf8CharacterSize(std::string_view(valid).substr(at));
    line += valid[at] == '\n' ? " " : valid.substr(at, size);
    at += size;
  }
  return line;
}

std::string Percent(double part) { return absl::StrFormat("%.2f%%", 100 * std::clamp(part, 0.0, 1.0)); }

std::string WithSeparators(int64_t number) {
  std::string text = std::to_string(number);
  const int64_t first = number < 0 ? 1 : 0;
  for (int64_t at = static_cast<int64_t>(text.size()) - 3; at > first; at -= 3) text.insert(at, ",");
  return text;
}

std::string CountText(int64_t number, const char* one, const char* many) {
  return Cat(WithSeparators(number), " ", number == 1 ? one : many);
}

std::string TableCell(std::string_view column, std::string_view html) {
  return Cat("<td data-column=\"", column, "\"><div>", html, "</div></td>");
}

std::string HtmlPage(std::string_view title, std::string_view style, std::string_view body) {
  return Cat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>",
      EscapeHtml(title), "</title>\n<style>", style, "</style>\n</head>\n<body>\n<main>\n", body,
      "</main>\n</body>\n</html>\n");
}

int64_t TickStep(int64_t most, int64_t ticks) {
  int64_t power = 1;
  while (true) {
    for (const int64_t factor : {1, 2, 5}) {
      if (most / (factor * power) <= ticks) return factor * power;
    }
    power *= 10;
  }
}

}  // namespace espalier
