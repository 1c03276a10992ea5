// Text in HTML and SVG.
#ifndef ESPALIER_BENCHMARKS_HTML_H_
#define ESPALIER_BENCHMARKS_HTML_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace espalier {

// `text` as the content of an element or of a quoted attribute. Bytes that are no UTF-8, and control
// characters that HTML forbids, become U+FFFD.
std::string EscapeHtml(std::string_view text);

// The first `characters` of the text on one line, then "…" if there were more. Not escaped; valid UTF-8.
std::string Shorten(std::string_view text, size_t characters);

// A position or length within a drawing that is as wide as its surroundings: "12.5%". `part` in [0, 1].
std::string Percent(double part);

// 12345 -> "12,345".
std::string WithSeparators(int64_t number);

// "1,234 problems", "1 problem".
std::string CountText(int64_t number, const char* one, const char* many);

// A cell of a table that knows its column's name (not escaped): narrow screens show rows as cards. `html`:
// its content.
std::string TableCell(std::string_view column, std::string_view html);

// A whole page that refers to nothing else and runs no scripts. `title` is text, `style` a style sheet,
// `body` the HTML of <main>.
std::string HtmlPage(std::string_view title, std::string_view style, std::string_view body);

// The distance of an axis' ticks: 1, 2 or 5 times a power of ten, so that at most `ticks` fit up to `most`.
int64_t TickStep(int64_t most, int64_t ticks);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_HTML_H_
