#include "benchmarks/math/text_table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "benchmarks/html.h"

namespace espalier {
namespace {

constexpr size_t kFirstColumn = 34;
constexpr size_t kGap = 2;

// In characters, of valid UTF-8.
size_t Width(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

std::string Cut(const std::string& text) {
  return Width(text) > kFirstColumn ? Shorten(text, kFirstColumn - 1) : Shorten(text, kFirstColumn);
}

std::string Spaces(size_t count) { return std::string(count, ' '); }

}  // namespace

std::string TextTable::Write(size_t width) const {
  std::vector<size_t> widths;
  for (size_t column = 0; column < header.size(); ++column) {
    widths.push_back(Width(header[column]));
    for (const std::vector<std::string>& row : rows) {
      ESPALIER_CHECK(row.size() == header.size(), row.size(), " cells below ", header.size());
      widths.back() = std::max(widths.back(), Width(column == 0 ? Cut(row[0]) : row[column]));
    }
  }
  std::string text;
  const auto write = [&](const std::vector<std::string>& cells, size_t begin, size_t end) {
    const std::string first = Cut(cells[0]);
    text += first;
    size_t gap = widths[0] - Width(first);
    for (size_t column = begin; column < end; ++column) {
      const size_t rest = widths[column] - Width(cells[column]);
      gap += kGap + (is_text ? 0 : rest);
      if (!cells[column].empty()) text += Spaces(std::exchange(gap, 0)) + cells[column];
      gap += is_text ? rest : 0;
    }
    text += "\n";
  };
  size_t begin = 1;
  do {
    size_t end = begin, used = widths.empty() ? 0 : widths[0];
    while (end < header.size() && (end == begin || used + kGap + widths[end] <= width)) {
      used += kGap + widths[end++];
    }
    if (begin > 1) text += "\n";
    write(header, begin, end);
    for (const std::vector<std::string>& row : rows) write(row, begin, end);
    begin = end;
  } while (begin < header.size());
  return text;
}

}  // namespace espalier
