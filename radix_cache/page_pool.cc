#include "radix_cache/page_pool.h"

#include "base/check.h"

namespace espalier {

PagePool::PagePool(int32_t page_count) : references_(page_count), free_(page_count) {
  for (int32_t i = 0; i < page_count; ++i) free_[i] = page_count - 1 - i;
  usage_.free = page_count;
}

PageId PagePool::Allocate() {
  ESPALIER_CHECK(!free_.empty(), "no free page of ", page_count());
  const PageId page = free_.back();
  free_.pop_back();
  Count(references_[page], -1, usage_);
  references_[page].leases = 1;
  Count(references_[page], 1, usage_);
  return page;
}

const PagePool::References& PagePool::At(PageId page) const {
  ESPALIER_CHECK(page >= 0 && page < page_count(), "page ", page, " of ", page_count());
  return references_[page];
}

void PagePool::Change(PageId page, int32_t leases, int32_t nodes) {
  ESPALIER_CHECK(references(page) > 0, "page ", page, " is free");
  References& references = references_[page];
  Count(references, -1, usage_);
  references.leases += leases;
  references.nodes += nodes;
  ESPALIER_CHECK(references.leases >= 0 && references.nodes >= 0, "page ", page, ": ", references.leases,
                 " leases, ", references.nodes, " nodes");
  Count(references, 1, usage_);
  if (references.leases + references.nodes == 0) free_.push_back(page);
}

void PagePool::Count(const References& references, int32_t sign, PageUsage& usage) {
  if (references.leases > 0) {
    usage.leased += sign;
    if (references.leases > 1) usage.shared += sign;
  } else if (references.nodes > 0) {
    usage.cached += sign;
  } else {
    usage.free += sign;
  }
}

void PagePool::CheckInvariants() const {
  PageUsage usage;
  for (const References& references : references_) Count(references, 1, usage);
  ESPALIER_CHECK(usage == usage_, "counted ", usage.free, " free, ", usage.cached, " cached, ", usage.leased,
                 " leased, ", usage.shared, " shared; kept ", usage_.free, ", ", usage_.cached, ", ",
                 usage_.leased, ", ", usage_.shared);
  std::vector<bool> seen(references_.size());
  for (PageId page : free_) {
    ESPALIER_CHECK(references(page) == 0 && !seen[page], "page ", page, " on the free list with ",
                   references(page), " references, or twice");
    seen[page] = true;
  }
  ESPALIER_CHECK(static_cast<int32_t>(free_.size()) == usage_.free, free_.size(), " pages on the free list, ",
                 usage_.free, " free");
}

}  // namespace espalier
