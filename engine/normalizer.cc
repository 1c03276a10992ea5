#include "engine/normalizer.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/cat.h"
#include "base/status.h"

namespace espalier {
namespace {

constexpr size_t kMaxGrowth = 64;

std::string ReplaceAll(std::string_view text, const SplitPattern& pattern, std::string_view replacement) {
  std::string out;
  for (Utf8Stretch stretch; !text.empty(); text.remove_prefix(stretch.text.size())) {
    stretch = FirstStretch(text);
    size_t done = 0;
    if (stretch.valid) {
      for (const SplitPattern::Range& range : pattern.FindAll(stretch.text)) {
        out.append(stretch.text.substr(done, range.begin - done)).append(replacement);
        done = range.end;
      }
    }
    out.append(stretch.text.substr(done));
  }
  return out;
}

// Of the longest text that a replacement can make to the text before it.
size_t Growth(size_t min_match_bytes, size_t replacement_bytes) {
  if (min_match_bytes == 0) return replacement_bytes + 1;
  return std::max<size_t>(1, (replacement_bytes + min_match_bytes - 1) / min_match_bytes);
}

}  // namespace

absl::Status Normalizer::Grow(size_t factor) {
  if (factor > kMaxGrowth || growth_ * factor > kMaxGrowth) {
    return absl::InvalidArgumentError(Cat("its steps make a text more than ", kMaxGrowth, " times as long"));
  }
  growth_ *= factor;
  return absl::OkStatus();
}

void Normalizer::AddForm(NormalForm form) {
  steps_.push_back([form](const std::string& text, StretchPlace) { return Normalize(text, form); });
}

absl::Status Normalizer::AddReplacement(SplitPattern pattern, size_t min_match_bytes,
                                        std::string_view replacement) {
  ESPALIER_RETURN_IF_ERROR(Grow(Growth(min_match_bytes, replacement.size())));
  const auto shared = std::make_shared<const SplitPattern>(std::move(pattern));
  steps_.push_back([shared, replacement = std::string(replacement)](const std::string& text, StretchPlace) {
    return ReplaceAll(text, *shared, replacement);
  });
  return absl::OkStatus();
}

absl::Status Normalizer::AddPrefix(std::string_view prefix, PrefixPlace place) {
  ESPALIER_RETURN_IF_ERROR(Grow(prefix.size() + 1));
  steps_.push_back([prefix = std::string(prefix), place](std::string text, StretchPlace stretch) {
    if (text.empty() || stretch == StretchPlace::kAfterText) return text;
    if (place == PrefixPlace::kTextStartUnlessPresent && stretch != StretchPlace::kTextStart) return text;
    if (place != PrefixPlace::kEverywhere && text.starts_with(prefix)) return text;
    return prefix + text;
  });
  return absl::OkStatus();
}

void Normalizer::AddStrip(bool left, bool right) {
  steps_.push_back([left, right](std::string text, StretchPlace) {
    if (left) text.erase(0, LeadingWhiteSpace(text));
    if (right) text.resize(text.size() - TrailingWhiteSpace(text));
    return text;
  });
}

std::string Normalizer::Apply(std::string_view text, StretchPlace place) const {
  std::string result(text);
  for (const Step& step : steps_) result = step(std::move(result), place);
  return result;
}

}  // namespace espalier
