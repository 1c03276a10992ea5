// Small helpers for texts and for messages to people.
#ifndef ESPALIER_BASE_TEXT_H_
#define ESPALIER_BASE_TEXT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace espalier {

// Without the ASCII white space around it.
std::string_view Trim(std::string_view text);

// The candidate nearest to `word` by edit distance, or "" when none is near enough to be a likely typo.
std::string NearestMatch(std::string_view word, std::span<const std::string> candidates);

// " (did you mean 'x'?)" or "".
std::string DidYouMean(std::string_view word, std::span<const std::string> candidates);

// "512M", "2GiB", "1.5G", "1048576" -> bytes (binary units). Error: InvalidArgument with the accepted forms.
absl::StatusOr<int64_t> ParseBytes(std::string_view text);

// 98362432 -> "93.8 MiB".
std::string FormatBytes(int64_t bytes);

// Replaces every byte that is not part of valid UTF-8 by U+FFFD.
std::string ToValidUtf8(std::string_view bytes);

// Bytes from a file, fit for a message: valid UTF-8, control characters replaced by U+FFFD, and no longer
// than `limit` bytes; what was longer ends in "...".
std::string OneLine(std::string_view bytes, size_t limit = 100);

}  // namespace espalier

#endif  // ESPALIER_BASE_TEXT_H_
