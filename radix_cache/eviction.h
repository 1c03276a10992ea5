// The order in which the tree gives up pages. Candidates are the last pages of leaves; among them those that
// no lease holds come first, and of these the least recently used. A use of a path uses a prefix of its
// pages, so the first candidate is also the least recently used page of the whole tree.
//
// A leased candidate comes last: dropping it frees nothing, but may uncover cached pages before it. That
// happens if a lease forked off before its parent's Insert switched to pages that the tree had already.
#ifndef ESPALIER_RADIX_CACHE_EVICTION_H_
#define ESPALIER_RADIX_CACHE_EVICTION_H_

#include <compare>
#include <cstdint>
#include <vector>

#include "absl/container/btree_set.h"
#include "base/ids.h"

namespace espalier {

class EvictionOrder {
 public:
  explicit EvictionOrder(int32_t page_count) : entries_(page_count) {}

  // `page` became, or is no longer, the last page of a leaf. O(log candidates).
  void SetCandidate(PageId page, bool candidate);

  // `page` was used just now and is leased or not from here on. O(1), O(log candidates) for a candidate.
  void Use(PageId page, bool leased);

  bool empty() const { return order_.empty(); }
  PageId Next() const;  // requires !empty()

  bool candidate(PageId page) const { return entries_[page].candidate; }
  bool leased(PageId page) const { return entries_[page].leased; }
  int32_t candidates() const { return static_cast<int32_t>(order_.size()); }

 private:
  struct Entry {
    uint64_t last_use = 0;  // of the counter uses_
    bool leased = false;
    bool candidate = false;
  };
  struct Key {
    bool leased;
    uint64_t last_use;
    PageId page;

    friend auto operator<=>(const Key&, const Key&) = default;
  };

  Key KeyOf(PageId page) const { return {entries_[page].leased, entries_[page].last_use, page}; }

  std::vector<Entry> entries_;  // by page
  absl::btree_set<Key> order_;  // the candidates
  uint64_t uses_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_RADIX_CACHE_EVICTION_H_
