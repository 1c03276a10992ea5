// The operations of the cache one by one. Pages hold four tokens; diagrams show pages between bars.
#include "radix_cache/radix_cache.h"

#include <limits>
#include <utility>

#include "tests/radix_cache/cache_fixture.h"

namespace espalier {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using RadixCacheTest = CacheTest;

TEST_F(RadixCacheTest, StartsEmpty) {
  EXPECT_THAT(cache_.Usage(), Usage(12, 0, 0, 0));
  EXPECT_EQ(Match("abc"), 0);
  EXPECT_EQ(Match(""), 0);
  const PageLease lease = cache_.Acquire(Tokens("abc"));
  EXPECT_FALSE(lease.empty());
  EXPECT_EQ(lease.length(), 0);
  EXPECT_EQ(lease.capacity(), 0);
  EXPECT_EQ(cache_.counters().missed_tokens, 3);
}

TEST_F(RadixCacheTest, MatchesAndAcquiresByTheToken) {
  const PageLease lease = ComputeAndInsert("abcdefg");
  EXPECT_EQ(Match("abcdefghi"), 7);
  EXPECT_EQ(Match("abcdeXX"), 5);
  EXPECT_EQ(Match("Xbc"), 0);
  const PageLease other = cache_.Acquire(Tokens("abcdeXX"));
  EXPECT_EQ(other.length(), 5);
  EXPECT_EQ(PagesOf(other), PagesOf(lease));
  EXPECT_EQ(other.capacity(), 5) << "the last page is shared";
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 2));
  EXPECT_EQ(cache_.counters().matched_tokens, 5);
}

TEST_F(RadixCacheTest, MatchLengthDoesNotCountAsUse) {
  ComputeAndInsert("aaaa");
  ComputeAndInsert("bbbb");
  EXPECT_EQ(Match("aaaa"), 4);
  EXPECT_EQ(cache_.Evict(11), 1);
  EXPECT_EQ(Match("aaaa"), 0);
  EXPECT_EQ(Match("bbbb"), 4);
}

TEST_F(RadixCacheTest, ReserveFillsTheLastPageBeforeItTakesAnother) {
  PageLease lease = Compute("abc");
  EXPECT_EQ(lease.capacity(), 4);
  EXPECT_EQ(cache_.PagesNeeded(lease, 1), 0);
  EXPECT_EQ(cache_.PagesNeeded(lease, 2), 1);
  EXPECT_EQ(cache_.PagesNeeded(lease, 6), 2);
  EXPECT_EQ(cache_.PagesNeeded(lease, std::numeric_limits<int64_t>::max() / 2),
            std::numeric_limits<int32_t>::max());
  EXPECT_THAT(Extend(lease, 6), IsEmpty());
  EXPECT_EQ(lease.length(), 9);
  EXPECT_EQ(lease.capacity(), 12);
}

TEST_F(RadixCacheTest, TrimReserveKeepsThePartialPage) {
  PageLease lease = Compute("abcde");
  std::vector<PageCopy> copies;
  ASSERT_TRUE(cache_.Reserve(lease, 20, copies));
  EXPECT_EQ(lease.pages().size(), 7u);
  cache_.TrimReserve(lease);
  EXPECT_EQ(lease.pages().size(), 2u);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 0));
}

// parent |a b c d|e f . .|      child of length 5 |a b c d|e|   shares both pages; the first of the two
// that goes on copies the slots before its length, the other then has the page alone.
TEST_F(RadixCacheTest, ForkInsideAPageCopiesOnTheFirstWrite) {
  PageLease parent = Compute("abcdef");
  PageLease child = cache_.Fork(parent, 5);
  EXPECT_EQ(parent.capacity(), 6);
  EXPECT_EQ(child.capacity(), 5);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 2));
  EXPECT_EQ(cache_.PagesNeeded(child, 1), 1);
  EXPECT_EQ(cache_.PagesNeeded(child, 4), 2);
  const PageId shared = parent.pages()[1];
  const std::vector<PageCopy> copies = Extend(child, 1);
  EXPECT_THAT(copies, ElementsAre(PageCopy{shared, child.pages()[1], 1}));
  EXPECT_NE(child.pages()[1], shared);
  EXPECT_THAT(Extend(parent, 1), IsEmpty());
  EXPECT_THAT(cache_.Usage(), Usage(9, 0, 3, 1));
  EXPECT_EQ(cache_.counters().copied_pages, 1);
}

TEST_F(RadixCacheTest, ForkAtAPageBoundaryCopiesNothing) {
  PageLease parent = Compute("abcdef");
  PageLease child = cache_.Fork(parent, 4);
  EXPECT_THAT(Extend(child, 2), IsEmpty());
  EXPECT_THAT(Extend(parent, 1), IsEmpty());
  EXPECT_EQ(child.pages()[0], parent.pages()[0]);
  EXPECT_NE(child.pages()[1], parent.pages()[1]);
}

