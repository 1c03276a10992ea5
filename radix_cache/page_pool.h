// Reference counts of pages, and the free list. Each page is counted once, by what its references are:
//   no reference: free      nodes of the tree only: cached      at least one lease: leased
#ifndef ESPALIER_RADIX_CACHE_PAGE_POOL_H_
#define ESPALIER_RADIX_CACHE_PAGE_POOL_H_

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "radix_cache/radix_cache.h"

namespace espalier {

class PagePool {
 public:
  explicit PagePool(int32_t page_count);

  // A free page, now with one lease. Requires usage().free > 0.
  PageId Allocate();

  // A page must have a reference of any kind to get another, and is free at once when it loses its last.
  void AddLease(PageId page) { Change(page, 1, 0); }
  void DropLease(PageId page) { Change(page, -1, 0); }
  void AddNode(PageId page) { Change(page, 0, 1); }
  void DropNode(PageId page) { Change(page, 0, -1); }

  int32_t leases(PageId page) const { return At(page).leases; }
  int32_t nodes(PageId page) const { return At(page).nodes; }
  int32_t references(PageId page) const { return At(page).leases + At(page).nodes; }
  int32_t page_count() const { return static_cast<int32_t>(references_.size()); }
  const PageUsage& usage() const { return usage_; }

  void CheckInvariants() const;

 private:
  struct References {
    int32_t leases = 0;
    int32_t nodes = 0;
  };

  static void Count(const References& references, int32_t sign, PageUsage& usage);
  const References& At(PageId page) const;
  void Change(PageId page, int32_t leases, int32_t nodes);

  std::vector<References> references_;  // by page
  std::vector<PageId> free_;            // the last one is handed out next
  PageUsage usage_;
};

}  // namespace espalier

#endif  // ESPALIER_RADIX_CACHE_PAGE_POOL_H_
