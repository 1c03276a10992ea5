#include "engine/special_tokens.h"

#include <algorithm>
#include <utility>

#include "engine/unicode.h"

namespace espalier {
namespace {

bool AdjoinsWord(std::string_view text, size_t begin, size_t end) {
  return IsWordCharacter(LastCharacter(text.substr(0, begin))) ||
         IsWordCharacter(FirstCharacter(text.substr(end)));
}

}  // namespace

void SpecialTokens::Add(SpecialToken token) {
  if (token.text.empty()) return;
  first_bytes_[static_cast<unsigned char>(token.text[0])] = true;
  tokens_.push_back(std::move(token));
}

void SpecialTokens::Finish() {
  std::stable_sort(tokens_.begin(), tokens_.end(),
                   [](const SpecialToken& a, const SpecialToken& b) { return a.text < b.text; });
}

std::optional<SpecialTokens::Match> SpecialTokens::Find(std::string_view text, size_t from,
                                                        bool with_control) const {
  for (size_t begin = from; begin < text.size(); ++begin) {
    if (!first_bytes_[static_cast<unsigned char>(text[begin])]) continue;
    const SpecialToken* token = LongestPrefix(text.substr(begin), with_control);
    if (token == nullptr) continue;
    Match match = {begin, begin + token->text.size(), token->id};
    if (token->single_word && AdjoinsWord(text, match.begin, match.end)) continue;
    if (token->strips_left) match.begin -= TrailingWhiteSpace(text.substr(from, match.begin - from));
    if (token->strips_right) match.end += LeadingWhiteSpace(text.substr(match.end));
    return match;
  }
  return std::nullopt;
}

// Narrows the range of tokens that agree with `text` byte by byte: within it, the token that ends at the
// current depth sorts first.
const SpecialToken* SpecialTokens::LongestPrefix(std::string_view text, bool with_control) const {
  const SpecialToken* longest = nullptr;
  auto first = tokens_.begin();
  auto last = tokens_.end();
  for (size_t depth = 0; depth < text.size() && first != last; ++depth) {
    const auto byte_at_depth = [depth](const SpecialToken& token) {
      return static_cast<unsigned char>(token.text[depth]);
    };
    const auto byte = static_cast<unsigned char>(text[depth]);
    first = std::partition_point(first, last,
                                 [&](const SpecialToken& token) { return byte_at_depth(token) < byte; });
    last = std::partition_point(first, last,
                                [&](const SpecialToken& token) { return byte_at_depth(token) == byte; });
    for (; first != last && first->text.size() == depth + 1; ++first) {
      if (with_control || !first->control) longest = &*first;
    }
  }
  return longest;
}

}  // namespace espalier
