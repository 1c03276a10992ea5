// Which KV pages hold which prefix: one radix tree of token ids over one pool of pages. Ids only; bytes are
// the engine's. One thread only.
//
// A page holds `page_size` token slots; token position p of a sequence lives in the sequence's page
// p / page_size, slot p % page_size. A page has as many references as there are leases and tree nodes that
// list it, and is free when it has none. Leases and tree meet only in these counts: a lease never needs the
// tree to keep what it holds, and the tree can forget anything at any time.
//
//   a lease:   0                  maybe shared           length()              capacity()
//              |------------- KV in place -----------------|---- reserved, own ----|
//
// A lease may write only slots at or after length(), and only in a page that no one else references: Reserve
// replaces a shared partial last page by a copy (copy-on-write) before the first write to it.
#ifndef ESPALIER_RADIX_CACHE_RADIX_CACHE_H_
#define ESPALIER_RADIX_CACHE_RADIX_CACHE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/ids.h"

namespace espalier {

class RadixCache;

// The right to use pages: move-only, returned to the cache on destruction. An empty lease (default
// constructed, moved from) has no pages and belongs to no cache. A lease must not outlive its cache.
class PageLease {
 public:
  PageLease() = default;
  PageLease(PageLease&& other) noexcept;
  PageLease& operator=(PageLease&& other) noexcept;
  ~PageLease();

  bool empty() const { return cache_ == nullptr; }
  int64_t length() const { return length_; }                // tokens whose KV is in place
  std::span<const PageId> pages() const { return pages_; }  // of [0, length()) and of what is reserved

  // Tokens that fit without another Reserve; >= length(). Falls to length() when the partial last page
  // becomes shared: after a Fork that includes it, and after Insert.
  int64_t capacity() const;

  // The step that computed the next `tokens` tokens has run. length() + tokens <= capacity().
  void Advance(int64_t tokens);

 private:
  friend class RadixCache;

  RadixCache* cache_ = nullptr;
  std::vector<PageId> pages_;
  int64_t length_ = 0;
};

struct RadixCacheOptions {
  int32_t page_count = 0;  // >= 1
  int32_t page_size = 16;  // tokens, >= 1

  RadixCacheOptions(int32_t pages, int32_t size) : page_count(pages), page_size(size) {}
};

// Every page is counted once: free + cached + leased == page_count. Every cached page can be evicted, so
// free + cached pages are there for Reserve.
struct PageUsage {
  int32_t free = 0;
  int32_t cached = 0;  // held by the tree alone
  int32_t leased = 0;  // held by at least one lease
  int32_t shared = 0;  // of the leased ones: held by two leases or more

  friend bool operator==(const PageUsage&, const PageUsage&) = default;
};

// Since construction.
struct CacheCounters {
  int64_t matched_tokens = 0;  // KV found by Acquire
  int64_t missed_tokens = 0;   // asked for and not found
  int64_t evicted_pages = 0;
  int64_t copied_pages = 0;  // copy-on-write

  friend bool operator==(const CacheCounters&, const CacheCounters&) = default;
};

class RadixCache {
 public:
  explicit RadixCache(const RadixCacheOptions& options);
  ~RadixCache();
  RadixCache(const RadixCache&) = delete;
  RadixCache& operator=(const RadixCache&) = delete;

  // Length in tokens of the longest cached prefix of `tokens`. Changes nothing, not even the LRU order, and
  // allocates nothing.
  int64_t MatchLength(std::span<const TokenId> tokens) const;

  // Pins the longest cached prefix of `tokens`, in tokens; lease.length() says how long it is. Counts as a
  // use. Never fails: with nothing cached the lease has length 0. Splits no node.
  PageLease Acquire(std::span<const TokenId> tokens);

  // A second lease on the first `length` tokens of `parent`, length <= parent.length(). Copies no page.
  // Legal at any token, also while the parent goes on; both then Reserve before they write again.
  PageLease Fork(const PageLease& parent, int64_t length);

  // Makes room for `tokens` more tokens after lease.length(), evicting cached pages if needed. True: capacity
  // is there and `copies` got the page copies that the next step must carry out first. False: PagesNeeded()
  // is more than free + cached; nothing has changed.
  //
  // Copies of several calls stay in the order of the calls: a source may be freed, and handed out again by a
  // later Reserve, before its copy has run.
  bool Reserve(PageLease& lease, int64_t tokens, std::vector<PageCopy>& copies);

  // How many free or cached pages Reserve would take, the copy of a shared last page included.
  int32_t PagesNeeded(const PageLease& lease, int64_t tokens) const;

  // Gives back reserved pages beyond length().
  void TrimReserve(PageLease& lease);

  // Puts the path tokens[0, lease.length()) into the tree, so that others can match it; may split a node.
  // `tokens` are the tokens whose KV the lease holds, and may go on beyond it. Where the tree has whole pages
  // of the path already, the lease switches to them and its duplicates lose their reference (the KV is
  // bit-identical). A partial last page that the tree has already stays the lease's own: a lease that goes on
  // would only have to copy it back. Takes no page. Idempotent.
  void Insert(PageLease& lease, std::span<const TokenId> tokens);

  // Ends a branch that nobody will continue: frees its private pages now and removes from the tree the part
  // of its path beyond `keep_length` tokens, from the end back to the first page that another lease holds or
  // that more cached tokens than this path follow. `tokens` as for Insert.
  void Prune(PageLease lease, std::span<const TokenId> tokens, int64_t keep_length);

  // Evicts cached pages, least recently used first and from the ends of paths, until `pages` pages are free
  // or nothing is cached; returns the number of pages freed. Never frees a leased page.
  int32_t Evict(int32_t pages);

  PageUsage Usage() const;
  const CacheCounters& counters() const;
  int32_t page_size() const;

  // Aborts with values if the invariants of radix_tree.h do not hold. O(pages + tokens).
  void CheckInvariants() const;

 private:
  friend class PageLease;
  struct State;

  PageLease NewLease(std::vector<PageId> pages, int64_t length);
  bool LastPageNeedsCopy(const PageLease& lease) const;
  void Release(PageLease& lease);

  std::unique_ptr<State> state_;
};

}  // namespace espalier

#endif  // ESPALIER_RADIX_CACHE_RADIX_CACHE_H_
