#include "radix_cache/eviction.h"

#include "base/check.h"

namespace espalier {

void EvictionOrder::SetCandidate(PageId page, bool candidate) {
  Entry& entry = entries_[page];
  if (entry.candidate == candidate) return;
  entry.candidate = candidate;
  if (candidate) {
    order_.insert(KeyOf(page));
  } else {
    order_.erase(KeyOf(page));
  }
}

void EvictionOrder::Use(PageId page, bool leased) {
  Entry& entry = entries_[page];
  if (entry.candidate) order_.erase(KeyOf(page));
  entry.leased = leased;
  entry.last_use = ++uses_;
  if (entry.candidate) order_.insert(KeyOf(page));
}

PageId EvictionOrder::Next() const {
  ESPALIER_CHECK(!order_.empty());
  return order_.begin()->page;
}

}  // namespace espalier
