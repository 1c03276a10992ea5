// The cache beside two naive models: the set of all cached prefixes, and a memory in which every page slot
// remembers the prefix whose KV was last written there.
#ifndef ESPALIER_TESTS_RADIX_CACHE_CACHE_SIMULATION_H_
#define ESPALIER_TESTS_RADIX_CACHE_CACHE_SIMULATION_H_

#include <cstdint>
#include <deque>
#include <random>
#include <set>
#include <vector>

#include "radix_cache/radix_cache.h"

namespace espalier {

struct SimulationOptions {
  uint64_t seed = 0;
  int32_t page_size = 1;
  int32_t page_count = 1;
  int32_t alphabet = 2;
  int32_t max_branches = 1;
};

// How often the random operations came to what the test is about.
struct SimulationCoverage {
  int64_t shortages = 0;
  int64_t evictions = 0;
  int64_t copies = 0;
  int64_t chained_copies = 0;  // of a page that an earlier copy of the same step wrote or read
  int64_t tokens_matched = 0;
  int64_t tokens_pruned = 0;
};

class CacheSimulation {
 public:
  explicit CacheSimulation(const SimulationOptions& options);

  // One random operation, and all checks after it.
  void Step();

  const SimulationCoverage& coverage() const { return coverage_; }

 private:
  using Sequence = std::vector<TokenId>;
  struct Branch {
    Sequence tokens;  // as long as the lease
    PageLease lease;
  };

  int64_t Draw(int64_t bound) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound)); }
  Sequence DrawSequence();
  Branch& DrawBranch() { return branches_[Draw(static_cast<int64_t>(branches_.size()))]; }
  Branch TakeBranch();

  void Acquire();
  void Fork();
  void Release();
  void RunStep();
  void Trim();
  void Insert();
  void Prune();
  void Evict();

  // Tries to reserve; checks that a refusal was due and changed nothing.
  bool Reserve(Branch& branch, int64_t tokens, std::vector<PageCopy>& copies);
  void Write(Branch& branch, int64_t tokens);
  void CarryOut(const std::vector<PageCopy>& copies);
  // Why the longest path prefix that a Prune left may stay: someone holds it, or more tokens follow.
  bool MayStay(const Sequence& path, int64_t length);

  int64_t NaiveMatchLength(const Sequence& tokens) const;
  // The cached prefixes may have lost some, as nobody but the cache knows which; never gained.
  void ForgetEvicted();
  void CheckCachedPrefixes() const;
  void CheckMemory(const Branch& branch) const;
  void CheckUsage() const;

  const SimulationOptions options_;
  std::mt19937_64 random_;
  RadixCache cache_;
  std::vector<std::vector<uint64_t>> memory_;  // [page][slot]: hash of the prefix that ends there
  std::set<Sequence> cached_;                  // every cached prefix but the empty one
  std::deque<Branch> branches_;
  SimulationCoverage coverage_;
};

}  // namespace espalier

#endif  // ESPALIER_TESTS_RADIX_CACHE_CACHE_SIMULATION_H_
