// Which KV pages hold which prefix: one radix tree of token ids over one pool of pages. Ids only; bytes are
// the engine's. One thread only.
//
// A page holds `page_size` token slots; token position p of a sequence lives in the sequence's page
// p / page_size, slot p % page_size. A page has as many references as there are leases and tree nodes that
// list it, and is free when it has none.
//
//   a lease:   0                 shared up to here        length()             capacity()
//              |------ KV in place, maybe shared ------------|--- reserved, own ---|
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
class RadixTree;
struct RadixNode;

// The right to use pages: move-only, returned to the cache on destruction. An empty lease (default
// constructed, moved from) has no pages and belongs to no cache. A lease must not outlive its cache.
class PageLease {
 public:
  PageLease() = default;
  PageLease(PageLease&& other) noexcept;
  PageLease& operator=(PageLease&& other) noexcept;
  ~PageLease();

  bool empty() const { return cache_ == nullptr; }
  int64_t length() const { return length_; }      // tokens whose KV is in place
  int64_t capacity() const;                       // tokens that fit without another Reserve
  std::span<const PageId> pages() const { return pages_; }

  // The step that computed the next `tokens` tokens has run. length() + tokens <= capacity().
  void Advance(int64_t tokens);

 private:
  friend class RadixCache;

  RadixCache* cache_ = nullptr;
  std::vector<PageId> pages_;
  int64_t length_ = 0;
  RadixNode* node_ = nullptr;  // deepest tree node this lease locks; null: the root
};

struct RadixCacheOptions {
  int32_t page_count = 0;
  int32_t page_size = 16;

  RadixCacheOptions(int32_t pages, int32_t size) : page_count(pages), page_size(size) {}
};

// Every page is counted once: free + cached + leased == page_count.
struct PageUsage {
  int32_t free = 0;
  int32_t cached = 0;   // held by the tree alone: evictable
  int32_t leased = 0;   // held by at least one lease
  int32_t shared = 0;   // of the leased ones: held by two leases or more
};

// Since construction.
struct CacheCounters {
  int64_t matched_tokens = 0;   // KV found by Acquire
  int64_t missed_tokens = 0;    // asked for and not found
  int64_t evicted_pages = 0;
  int64_t copied_pages = 0;     // copy-on-write
};

class RadixCache {
 public:
  explicit RadixCache(const RadixCacheOptions& options);
  ~RadixCache();
  RadixCache(const RadixCache&) = delete;
  RadixCache& operator=(const RadixCache&) = delete;

  // Length in tokens of the longest cached prefix of `tokens`. Changes nothing, not even the LRU order.
  int64_t MatchLength(std::span<const TokenId> tokens) const;

  // Pins the longest cached prefix of `tokens`, in tokens; lease.length() says how long it is. Counts as a use.
  // Never fails: with nothing cached the lease has length 0. Splits no node.
  PageLease Acquire(std::span<const TokenId> tokens);

  // A second lease on the first `length` tokens of `parent`, length <= parent.length(). Copies no page.
  // Legal at any token, also while the parent goes on.
  PageLease Fork(const PageLease& parent, int64_t length);

  // Makes room for `tokens` more tokens after lease.length(), evicting cached pages if needed. True: capacity is
  // there and `copies` got the page copies that the next step must carry out first. False: too few pages can be
  // freed; nothing has changed.
  bool Reserve(PageLease& lease, int64_t tokens, std::vector<PageCopy>& copies);

  // How many free or evictable pages Reserve would take; read-only.
  int32_t PagesNeeded(const PageLease& lease, int64_t tokens) const;

  // Gives back reserved capacity beyond length().
  void TrimReserve(PageLease& lease);

  // Puts the path tokens[0, lease.length()) into the tree, so that others can match it; may split nodes.
  // `tokens` are the tokens whose KV the lease holds. Where the tree has that path already, the lease
  // switches to the tree's pages and its duplicates are freed (the KV is bit-identical). Idempotent.
  void Insert(PageLease& lease, std::span<const TokenId> tokens);

  // Ends a branch that nobody will continue: frees its private pages now and removes from the tree the
  // part of its path beyond `keep_length` tokens that no other lease uses and nothing else extends.
  void Prune(PageLease lease, int64_t keep_length);

  // Evicts least recently used unpinned leaves until `pages` pages are free or nothing is left to evict;
  // returns the number of pages freed.
  int32_t Evict(int32_t pages);

  PageUsage Usage() const;
  const CacheCounters& counters() const;
  int32_t page_size() const;

  // Aborts with values if the essay of invariants in radix_tree.h does not hold. O(pages + nodes).
  void CheckInvariants() const;

 private:
  friend class PageLease;
  void Release(PageLease& lease);

  std::unique_ptr<RadixTree> tree_;
};

}  // namespace espalier

#endif  // ESPALIER_RADIX_CACHE_RADIX_CACHE_H_
