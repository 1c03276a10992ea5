#include "engine/pre_tokenizer.h"

#include <algorithm>
#include <utility>

#include "engine/unicode.h"

namespace espalier {
namespace {

struct Part {
  SplitPattern::Range range;
  bool matched;
};

// The matches and what lies between them, in order; no part is empty but an empty match.
std::vector<Part> FindParts(const SplitStage& stage, std::string_view text) {
  std::vector<Part> parts;
  size_t done = 0;
  for (const SplitPattern::Range& range : stage.pattern.FindAll(text)) {
    if (range.begin > done) parts.push_back({{done, range.begin}, stage.invert});
    parts.push_back({range, !stage.invert});
    done = range.end;
  }
  if (done < text.size()) parts.push_back({{done, text.size()}, stage.invert});
  return parts;
}

// Joins neighbours; `joins(part, next)` asks whether the two become one.
template <typename Joins>
void JoinNeighbours(std::vector<Part>& parts, const Joins& joins) {
  size_t kept = 0;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (joins(i - 1)) {
      parts[kept].range.end = parts[i].range.end;
    } else {
      parts[++kept].range = parts[i].range;
    }
  }
  if (!parts.empty()) parts.resize(kept + 1);
}

void Arrange(SplitBehavior behavior, std::vector<Part>& parts) {
  std::vector<bool> matched;
  for (const Part& part : parts) matched.push_back(part.matched);
  switch (behavior) {
    case SplitBehavior::kIsolated:
      break;
    case SplitBehavior::kRemoved:
      std::erase_if(parts, [](const Part& part) { return part.matched; });
      break;
    case SplitBehavior::kMergedWithPrevious:
      JoinNeighbours(parts, [&](size_t i) { return !matched[i] && matched[i + 1]; });
      break;
    case SplitBehavior::kMergedWithNext:
      JoinNeighbours(parts, [&](size_t i) { return matched[i] && !matched[i + 1]; });
      break;
    case SplitBehavior::kContiguous:
      JoinNeighbours(parts, [&](size_t i) { return matched[i] == matched[i + 1]; });
      break;
  }
}

}  // namespace

void PreTokenizer::Split(std::string_view text, std::vector<std::string_view>& pieces) const {
  pieces.clear();
  std::vector<std::string_view> before, after;
  for (Utf8Stretch stretch; !text.empty(); text.remove_prefix(stretch.text.size())) {
    stretch = FirstStretch(text);
    after.assign(1, stretch.text);
    for (const SplitStage& stage : stages_) {
      if (!stretch.valid) break;
      std::swap(before, after);
      after.clear();
      for (const std::string_view whole : before) {
        std::vector<Part> parts = FindParts(stage, whole);
        Arrange(stage.behavior, parts);
        for (const auto& [range, matched] : parts) {
          if (range.end > range.begin) after.push_back(whole.substr(range.begin, range.end - range.begin));
        }
      }
    }
    pieces.insert(pieces.end(), after.begin(), after.end());
  }
}

}  // namespace espalier