TEST_F(RadixCacheTest, ForkAtZeroAndAtTheEndOfReservedPages) {
  PageLease parent = Compute("abcd");
  std::vector<PageCopy> copies;
  ASSERT_TRUE(cache_.Reserve(parent, 4, copies));
  const PageLease none = cache_.Fork(parent, 0);
  EXPECT_THAT(PagesOf(none), IsEmpty());
  const PageLease all = cache_.Fork(parent, 4);
  EXPECT_THAT(PagesOf(all), ElementsAre(parent.pages()[0])) << "reserved pages are the parent's own";
  EXPECT_EQ(parent.capacity(), 8);
}

TEST_F(RadixCacheTest, AChildOutlivesItsParent) {
  PageLease parent = Compute("abcdef");
  PageLease child = cache_.Fork(parent, 6);
  parent = PageLease();
  EXPECT_EQ(child.capacity(), 8) << "the page is its own now";
  EXPECT_THAT(Extend(child, 1), IsEmpty());
}

TEST_F(RadixCacheTest, LeasesMoveAndAssign) {
  PageLease a = Compute("abcdef");
  PageLease b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT: moved-from is part of the contract
  EXPECT_EQ(a.length(), 0);
  EXPECT_EQ(a.capacity(), 0);
  EXPECT_THAT(PagesOf(a), IsEmpty());
  PageLease& alias = b;
  b = std::move(alias);
  EXPECT_EQ(b.length(), 6);
  a = Compute("xyz");
  EXPECT_THAT(cache_.Usage(), Usage(9, 0, 3, 0));
  a = std::move(b);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 0));
  a = PageLease();
  EXPECT_THAT(cache_.Usage(), Usage(12, 0, 0, 0));
}

TEST_F(RadixCacheTest, AReleasedLeaseLeavesTheTreeBehindAndFreesTheRestAtOnce) {
  {
    PageLease lease = ComputeAndInsert("abcdef");
    Extend(lease, 4);
    EXPECT_THAT(cache_.Usage(), Usage(8, 1, 3, 0)) << "the tree keeps the page that the lease copied";
  }
  EXPECT_THAT(cache_.Usage(), Usage(10, 2, 0, 0));
  EXPECT_EQ(Match("abcdef"), 6);
}

// Inserting a prompt shares its partial page with the tree, so going on copies it, once; when the branch is
// inserted again the tree takes the longer page and the old one is free.
TEST_F(RadixCacheTest, ABranchThatInsertsItsPromptPaysOneCopy) {
  PageLease lease = ComputeAndInsert("abcdef");
  EXPECT_EQ(lease.capacity(), 6);
  EXPECT_EQ(Extend(lease, 1).size(), 1u);
  EXPECT_THAT(Extend(lease, 3), IsEmpty());
  EXPECT_THAT(Extend(lease, 1), IsEmpty());
  EXPECT_THAT(cache_.Usage(), Usage(8, 1, 3, 0));
  cache_.Insert(lease, Tokens("abcdefghijk"));
  EXPECT_THAT(cache_.Usage(), Usage(9, 0, 3, 0));
  EXPECT_EQ(Match("abcdefghijkl"), 11);
  EXPECT_EQ(cache_.counters().copied_pages, 1);
}

TEST_F(RadixCacheTest, InsertIsIdempotentAndReadsOnlyItsLength) {
  PageLease lease = Compute("abcdef");
  for (int i = 0; i < 3; ++i) cache_.Insert(lease, Tokens("abcdefNOTCOMPUTED"));
  EXPECT_EQ(Match("abcdefNOT"), 6);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 0));
}

// Two leases computed |a b c d|e f g h|i j| side by side. The second Insert takes over the tree's whole pages
// and keeps its own partial one.
TEST_F(RadixCacheTest, InsertSwitchesToThePagesOfTheTree) {
  PageLease first = Compute("abcdefghij");
  PageLease second = Compute("abcdefghij");
  EXPECT_THAT(cache_.Usage(), Usage(6, 0, 6, 0));
  cache_.Insert(first, Tokens("abcdefghij"));
  const PageId own = second.pages()[2];
  cache_.Insert(second, Tokens("abcdefghij"));
  EXPECT_THAT(PagesOf(second), ElementsAre(first.pages()[0], first.pages()[1], own));
  EXPECT_THAT(cache_.Usage(), Usage(8, 0, 4, 2));
  EXPECT_EQ(second.capacity(), 12);
  EXPECT_EQ(first.capacity(), 10);
}

// |a b c d|e f g h|   and   |a b c d|e f X Y| diverge inside the second page: both Insert, the second as a
// sibling that begins with its own copy of "ef".
TEST_F(RadixCacheTest, LeasesThatDivergeInsideAPageBothInsert) {
  PageLease first = Compute("abcdef");
  PageLease second = cache_.Fork(first, 6);
  Extend(first, 2);
  Extend(second, 2);
  cache_.Insert(first, Tokens("abcdefgh"));
  cache_.Insert(second, Tokens("abcdefXY"));
  cache_.CheckInvariants();
  EXPECT_EQ(Match("abcdefghi"), 8);
  EXPECT_EQ(Match("abcdefXYZ"), 8);
  EXPECT_EQ(PagesOf(cache_.Acquire(Tokens("abcdefgh"))), PagesOf(first));
  EXPECT_EQ(PagesOf(cache_.Acquire(Tokens("abcdefXY"))), PagesOf(second));
  EXPECT_EQ(cache_.Acquire(Tokens("abcdef")).length(), 6);
  EXPECT_THAT(cache_.Usage(), Usage(9, 0, 3, 1));
}

