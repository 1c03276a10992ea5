// Times of the cache's operations on a tree of about 10^5 tokens: 64 conversations of 1,500 tokens behind a
// shared prompt of 500. Pages of 16 tokens.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "radix_cache/radix_cache.h"

namespace espalier {
namespace {

constexpr int32_t kPageSize = 16;
constexpr int32_t kPageCount = 1 << 14;
constexpr int kConversations = 64;
constexpr int kPrompt = 500;
constexpr int kLength = 2000;

std::vector<TokenId> Conversation(int number) {
  std::vector<TokenId> tokens(kLength);
  for (int i = 0; i < kLength; ++i) tokens[i] = i < kPrompt ? i * 31 : i * 31 + number * 7 + 1;
  return tokens;
}

PageLease Compute(RadixCache& cache, const std::vector<TokenId>& tokens) {
  PageLease lease = cache.Acquire(tokens);
  const int64_t missing = static_cast<int64_t>(tokens.size()) - lease.length();
  std::vector<PageCopy> copies;
  ESPALIER_CHECK(cache.Reserve(lease, missing, copies));
  lease.Advance(missing);
  return lease;
}

class RadixCacheBenchmark : public benchmark::Fixture {
 public:
  RadixCacheBenchmark() {
    for (int i = 0; i < kConversations; ++i) {
      PageLease lease = Compute(cache_, Conversation(i));
      cache_.Insert(lease, Conversation(i));
    }
  }

 protected:
  RadixCache cache_{RadixCacheOptions(kPageCount, kPageSize)};
};

BENCHMARK_F(RadixCacheBenchmark, MatchLength2000)(benchmark::State& state) {
  const std::vector<TokenId> tokens = Conversation(kConversations / 2);
  for (auto _ : state) benchmark::DoNotOptimize(cache_.MatchLength(tokens));
}

BENCHMARK_F(RadixCacheBenchmark, AcquireAndRelease2000)(benchmark::State& state) {
  const std::vector<TokenId> tokens = Conversation(kConversations / 2);
  for (auto _ : state) benchmark::DoNotOptimize(cache_.Acquire(tokens));
}

BENCHMARK_F(RadixCacheBenchmark, InsertKnownPath2000)(benchmark::State& state) {
  const std::vector<TokenId> tokens = Conversation(kConversations / 2);
  PageLease lease = cache_.Acquire(tokens);
  for (auto _ : state) cache_.Insert(lease, tokens);
}

// A new path of 1,500 tokens behind the prompt: reserved, inserted, and removed again.
BENCHMARK_F(RadixCacheBenchmark, ComputeInsertPrune1500)(benchmark::State& state) {
  const std::vector<TokenId> tokens = Conversation(kConversations);
  for (auto _ : state) {
    PageLease lease = Compute(cache_, tokens);
    cache_.Insert(lease, tokens);
    cache_.Prune(std::move(lease), tokens, kPrompt);
  }
}

// 64 branches on one 2,000-token prompt, and their end.
BENCHMARK_F(RadixCacheBenchmark, Fork64AndRelease)(benchmark::State& state) {
  const PageLease parent = cache_.Acquire(Conversation(0));
  for (auto _ : state) {
    std::vector<PageLease> branches;
    for (int i = 0; i < 64; ++i) branches.push_back(cache_.Fork(parent, kLength - 5));
    benchmark::DoNotOptimize(branches.data());
  }
  state.SetItemsProcessed(state.iterations() * 64);
}

// What a decode step asks for: one more token for each of 64 branches, the page copies included.
BENCHMARK_F(RadixCacheBenchmark, Decode64BranchesFor16Tokens)(benchmark::State& state) {
  const PageLease parent = cache_.Acquire(Conversation(0));
  std::vector<PageCopy> copies;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<PageLease> branches;
    for (int i = 0; i < 64; ++i) branches.push_back(cache_.Fork(parent, kLength - 5));
    copies.clear();
    state.ResumeTiming();
    for (int step = 0; step < kPageSize; ++step) {
      for (PageLease& branch : branches) {
        ESPALIER_CHECK(cache_.Reserve(branch, 1, copies));
        branch.Advance(1);
      }
    }
    state.PauseTiming();
    branches.clear();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * 64 * kPageSize);
}

// A full pool: every page for a new sequence comes from the least recently used path.
BENCHMARK_F(RadixCacheBenchmark, EvictAndInsert1500)(benchmark::State& state) {
  const int32_t free = cache_.Usage().free;
  PageLease rest = cache_.Acquire({});
  std::vector<PageCopy> copies;
  ESPALIER_CHECK(cache_.Reserve(rest, int64_t{free} * kPageSize, copies));
  const int64_t evicted = cache_.counters().evicted_pages;
  int number = kConversations;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<TokenId> tokens = Conversation(number++);
    state.ResumeTiming();
    PageLease lease = Compute(cache_, tokens);
    cache_.Insert(lease, tokens);
  }
  state.SetItemsProcessed(cache_.counters().evicted_pages - evicted);
  state.SetLabel("items: evicted pages");
}

}  // namespace
}  // namespace espalier
