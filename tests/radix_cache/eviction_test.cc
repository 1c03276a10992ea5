#include <pthread.h>

#include <algorithm>
#include <string>
#include <utility>

#include "tests/radix_cache/cache_fixture.h"

namespace espalier {
namespace {

using testing::Contains;
using testing::Not;

using EvictionTest = CacheTest;

TEST_F(EvictionTest, TakesTheLeastRecentlyUsedPathFromItsEnd) {
  ComputeAndInsert("aaaabbbb");
  ComputeAndInsert("ccccdddd");
  cache_.Acquire(Tokens("aaaabbbb"));
  EXPECT_EQ(cache_.Evict(9), 1);
  EXPECT_EQ(Match("ccccdddd"), 4);
  EXPECT_EQ(cache_.Evict(10), 1);
  EXPECT_EQ(Match("cccc"), 0);
  EXPECT_EQ(Match("aaaabbbb"), 8);
  EXPECT_EQ(cache_.Evict(100), 2);
  EXPECT_THAT(cache_.Usage(), Usage(12, 0, 0, 0));
  EXPECT_EQ(cache_.counters().evicted_pages, 4);
}

// A use of the front of a long path does not make its end any younger, although no node is split.
TEST_F(EvictionTest, AgesPagesNotNodes) {
  ComputeAndInsert("aaaabbbbcccc");
  ComputeAndInsert("dddd");
  cache_.Acquire(Tokens("aaaa"));
  EXPECT_EQ(cache_.Evict(10), 2);
  EXPECT_EQ(Match("aaaabbbb"), 4);
  EXPECT_EQ(Match("dddd"), 4);
  EXPECT_EQ(cache_.Evict(11), 1);
  EXPECT_EQ(Match("dddd"), 0);
}

TEST_F(EvictionTest, EnoughFreePagesEvictNothing) {
  ComputeAndInsert("aaaa");
  EXPECT_EQ(cache_.Evict(11), 0);
  EXPECT_EQ(Match("aaaa"), 4);
}

TEST_F(EvictionTest, NeverTakesALeasedPage) {
  const PageLease lease = ComputeAndInsert("aaaabbbb");
  ComputeAndInsert("aaaabbbbcccc");
  EXPECT_EQ(cache_.Evict(12), 1);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 0));
  EXPECT_EQ(Match("aaaabbbb"), 8) << "what frees nothing is not forgotten";
}

TEST_F(EvictionTest, ReserveEvictsWhatItNeedsAndNoMore) {
  ComputeAndInsert("aaaabbbbccccdddd");
  PageLease lease = Compute("xxxxyyyyzzzz");
  EXPECT_THAT(cache_.Usage(), Usage(5, 4, 3, 0));
  Extend(lease, 24);
  EXPECT_THAT(cache_.Usage(), Usage(0, 3, 9, 0));
  EXPECT_EQ(Match("aaaabbbbccccdddd"), 12);
}

TEST_F(EvictionTest, AReserveThatCannotBeMetChangesNothing) {
  ComputeAndInsert("aaaabbbb");
  PageLease shared = ComputeAndInsert("xxxxyy");
  const PageUsage usage = cache_.Usage();
  const std::vector<PageId> pages = PagesOf(shared);
  std::vector<PageCopy> copies;
  EXPECT_EQ(cache_.PagesNeeded(shared, 39), 11) << "ten more pages and the copy";
  EXPECT_FALSE(cache_.Reserve(shared, 39, copies));
  EXPECT_TRUE(copies.empty());
  EXPECT_EQ(PagesOf(shared), pages);
  EXPECT_THAT(cache_.Usage(), testing::Eq(usage));
  EXPECT_EQ(Match("aaaabbbb"), 8);
  EXPECT_TRUE(cache_.Reserve(shared, 38, copies));
}