// The half page "ef" of the upper node is the page of a child; when that child goes, it becomes the other's.
TEST_F(RadixCacheTest, NoPageIsKeptForTheFirstHalfOfAPage) {
  PageLease first = ComputeAndInsert("abcdefgh");
  PageLease second = ComputeAndInsert("abcdefXY");
  Prune(std::move(first), "abcdefgh", 0);
  EXPECT_EQ(Match("abcdefgh"), 6);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 0));
  EXPECT_EQ(PagesOf(cache_.Acquire(Tokens("abcdef"))), PagesOf(second));
}

// Three nodes that begin and end inside one page:  a | b c | d  with siblings X, Y and Z.
TEST_F(RadixCacheTest, ChainsInsideOnePageAreRepairedUpwards) {
  PageLease deep = ComputeAndInsert("abcd");
  PageLease x = ComputeAndInsert("abcX");
  PageLease y = ComputeAndInsert("aY");
  PageLease z = ComputeAndInsert("abcZ");
  EXPECT_THAT(cache_.Usage(), Usage(8, 0, 4, 0));
  Prune(std::move(deep), "abcd", 0);
  EXPECT_THAT(cache_.Usage(), Usage(9, 0, 3, 0));
  Prune(std::move(x), "abcX", 0);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 0));
  EXPECT_EQ(PagesOf(cache_.Acquire(Tokens("abc"))), PagesOf(z));
  Prune(std::move(z), "abcZ", 0);
  EXPECT_EQ(Match("abc"), 1);
  EXPECT_EQ(PagesOf(cache_.Acquire(Tokens("a"))), PagesOf(y));
  EXPECT_THAT(cache_.Usage(), Usage(11, 0, 1, 0));
}

TEST_F(RadixCacheTest, PruneFreesPrivatePagesAndTheUnsharedPartOfThePathAtOnce) {
  PageLease lease = ComputeAndInsert("abcdefghij");
  Extend(lease, 6);
  EXPECT_THAT(cache_.Usage(), Usage(7, 1, 4, 0));
  Prune(std::move(lease), "abcdefghijklmnop", 5);
  EXPECT_EQ(Match("abcdefghij"), 5);
  EXPECT_THAT(cache_.Usage(), Usage(10, 2, 0, 0));
}

TEST_F(RadixCacheTest, PruneKeepsWhatAnotherLeaseHoldsByThePage) {
  PageLease lease = ComputeAndInsert("abcdefghij");
  const PageLease other = cache_.Acquire(Tokens("abcde"));
  Prune(std::move(lease), "abcdefghij", 0);
  EXPECT_EQ(Match("abcdefghij"), 8);
  EXPECT_THAT(cache_.Usage(), Usage(10, 0, 2, 0));
}

TEST_F(RadixCacheTest, PruneKeepsWhatOtherCachedTokensFollow) {
  PageLease lease = ComputeAndInsert("abcdef");
  ComputeAndInsert("abcdefghi");
  Prune(std::move(lease), "abcdef", 0);
  EXPECT_EQ(Match("abcdefghi"), 9);
  PageLease upper = cache_.Acquire(Tokens("abX"));
  Extend(upper, 1);
  cache_.Insert(upper, Tokens("abX"));
  Prune(std::move(upper), "abX", 0);
  EXPECT_EQ(Match("abX"), 2);
  EXPECT_EQ(Match("abcdefghi"), 9);
}

TEST_F(RadixCacheTest, PruneOfALeaseThatInsertedNothingChangesNoPath) {
  ComputeAndInsert("abcdefgh");
  Prune(Compute("abcXYZ"), "abcXYZ", 0);
  EXPECT_EQ(Match("abcdefgh"), 8);
  EXPECT_THAT(cache_.Usage(), Usage(10, 2, 0, 0));
}

using RadixCacheDeathTest = CacheTest;

TEST_F(RadixCacheDeathTest, OurOwnBugsAbort) {
  PageLease lease = Compute("abc");
  EXPECT_DEATH(lease.Advance(2), "2 tokens after 3");
  EXPECT_DEATH(cache_.Fork(lease, 4), "4 of 3 tokens");
  EXPECT_DEATH(cache_.Fork(PageLease(), 0), "another cache");
  EXPECT_DEATH(cache_.Insert(lease, Tokens("ab")), "2 tokens for a lease of 3");
  EXPECT_DEATH(
      {
        RadixCache cache(RadixCacheOptions(1, 1));
        const PageLease leaked = cache.Acquire({});
        cache.~RadixCache();
      },
      "outlive");
}

}  // namespace
}  // namespace espalier
