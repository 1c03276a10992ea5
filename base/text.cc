#include "base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/utf8.h"

namespace espalier {
namespace {

int EditDistance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substitute, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view Trim(std::string_view text) { return ToStd(absl::StripAsciiWhitespace(ToAbsl(text))); }

std::string NearestMatch(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  int best_distance = std::numeric_limits<int>::max();
  const std::string lower = absl::AsciiStrToLower(ToAbsl(word));
  for (const std::string& candidate : candidates) {
    int distance = EditDistance(lower, absl::AsciiStrToLower(candidate));
    // A beginning of the name counts as near: "qwen2.5-coder-0.5b" for "qwen2.5-coder-0.5b-instruct".
    if (lower.size() >= 3 && candidate.starts_with(lower)) distance = 1;
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  const int near = std::max<int>(2, static_cast<int>(word.size()) / 3);
  return best_distance <= near ? best : "";
}

std::string DidYouMean(std::string_view word, std::span<const std::string> candidates) {
  const std::string nearest = NearestMatch(word, candidates);
  return nearest.empty() ? "" : Cat(" (did you mean '", nearest, "'?)");
}

absl::StatusOr<int64_t> ParseBytes(std::string_view text) {
  const auto error = [&] {
    return absl::InvalidArgumentError(
        Cat("'", text, "' is not a size: write a positive number with K, M, G or T, such as 512M or 2G"));
  };
  std::string_view number = text;
  size_t digits = 0;
  while (digits < text.size() && (absl::ascii_isdigit(text[digits]) || text[digits] == '.')) ++digits;
  number = text.substr(0, digits);
  std::string unit = absl::AsciiStrToUpper(ToAbsl(text.substr(digits)));
  if (unit.ends_with("IB")) unit.resize(unit.size() - 2);
  if (unit.ends_with("B")) unit.resize(unit.size() - 1);
  double value = 0;
  if (!absl::SimpleAtod(ToAbsl(number), &value) || !(value > 0)) return error();
  const std::string_view units = "KMGT";
  if (unit.size() > 1) return error();
  if (unit.size() == 1) {
    const size_t power = units.find(unit[0]);
    if (power == std::string_view::npos) return error();
    value *= std::pow(1024.0, static_cast<double>(power + 1));
  }
  if (value >= 0x1p62) return error();
  return static_cast<int64_t>(value);
}

std::string FormatBytes(int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.*f %s", unit == 0 ? 0 : 1, value, kUnits[unit]);
}

std::string ToValidUtf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t length = Utf8CharacterSize(bytes);
    if (length == 0) {
      text += "\xEF\xBF\xBD";
      bytes.remove_prefix(1);
    } else {
      text += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return text;
}

std::string OneLine(std::string_view bytes, size_t limit) {
  constexpr std::string_view kEllipsis = "...", kReplacement = "\xEF\xBF\xBD";
  std::string text;
  size_t fits = 0;  // of text, before an ellipsis
  while (!bytes.empty()) {
    const size_t length = Utf8CharacterSize(bytes);
    const auto first = static_cast<unsigned char>(bytes[0]);
    const bool control = length == 0 || first < 32 || first == 127 ||
                         (length == 2 && first == 0xC2 && static_cast<unsigned char>(bytes[1]) < 0xA0);
    text += control ? kReplacement : bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
    if (text.size() > limit) return text.substr(0, fits).append(kEllipsis);
    if (text.size() + kEllipsis.size() <= limit) fits = text.size();
  }
  return text;
}

}  // namespace espalier
