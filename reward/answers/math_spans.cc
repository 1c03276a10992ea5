#include "reward/answers/math_spans.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"

namespace espalier {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kDelimiters = {
    {{"\\(", "\\)"},
     {"\\[", "\\]"},
     {"\\begin{equation}", "\\end{equation}"},
     {"\\begin{equation*}", "\\end{equation*}"},
     {"\\begin{align}", "\\end{align}"},
     {"\\begin{align*}", "\\end{align*}"},
     {"\\begin{gather}", "\\end{gather}"},
     {"\\begin{gather*}", "\\end{gather*}"}}};

// Whether a word of three letters or more stands in it that is no LaTeX command and not in \text{...}.
bool HoldsWord(std::string_view text) {
  if (text.find('\\') != std::string_view::npos) return false;
  size_t letters = 0;
  for (const char character : text) {
    letters = absl::ascii_isalpha(character) ? letters + 1 : 0;
    if (letters == 3) return true;
  }
  return false;
}

}  // namespace

std::optional<MathSpan> MathSpanReader::Closed(size_t at, std::string_view opener, std::string_view closer) {
  if (std::find(absent_.begin(), absent_.end(), closer) != absent_.end()) return std::nullopt;
  const size_t begin = at + opener.size();
  const size_t end = text_.find(closer, begin);
  if (end == std::string_view::npos) {
    absent_.push_back(closer);
    return std::nullopt;
  }
  return MathSpan{at, end + closer.size(), text_.substr(begin, end - begin)};
}

std::optional<MathSpan> MathSpanReader::Dollars(size_t at) const {
  const size_t begin = at + 1;
  size_t end = text_.find('$', begin);
  while (end != std::string_view::npos && text_[end - 1] == '\\') end = text_.find('$', end + 1);
  if (end == std::string_view::npos || end == begin) return std::nullopt;
  const std::string_view content = text_.substr(begin, end - begin);
  const bool digit_behind = end + 1 < text_.size() && absl::ascii_isdigit(text_[end + 1]);
  if (digit_behind || content.find("\n\n") != std::string_view::npos) return std::nullopt;
  const bool spaced = absl::ascii_isspace(content.front());
  if (!spaced && absl::ascii_isspace(content.back())) return std::nullopt;
  if (absl::ascii_isdigit(content.front()) && HoldsWord(content)) return std::nullopt;
  return MathSpan{at, end + 1, content};
}

std::optional<MathSpan> MathSpanReader::At(size_t at) {
  if (at >= text_.size()) return std::nullopt;
  const std::string_view rest = text_.substr(at);
  if (rest.starts_with("$$")) return Closed(at, "$$", "$$");
  if (rest[0] == '$') return Dollars(at);
  if (rest[0] != '\\') return std::nullopt;
  for (const auto& [opener, closer] : kDelimiters) {
    if (rest.starts_with(opener)) return Closed(at, opener, closer);
  }
  return std::nullopt;
}

std::vector<MathSpan> MathSpanReader::All(size_t from) {
  std::vector<MathSpan> spans;
  for (size_t at = from; (at = text_.find_first_of("$\\", at)) != std::string_view::npos;) {
    if (const std::optional<MathSpan> span = At(at)) {
      spans.push_back(*span);
      at = span->end;
    } else if (text_[at] == '\\') {
      const bool delimiter = at + 1 < text_.size() && absl::ascii_isalpha(text_[at + 1]);
      at += delimiter ? 1 : 2;  // \$ is no delimiter
    } else {
      ++at;
    }
  }
  return spans;
}

}  // namespace espalier
