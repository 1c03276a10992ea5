#include "engine/stop_matcher.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace espalier {

StopSet::StopSet(std::vector<std::string> stops) : stops_(std::move(stops)), nodes_(1) {
  for (size_t stop = 0; stop < stops_.size(); ++stop) {
    if (!stops_[stop].empty()) AddPath(static_cast<int32_t>(stop));
  }
  LinkFailures();
}

void StopSet::AddPath(int32_t stop) {
  int32_t node = 0;
  for (const char c : stops_[stop]) {
    const auto byte = static_cast<uint8_t>(c);
    int32_t child = Child(node, byte);
    if (child < 0) {
      child = static_cast<int32_t>(nodes_.size());
      nodes_[node].children.emplace_back(byte, child);
      nodes_.emplace_back().depth = nodes_[node].depth + 1;
    }
    node = child;
  }
  if (nodes_[node].match < 0) nodes_[node].match = stop;
}

void StopSet::LinkFailures() {
  std::vector<int32_t> queue = {0};  // breadth first: a failure link leads to a smaller depth
  for (size_t i = 0; i < queue.size(); ++i) {
    const int32_t node = queue[i];
    for (const auto& [byte, child] : nodes_[node].children) {
      if (node != 0) nodes_[child].failure = Step(nodes_[node].failure, byte);
      if (nodes_[child].match < 0) nodes_[child].match = nodes_[nodes_[child].failure].match;
      queue.push_back(child);
    }
  }
}

int32_t StopSet::Child(int32_t node, uint8_t byte) const {
  for (const auto& [child_byte, child] : nodes_[node].children) {
    if (child_byte == byte) return child;
  }
  return -1;
}

int32_t StopSet::Step(int32_t node, uint8_t byte) const {
  while (true) {
    if (const int32_t child = Child(node, byte); child >= 0) return child;
    if (node == 0) return 0;
    node = nodes_[node].failure;
  }
}

StopMatcher::StopMatcher(const StopSet& stops, bool include_stop)
    : stops_(stops), include_stop_(include_stop) {}

std::optional<StopMatch> StopMatcher::Push(std::string_view piece) {
  ESPALIER_CHECK(!matched_, "token pushed after a stop");
  const int64_t begin = bytes();
  token_ends_.push_back(begin + static_cast<int64_t>(piece.size()));
  for (size_t i = 0; i < piece.size(); ++i) {
    node_ = stops_.Step(node_, static_cast<uint8_t>(piece[i]));
    if (const int32_t stop = stops_.nodes_[node_].match; stop >= 0) {
      matched_ = true;
      return CutAt(stop, begin + static_cast<int64_t>(i) + 1);
    }
  }
  return std::nullopt;
}

StopMatch StopMatcher::CutAt(int32_t stop, int64_t stop_end) const {
  StopMatch match;
  match.stop = stop;
  match.text_end = include_stop_ ? stop_end : stop_end - static_cast<int64_t>(stops_.stops()[stop].size());
  // Tokens without text (hidden control tokens) right before the cut remain.
  const auto cut = std::upper_bound(token_ends_.begin(), token_ends_.end(), match.text_end);
  match.whole_tokens = cut - token_ends_.begin();
  match.partial_bytes = match.text_end - (match.whole_tokens > 0 ? token_ends_[match.whole_tokens - 1] : 0);
  return match;
}

int64_t StopMatcher::settled_bytes() const { return bytes() - stops_.nodes_[node_].depth; }

}  // namespace espalier
