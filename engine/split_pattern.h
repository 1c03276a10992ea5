// Regular expressions that split text, in the dialect of tokenizer files (Oniguruma's), run by PCRE2.
//
// A pattern may come from a file that nobody vouches for. It can neither crash nor hang: what one search may
// cost is bounded by a constant for each byte of text, and where a pattern asks for more, the text from there
// on counts as without a match.
#ifndef ESPALIER_ENGINE_SPLIT_PATTERN_H_
#define ESPALIER_ENGINE_SPLIT_PATTERN_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace espalier {

class SplitPattern {
 public:
  struct Range {
    size_t begin;
    size_t end;
  };

  // White space (\s) is Unicode's White_Space, ^ and $ match at lines. Errors: InvalidArgument for what is no
  // pattern, Unimplemented for constructs that PCRE2 does not have (set operations within classes).
  static absl::StatusOr<SplitPattern> Compile(std::string_view pattern);
  // Matches exactly `text`, which is not empty.
  static SplitPattern Literal(std::string_view text);

  SplitPattern(SplitPattern&&) noexcept;
  SplitPattern& operator=(SplitPattern&&) noexcept;
  ~SplitPattern();

  // The matches in `text`, which is valid UTF-8, from left to right; none overlap. A match may be empty.
  std::vector<Range> FindAll(std::string_view text) const;

 private:
  class Code;
  class Search;

  SplitPattern();

  std::unique_ptr<const Code> code_;
  std::string literal_;  // without a code
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_SPLIT_PATTERN_H_
