// Tokens that are matched in text as a whole, before any pre-tokenizer: control and user-defined ones.
#ifndef ESPALIER_ENGINE_SPECIAL_TOKENS_H_
#define ESPALIER_ENGINE_SPECIAL_TOKENS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace espalier {

class SpecialTokens {
 public:
  struct Match {
    size_t begin;
    size_t end;
    TokenId id;
  };

  // `control` tokens are matched only where a search asks for them. Empty texts are ignored.
  void Add(std::string_view text, TokenId id, bool control);
  void Finish();  // after the last Add

  // The leftmost match at or after `from`, of those at one place the longest.
  std::optional<Match> Find(std::string_view text, size_t from, bool with_control) const;

 private:
  struct Entry {
    std::string text;
    TokenId id;
    bool control;
  };

  const Entry* LongestPrefix(std::string_view text, bool with_control) const;

  std::vector<Entry> entries_;  // ascending by text, after Finish
  std::array<bool, 256> first_bytes_ = {};
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_SPECIAL_TOKENS_H_
