// The merge rules of byte-pair encoding and their application to one piece of text.
#ifndef ESPALIER_ENGINE_BPE_MERGES_H_
#define ESPALIER_ENGINE_BPE_MERGES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/ids.h"

namespace espalier {

class BpeMerges {
 public:
  // The best rule has the lowest rank; of two for one pair the first counts.
  void Add(TokenId left, TokenId right, TokenId merged, int32_t rank);

  // Until no rule applies: replaces the pair with the best rule, the leftmost of equals, by its merged token.
  // O(n log n) in the number of tokens.
  void Apply(std::vector<TokenId>& tokens) const;

 private:
  struct Merge {
    int32_t rank;
    TokenId merged;
  };

  const Merge* Find(TokenId left, TokenId right) const;
  void ApplyByScan(std::vector<TokenId>& tokens) const;
  // Leaves a mark in place of each token that was merged into its left neighbour.
  void ApplyByQueue(std::span<TokenId> tokens) const;

  absl::flat_hash_map<uint64_t, Merge> merges_;  // by left id << 32 | right id
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_BPE_MERGES_H_
