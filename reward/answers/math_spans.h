// Where a text has formulas.
#ifndef ESPALIER_REWARD_ANSWERS_MATH_SPANS_H_
#define ESPALIER_REWARD_ANSWERS_MATH_SPANS_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace espalier {

struct MathSpan {
  size_t begin;  // of the opening delimiter
  size_t end;    // behind the closing one
  std::string_view content;
};

// The formulas of a text, in their order: $...$, $$...$$, \(...\), \[...\] and the environments equation,
// align and gather. A dollar sign is currency, and opens nothing, when the next one does not close a formula:
// behind a space though the formula began without one, before a digit, in another paragraph, or with words
// between ("$5 plus $7"). One pass; time is linear.
class MathSpanReader {
 public:
  explicit MathSpanReader(std::string_view text) : text_(text) {}

  // The formula that opens at `at`, nullopt when none does. For rising `at`.
  std::optional<MathSpan> At(size_t at);

  // All that begin at or after `from`.
  std::vector<MathSpan> All(size_t from);

 private:
  std::optional<MathSpan> Dollars(size_t at) const;
  std::optional<MathSpan> Closed(size_t at, std::string_view opener, std::string_view closer);

  std::string_view text_;
  std::vector<std::string_view> absent_;  // closing delimiters that do not occur any more
};

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_MATH_SPANS_H_
