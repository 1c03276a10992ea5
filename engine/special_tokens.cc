#include "engine/special_tokens.h"

#include <algorithm>

namespace espalier {

void SpecialTokens::Add(std::string_view text, TokenId id, bool control) {
  if (text.empty()) return;
  entries_.push_back({std::string(text), id, control});
  first_bytes_[static_cast<unsigned char>(text[0])] = true;
}

void SpecialTokens::Finish() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.text < b.text; });
}

std::optional<SpecialTokens::Match> SpecialTokens::Find(std::string_view text, size_t from,
                                                        bool with_control) const {
  for (size_t begin = from; begin < text.size(); ++begin) {
    if (!first_bytes_[static_cast<unsigned char>(text[begin])]) continue;
    if (const Entry* entry = LongestPrefix(text.substr(begin), with_control)) {
      return Match{begin, begin + entry->text.size(), entry->id};
    }
  }
  return std::nullopt;
}

// Narrows the range of entries that agree with `text` byte by byte: within it, the entry that ends at the
// current depth sorts first.
const SpecialTokens::Entry* SpecialTokens::LongestPrefix(std::string_view text, bool with_control) const {
  const Entry* longest = nullptr;
  auto first = entries_.begin();
  auto last = entries_.end();
  for (size_t depth = 0; depth < text.size() && first != last; ++depth) {
    const auto byte_at_depth = [depth](const Entry& entry) {
      return static_cast<unsigned char>(entry.text[depth]);
    };
    const auto byte = static_cast<unsigned char>(text[depth]);
    first =
        std::partition_point(first, last, [&](const Entry& entry) { return byte_at_depth(entry) < byte; });
    last =
        std::partition_point(first, last, [&](const Entry& entry) { return byte_at_depth(entry) == byte; });
    for (; first != last && first->text.size() == depth + 1; ++first) {
      if (with_control || !first->control) longest = &*first;
    }
  }
  return longest;
}

}  // namespace espalier
