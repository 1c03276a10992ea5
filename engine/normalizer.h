// What a tokenizer changes in a text before it is split: normal forms, replacements, a prefix.
#ifndef ESPALIER_ENGINE_NORMALIZER_H_
#define ESPALIER_ENGINE_NORMALIZER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/split_pattern.h"
#include "engine/unicode.h"

namespace espalier {

// Where a stretch of text lies.
enum class StretchPlace {
  kTextStart,
  kAfterSpecialToken,
  kAfterText,  // it goes on with what other tokens have begun: no prefix belongs there
};

enum class PrefixPlace {
  kEverywhere,               // before every stretch of text between special tokens
  kEverywhereUnlessPresent,  // unless it begins with the prefix already
  kTextStartUnlessPresent,   // the same, before the first stretch only, where no token precedes it
};

// Steps in the order in which they were added.
class Normalizer {
 public:
  void AddForm(NormalForm form);
  // Every match, of `min_match_bytes` at least, becomes `replacement`. Error, of AddPrefix as well:
  // InvalidArgument when all steps together could make a text more than 64 times as long.
  absl::Status AddReplacement(SplitPattern pattern, size_t min_match_bytes, std::string_view replacement);
  absl::Status AddPrefix(std::string_view prefix, PrefixPlace place);
  // White space at the left or the right end.
  void AddStrip(bool left, bool right);

  bool empty() const { return steps_.empty(); }
  // `text` is one stretch between special tokens, not empty.
  std::string Apply(std::string_view text, StretchPlace place) const;

 private:
  using Step = std::function<std::string(std::string text, StretchPlace place)>;

  absl::Status Grow(size_t factor);

  std::vector<Step> steps_;
  size_t growth_ = 1;  // of a text, at most, by all steps
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_NORMALIZER_H_
