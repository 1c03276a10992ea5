#include "radix_cache/radix_cache.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "radix_cache/eviction.h"
#include "radix_cache/page_pool.h"
#include "radix_cache/radix_tree.h"

namespace espalier {

struct RadixCache::State {
  explicit State(const RadixCacheOptions& options)
      : page_size(options.page_size),
        pool(options.page_count),
        order(options.page_count),
        tree(options.page_size, pool, order) {}

  int64_t PagesFor(int64_t tokens) const { return tokens / page_size + (tokens % page_size != 0); }

  PageId Allocate() {
    const PageId page = pool.Allocate();
    order.Use(page, true);
    return page;
  }
  void Hold(PageId page) {
    pool.AddLease(page);
    order.Use(page, true);
  }
  void Drop(PageId page) {
    pool.DropLease(page);
    order.Use(page, pool.leases(page) > 0);
  }
  // From the back, so that a path's end counts as less recently used than what it hangs on.
  void DropFrom(std::vector<PageId>& pages, int64_t kept) {
    while (static_cast<int64_t>(pages.size()) > kept) {
      Drop(pages.back());
      pages.pop_back();
    }
  }

  const int32_t page_size;
  PagePool pool;
  EvictionOrder order;
  RadixTree tree;
  CacheCounters counters;
  int64_t live_leases = 0;
};

RadixCache::RadixCache(const RadixCacheOptions& options) {
  ESPALIER_CHECK(options.page_count >= 1 && options.page_size >= 1, options.page_count, " pages of ",
                 options.page_size, " tokens");
  state_ = std::make_unique<State>(options);
}

RadixCache::~RadixCache() {
  ESPALIER_CHECK(state_->live_leases == 0, state_->live_leases, " leases outlive their cache");
}

int64_t RadixCache::MatchLength(std::span<const TokenId> tokens) const {
  return state_->tree.Find(tokens).length;
}

PageLease RadixCache::NewLease(std::vector<PageId> pages, int64_t length) {
  for (auto page = pages.rbegin(); page != pages.rend(); ++page) state_->Hold(*page);
  ++state_->live_leases;
  PageLease lease;
  lease.cache_ = this;
  lease.pages_ = std::move(pages);
  lease.length_ = length;
  return lease;
}

PageLease RadixCache::Acquire(std::span<const TokenId> tokens) {
  const RadixTree::Position match = state_->tree.Find(tokens);
  state_->counters.matched_tokens += match.length;
  state_->counters.missed_tokens += static_cast<int64_t>(tokens.size()) - match.length;
  return NewLease(state_->tree.Pages(match), match.length);
}

PageLease RadixCache::Fork(const PageLease& parent, int64_t length) {
  ESPALIER_CHECK(parent.cache_ == this, "fork of another cache's lease, or of an empty one");
  ESPALIER_CHECK(length >= 0 && length <= parent.length_, length, " of ", parent.length_, " tokens");
  const auto begin = parent.pages_.begin();
  return NewLease({begin, begin + state_->PagesFor(length)}, length);
}

bool RadixCache::LastPageNeedsCopy(const PageLease& lease) const {
  return lease.length_ % state_->page_size != 0 &&
         state_->pool.references(lease.pages_[lease.length_ / state_->page_size]) > 1;
}

int32_t RadixCache::PagesNeeded(const PageLease& lease, int64_t tokens) const {
  ESPALIER_CHECK(lease.cache_ == this && tokens >= 0, tokens, " tokens");
  if (tokens == 0) return 0;
  const int64_t held = static_cast<int64_t>(lease.pages_.size());
  const int64_t wanted = std::max<int64_t>(0, state_->PagesFor(lease.length_ + tokens) - held);
  const int64_t needed = wanted + LastPageNeedsCopy(lease);
  return static_cast<int32_t>(std::min<int64_t>(needed, std::numeric_limits<int32_t>::max()));
}

bool RadixCache::Reserve(PageLease& lease, int64_t tokens, std::vector<PageCopy>& copies) {
  const int32_t needed = PagesNeeded(lease, tokens);
  if (needed > Usage().free + Usage().cached) return false;
  if (needed == 0) return true;
  Evict(needed);
  if (LastPageNeedsCopy(lease)) {  // asked anew: eviction may have left the page to this lease alone
    PageId& last = lease.pages_[lease.length_ / state_->page_size];
    const PageId copy = state_->Allocate();
    copies.push_back({last, copy, static_cast<int32_t>(lease.length_ % state_->page_size)});
    state_->Drop(std::exchange(last, copy));
    ++state_->counters.copied_pages;
  }
  const int64_t wanted = state_->PagesFor(lease.length_ + tokens);
  while (static_cast<int64_t>(lease.pages_.size()) < wanted) lease.pages_.push_back(state_->Allocate());
  return true;
}

void RadixCache::TrimReserve(PageLease& lease) {
  ESPALIER_CHECK(lease.cache_ == this, "another cache's lease, or an empty one");
  state_->DropFrom(lease.pages_, state_->PagesFor(lease.length_));
}

void RadixCache::Insert(PageLease& lease, std::span<const TokenId> tokens) {
  ESPALIER_CHECK(lease.cache_ == this && static_cast<int64_t>(tokens.size()) >= lease.length_, tokens.size(),
                 " tokens for a lease of ", lease.length_);
  const std::span<const TokenId> path = tokens.first(lease.length_);
  const RadixTree::Position match = state_->tree.Find(path);
  const std::vector<PageId> known = state_->tree.Pages(match);
  for (int64_t i = match.length / state_->page_size - 1; i >= 0; --i) {
    if (lease.pages_[i] == known[i]) continue;
    state_->Hold(known[i]);
    state_->Drop(std::exchange(lease.pages_[i], known[i]));
  }
  state_->tree.Insert(match, path, lease.pages_);
}

void RadixCache::Prune(PageLease lease, std::span<const TokenId> tokens, int64_t keep_length) {
  ESPALIER_CHECK(lease.cache_ == this && static_cast<int64_t>(tokens.size()) >= lease.length_, tokens.size(),
                 " tokens for a lease of ", lease.length_);
  ESPALIER_CHECK(keep_length >= 0, keep_length);
  const std::span<const TokenId> path = tokens.first(lease.length_);
  lease = PageLease();
  state_->tree.Prune(state_->tree.Find(path), keep_length);
}

int32_t RadixCache::Evict(int32_t pages) {
  const PageUsage& usage = state_->pool.usage();
  const int32_t free_before = usage.free;
  while (usage.free < pages && usage.cached > 0) state_->tree.DropCandidate(state_->order.Next());
  const int32_t freed = usage.free - free_before;
  state_->counters.evicted_pages += freed;
  return freed;
}

void RadixCache::Release(PageLease& lease) {
  state_->DropFrom(lease.pages_, 0);
  --state_->live_leases;
}

PageUsage RadixCache::Usage() const { return state_->pool.usage(); }
const CacheCounters& RadixCache::counters() const { return state_->counters; }
int32_t RadixCache::page_size() const { return state_->page_size; }

void RadixCache::CheckInvariants() const {
  state_->pool.CheckInvariants();
  state_->tree.CheckInvariants();
}

}  // namespace espalier