// `fork` left `parent` before the parent's Insert switched to pages that the tree had: it holds the path's
// end but not its beginning, which the tree alone holds. Those pages count as cached, so they must come free.
TEST_F(EvictionTest, CachedPagesBeforeALeasedEndComeFree) {
  PageLease parent = Compute("aaaabbbbcccc");
  PageLease fork = cache_.Fork(parent, 12);
  ComputeAndInsert("aaaabbbb");
  cache_.Insert(parent, Tokens("aaaabbbbcccc"));
  parent = PageLease();
  EXPECT_THAT(cache_.Usage(), Usage(7, 2, 3, 0));
  const std::vector<PageId> held = PagesOf(fork);
  EXPECT_EQ(cache_.Evict(12), 2);
  EXPECT_THAT(cache_.Usage(), Usage(9, 0, 3, 0));
  PageLease writer = Compute("xxxxyyyyzzzz");
  for (PageId page : writer.pages()) EXPECT_THAT(held, Not(Contains(page)));
}

// The order on a long random history is that of a list which moves each used page to the front.
TEST_F(EvictionTest, FollowsANaiveLruList) {
  std::vector<std::string> recency;  // least recently used first
  uint32_t random = 1;
  for (int i = 0; i < 3000; ++i) {
    random = random * 1664525 + 1013904223;
    const std::string text(4, static_cast<char>('a' + (random >> 24) % 26));
    const auto known = std::find(recency.begin(), recency.end(), text);
    EXPECT_EQ(Match(text), known == recency.end() ? 0 : 4);
    if (known != recency.end()) {
      recency.erase(known);
    } else if (recency.size() == 12) {
      recency.erase(recency.begin());
    }
    recency.push_back(text);
    ComputeAndInsert(text);
  }
}

struct DeepTree {
  static constexpr int kDepth = 4000;

  static void* BuildAndDestroy(void*) {
    RadixCache cache(RadixCacheOptions(2 * kDepth + 2, 1));
    std::vector<TokenId> spine(kDepth + 1, 7);
    PageLease trunk = cache.Acquire({});
    std::vector<PageCopy> copies;
    EXPECT_TRUE(cache.Reserve(trunk, kDepth + 1, copies));
    trunk.Advance(kDepth + 1);
    cache.Insert(trunk, spine);
    for (int depth = kDepth; depth > 0; --depth) {
      PageLease branch = cache.Fork(trunk, depth);
      EXPECT_TRUE(cache.Reserve(branch, 1, copies));
      branch.Advance(1);
      spine[depth] = 8;
      cache.Insert(branch, spine);
      spine[depth] = 7;
    }
    cache.CheckInvariants();
    EXPECT_EQ(cache.MatchLength(spine), kDepth + 1);
    trunk = PageLease();
    EXPECT_EQ(cache.Evict(kDepth), kDepth - 1);
    return nullptr;
  }
};

// As many nodes below each other as a stack of 128 KiB could not take if anything recursed.
TEST(RadixTreeTest, DoesNotRecurse) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 128 << 10), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, DeepTree::BuildAndDestroy, nullptr), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST(RadixTreeTest, HoldsAMillionTokens) {
  constexpr int64_t kTokens = 1'000'000;
  RadixCache cache(RadixCacheOptions(kTokens / 16 + 2, 16));
  std::vector<TokenId> tokens(kTokens);
  for (int64_t i = 0; i < kTokens; ++i) tokens[i] = static_cast<TokenId>(i * 7919 % 50021);
  PageLease lease = cache.Acquire(tokens);
  std::vector<PageCopy> copies;
  ASSERT_TRUE(cache.Reserve(lease, kTokens, copies));
  lease.Advance(kTokens);
  cache.Insert(lease, tokens);
  EXPECT_EQ(cache.MatchLength(tokens), kTokens);
  tokens[kTokens / 2 + 3] = -1;
  EXPECT_EQ(cache.MatchLength(tokens), kTokens / 2 + 3);
  PageLease branch = cache.Fork(lease, kTokens / 2 + 3);
  ASSERT_TRUE(cache.Reserve(branch, 1, copies));
  branch.Advance(1);
  cache.Insert(branch, tokens);
  cache.CheckInvariants();
  cache.Prune(std::move(branch), tokens, 0);
  EXPECT_EQ(cache.MatchLength(tokens), kTokens / 2 + 3);
}

}  // namespace
}  // namespace espalier
