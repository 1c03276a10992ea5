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

struct SpecialToken {
  std::string text;
  TokenId id = -1;
  bool control = false;       // matched only where a search asks for control tokens
  bool single_word = false;   // matched only where no letter or digit adjoins
  bool strips_left = false;   // takes the white space before it
  bool strips_right = false;  // and after it
};

class SpecialTokens {
 public:
  struct Match {
    size_t begin;
    size_t end;
    TokenId id;
  };

  // Empty texts are ignored.
  void Add(SpecialToken token);
  void Finish();  // after the last Add
  bool empty() const { return tokens_.empty(); }

  // The leftmost match at or after `from`, of those at one place the longest.
  std::optional<Match> Find(std::string_view text, size_t from, bool with_control) const;

 private:
  const SpecialToken* LongestPrefix(std::string_view text, bool with_control) const;

  std::vector<SpecialToken> tokens_;  // ascending by text, after Finish
  std::array<bool, 256> first_bytes_ = {};
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_SPECIAL_TOKENS_H_
