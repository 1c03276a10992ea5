// Sequences written as text, one token per character, and a cache of pages of four tokens.
#ifndef ESPALIER_TESTS_RADIX_CACHE_CACHE_FIXTURE_H_
#define ESPALIER_TESTS_RADIX_CACHE_CACHE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "radix_cache/radix_cache.h"

namespace espalier {

inline std::vector<TokenId> Tokens(std::string_view text) { return {text.begin(), text.end()}; }

inline std::vector<PageId> PagesOf(const PageLease& lease) {
  return {lease.pages().begin(), lease.pages().end()};
}

class CacheTest : public testing::Test {
 protected:
  ~CacheTest() override { cache_.CheckInvariants(); }

  // Computes `text` on top of what is cached of it.
  PageLease Compute(std::string_view text) {
    PageLease lease = cache_.Acquire(Tokens(text));
    Extend(lease, static_cast<int64_t>(text.size()) - lease.length());
    return lease;
  }

  PageLease ComputeAndInsert(std::string_view text) {
    PageLease lease = Compute(text);
    cache_.Insert(lease, Tokens(text));
    cache_.CheckInvariants();
    return lease;
  }

  // Returns the copies that the step had to make first.
  std::vector<PageCopy> Extend(PageLease& lease, int64_t tokens) {
    std::vector<PageCopy> copies;
    EXPECT_TRUE(cache_.Reserve(lease, tokens, copies));
    lease.Advance(tokens);
    cache_.CheckInvariants();
    return copies;
  }

  int64_t Match(std::string_view text) const { return cache_.MatchLength(Tokens(text)); }
  void Prune(PageLease lease, std::string_view text, int64_t keep_length) {
    cache_.Prune(std::move(lease), Tokens(text), keep_length);
    cache_.CheckInvariants();
  }

  RadixCache cache_{RadixCacheOptions(12, 4)};
};

inline auto Usage(int32_t free, int32_t cached, int32_t leased, int32_t shared) {
  return testing::Eq(PageUsage{free, cached, leased, shared});
}

inline void PrintTo(const PageUsage& usage, std::ostream* out) {
  *out << usage.free << " free, " << usage.cached << " cached, " << usage.leased << " leased, "
       << usage.shared << " shared";
}

inline void PrintTo(const PageCopy& copy, std::ostream* out) {
  *out << copy.source << " -> " << copy.destination << " (" << copy.slots << " slots)";
}

}  // namespace espalier

#endif  // ESPALIER_TESTS_RADIX_CACHE_CACHE_FIXTURE_H_
