#include "engine/bpe_merges.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>

namespace espalier {
namespace {

// Up to here a scan over contiguous ranks beats the queue.
constexpr size_t kScanTokens = 48;
constexpr int32_t kNoRank = std::numeric_limits<int32_t>::max();

uint64_t PairKey(TokenId left, TokenId right) {
  return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
}

// Positions take 32 bits; longer sequences are merged in stretches of this many.
constexpr size_t kMaxTokens = size_t{1} << 30;

// A pair that could be merged when it was queued.
struct Candidate {
  int32_t rank;
  TokenId merged;
  int32_t left, right;  // positions
  TokenId left_id, right_id;

  // std::priority_queue pops its greatest element.
  friend bool operator<(const Candidate& a, const Candidate& b) {
    return std::tie(a.rank, a.left) > std::tie(b.rank, b.left);
  }
};

constexpr TokenId kGone = -2;  // the token was merged into its left neighbour

struct Neighbours {
  int32_t previous, next;
};

}  // namespace

void BpeMerges::Add(TokenId left, TokenId right, TokenId merged, int32_t rank) {
  merges_.try_emplace(PairKey(left, right), Merge{rank, merged});
}

const BpeMerges::Merge* BpeMerges::Find(TokenId left, TokenId right) const {
  const auto it = merges_.find(PairKey(left, right));
  return it == merges_.end() ? nullptr : &it->second;
}

void BpeMerges::Apply(std::vector<TokenId>& tokens) const {
  if (tokens.size() <= kScanTokens) {
    ApplyByScan(tokens);
  } else {
    for (size_t begin = 0; begin < tokens.size(); begin += kMaxTokens) {
      ApplyByQueue(std::span(tokens).subspan(begin, std::min(kMaxTokens, tokens.size() - begin)));
    }
    std::erase(tokens, kGone);
  }
}

void BpeMerges::ApplyByScan(std::vector<TokenId>& tokens) const {
  Merge pairs[kScanTokens];  // pairs[i]: the rule for tokens[i] and tokens[i + 1]
  const auto look_up = [&](size_t i) {
    const Merge* merge = Find(tokens[i], tokens[i + 1]);
    pairs[i] = merge != nullptr ? *merge : Merge{kNoRank, -1};
  };
  for (size_t i = 0; i + 1 < tokens.size(); ++i) look_up(i);
  while (tokens.size() > 1) {
    const size_t count = tokens.size() - 1;
    const size_t best = std::min_element(pairs, pairs + count,
                                         [](const Merge& a, const Merge& b) { return a.rank < b.rank; }) -
                        pairs;
    if (pairs[best].rank == kNoRank) return;
    tokens[best] = pairs[best].merged;
    tokens.erase(tokens.begin() + best + 1);
    std::copy(pairs + best + 1, pairs + count, pairs + best);
    if (best + 1 < tokens.size()) look_up(best);
    if (best > 0) look_up(best - 1);
  }
}

void BpeMerges::ApplyByQueue(std::span<TokenId> tokens) const {
  const auto size = static_cast<int32_t>(tokens.size());
  std::vector<Neighbours> links(tokens.size());
  std::priority_queue<Candidate> queue;
  const auto consider = [&](int32_t left, int32_t right) {
    if (left < 0 || right >= size) return;
    if (const Merge* merge = Find(tokens[left], tokens[right])) {
      queue.push({merge->rank, merge->merged, left, right, tokens[left], tokens[right]});
    }
  };
  for (int32_t i = 0; i < size; ++i) {
    links[i] = {i - 1, i + 1};
    consider(i, i + 1);
  }
  while (!queue.empty()) {
    const Candidate pair = queue.top();
    queue.pop();
    // Ids only change and positions only vanish, so equal ids mean that the two are still neighbours.
    if (tokens[pair.left] != pair.left_id || tokens[pair.right] != pair.right_id) continue;
    tokens[pair.left] = pair.merged;
    tokens[pair.right] = kGone;
    const int32_t next = links[pair.right].next;
    links[pair.left].next = next;
    if (next < size) links[next].previous = pair.left;
    consider(links[pair.left].previous, pair.left);
    consider(pair.left, next);
  }
}

}  // namespace espalier
