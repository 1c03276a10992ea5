// Tables of plain text that stay within a width.
#ifndef ESPALIER_BENCHMARKS_MATH_TEXT_TABLE_H_
#define ESPALIER_BENCHMARKS_MATH_TEXT_TABLE_H_

#include <string>
#include <vector>

namespace espalier {

// The first column is left-aligned and cut at 34 characters, the others right-aligned. Where the columns do
// not fit side by side, the rest follow below, again behind the first column.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // each as long as the header
  bool is_text = false;                        // all columns are left-aligned

  // Lines of at most `width` characters, as long as no single column is wider.
  std::string Write(size_t width) const;
};

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_TEXT_TABLE_H_
