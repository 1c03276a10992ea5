#include "tests/radix_cache/cache_simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/random.h"

namespace espalier {

namespace {

constexpr uint64_t kGarbage = 0;

std::vector<uint64_t> PrefixHashes(const std::vector<TokenId>& tokens) {
  std::vector<uint64_t> hashes;
  uint64_t hash = 1;
  for (TokenId token : tokens) hashes.push_back(hash = StableHash(static_cast<uint64_t>(token), hash));
  return hashes;
}

}  // namespace

CacheSimulation::CacheSimulation(const SimulationOptions& options)
    : options_(options),
      random_(options.seed),
      cache_(RadixCacheOptions(options.page_count, options.page_size)),
      memory_(options.page_count, std::vector<uint64_t>(options.page_size, kGarbage)) {}

void CacheSimulation::Step() {
  using Operation = void (CacheSimulation::*)();
  static constexpr Operation kOperations[] = {
      &CacheSimulation::Acquire, &CacheSimulation::Acquire, &CacheSimulation::Fork,
      &CacheSimulation::Fork,    &CacheSimulation::RunStep, &CacheSimulation::RunStep,
      &CacheSimulation::RunStep, &CacheSimulation::Insert,  &CacheSimulation::Insert,
      &CacheSimulation::Release, &CacheSimulation::Prune,   &CacheSimulation::Trim,
      &CacheSimulation::Evict};
  (this->*kOperations[Draw(std::size(kOperations))])();
  cache_.CheckInvariants();
  CheckUsage();
  for (const Branch& branch : branches_) CheckMemory(branch);
  CheckCachedPrefixes();
}

CacheSimulation::Sequence CacheSimulation::DrawSequence() {
  Sequence tokens(1 + Draw(options_.page_size * 3));
  for (TokenId& token : tokens) token = static_cast<TokenId>(Draw(options_.alphabet));
  if (cached_.empty() || Draw(4) == 0) return tokens;
  // Mostly a cached prefix with a random end, so that paths are deep and meet often.
  auto known = cached_.lower_bound(tokens);
  if (known == cached_.end()) --known;
  Sequence extended(known->begin(), known->begin() + 1 + Draw(static_cast<int64_t>(known->size())));
  tokens.resize(Draw(4));
  extended.insert(extended.end(), tokens.begin(), tokens.end());
  return extended;
}

CacheSimulation::Branch CacheSimulation::TakeBranch() {
  std::swap(DrawBranch(), branches_.back());
  Branch taken = std::move(branches_.back());
  branches_.pop_back();
  return taken;
}

void CacheSimulation::Acquire() {
  if (static_cast<int32_t>(branches_.size()) == options_.max_branches) return Release();
  Sequence tokens = DrawSequence();
  Branch& branch = branches_.emplace_back(Branch{tokens, cache_.Acquire(tokens)});
  EXPECT_EQ(branch.lease.length(), NaiveMatchLength(tokens));
  branch.tokens.resize(branch.lease.length());
  coverage_.tokens_matched += branch.lease.length();
}

void CacheSimulation::Fork() {
  if (branches_.empty() || static_cast<int32_t>(branches_.size()) == options_.max_branches) return;
  const Branch& parent = DrawBranch();
  const int64_t length = Draw(parent.lease.length() + 1);
  Sequence tokens(parent.tokens.begin(), parent.tokens.begin() + length);
  branches_.push_back({std::move(tokens), cache_.Fork(parent.lease, length)});
}

void CacheSimulation::Release() {
  if (!branches_.empty()) TakeBranch();
}

// What a scheduler does: leases room for several rows, drops a branch in between, and only then lets the
// engine carry out all copies and write all rows.
void CacheSimulation::RunStep() {
  std::vector<PageCopy> copies;
  std::map<size_t, int64_t> rows;  // tokens by index of the branch
  for (size_t i = 0; i < branches_.size(); ++i) {
    if (Draw(2) == 0) continue;
    const int64_t tokens = Draw(options_.page_size * 2 + 2);
    if (Reserve(branches_[i], tokens, copies)) rows[i] = tokens;
    if (Draw(8) == 0) {
      const size_t victim = Draw(static_cast<int64_t>(branches_.size()));
      branches_[victim] = Branch{{}, cache_.Acquire({})};
      rows.erase(victim);
    }
  }
  CarryOut(copies);
  for (const auto& [i, tokens] : rows) Write(branches_[i], tokens);
}

bool CacheSimulation::Reserve(Branch& branch, int64_t tokens, std::vector<PageCopy>& copies) {
  const PageUsage usage = cache_.Usage();
  const CacheCounters counters = cache_.counters();
  const std::vector<PageId> pages(branch.lease.pages().begin(), branch.lease.pages().end());
  const size_t copies_before = copies.size();
  const int32_t needed = cache_.PagesNeeded(branch.lease, tokens);
  const bool reserved = cache_.Reserve(branch.lease, tokens, copies);
  EXPECT_EQ(reserved, needed <= usage.free + usage.cached);
  if (!reserved) {
    EXPECT_EQ(cache_.Usage(), usage);
    EXPECT_EQ(cache_.counters(), counters);
    EXPECT_TRUE(std::ranges::equal(branch.lease.pages(), pages));
    EXPECT_EQ(copies.size(), copies_before);
    CheckCachedPrefixes();
    ++coverage_.shortages;
    return false;
  }
  EXPECT_GE(branch.lease.capacity(), branch.lease.length() + tokens);
  const int64_t evicted = cache_.counters().evicted_pages - counters.evicted_pages;
  EXPECT_EQ(evicted, std::max(0, needed - usage.free)) << "no more than needed";
  if (evicted > 0) ForgetEvicted();
  coverage_.evictions += evicted;
  return true;
}

void CacheSimulation::CarryOut(const std::vector<PageCopy>& copies) {
  std::set<PageId> touched;
  for (const PageCopy& copy : copies) {
    std::vector<uint64_t>& destination = memory_[copy.destination];
    const std::vector<uint64_t> source = memory_[copy.source];
    std::fill(destination.begin(), destination.end(), kGarbage);
    std::copy_n(source.begin(), copy.slots, destination.begin());
    coverage_.chained_copies += touched.contains(copy.source) || touched.contains(copy.destination);
    touched.insert({copy.source, copy.destination});
  }
  coverage_.copies += static_cast<int64_t>(copies.size());
}

void CacheSimulation::Write(Branch& branch, int64_t tokens) {
  for (int64_t i = 0; i < tokens; ++i) branch.tokens.push_back(static_cast<TokenId>(Draw(options_.alphabet)));
  const std::vector<uint64_t> hashes = PrefixHashes(branch.tokens);
  for (int64_t p = branch.lease.length(); p < static_cast<int64_t>(hashes.size()); ++p) {
    memory_[branch.lease.pages()[p / options_.page_size]][p % options_.page_size] = hashes[p];
  }
  branch.lease.Advance(tokens);
}

void CacheSimulation::Trim() {
  if (branches_.empty()) return;
  Branch& branch = DrawBranch();
  cache_.TrimReserve(branch.lease);
  EXPECT_LT(branch.lease.capacity() - branch.lease.length(), options_.page_size);
}

void CacheSimulation::Insert() {
  if (branches_.empty()) return;
  Branch& branch = DrawBranch();
  cache_.Insert(branch.lease, branch.tokens);
  for (size_t length = 1; length <= branch.tokens.size(); ++length) {
    cached_.emplace(branch.tokens.begin(), branch.tokens.begin() + length);
  }
}

void CacheSimulation::Prune() {
  if (branches_.empty()) return;
  Branch pruned = TakeBranch();
  const int64_t keep = Draw(static_cast<int64_t>(pruned.tokens.size()) + 1);
  const int64_t before = NaiveMatchLength(pruned.tokens);
  cache_.Prune(std::move(pruned.lease), pruned.tokens, keep);
  const int64_t left = cache_.MatchLength(pruned.tokens);
  EXPECT_GE(left, std::min(before, keep));
  for (int64_t length = before; length > left; --length) {
    pruned.tokens.resize(length);
    EXPECT_EQ(cached_.erase(pruned.tokens), 1u);
  }
  coverage_.tokens_pruned += before - left;
  pruned.tokens.resize(left);
  EXPECT_TRUE(left <= keep || MayStay(pruned.tokens, left)) << left << " tokens left, " << keep << " to keep";
}

bool CacheSimulation::MayStay(const Sequence& path, int64_t length) {
  const auto next = cached_.upper_bound(path);
  if (next != cached_.end() && next->size() > path.size() &&
      std::equal(path.begin(), path.end(), next->begin())) {
    return true;
  }
  PageLease probe = cache_.Acquire(path);
  const PageId last = probe.pages()[(length - 1) / options_.page_size];
  return std::any_of(branches_.begin(), branches_.end(), [&](const Branch& branch) {
    return std::ranges::find(branch.lease.pages(), last) != branch.lease.pages().end();
  });
}

void CacheSimulation::Evict() {
  if (Draw(3) != 0) return;
  const PageUsage usage = cache_.Usage();
  const int32_t wanted = static_cast<int32_t>(Draw(options_.page_count + 1));
  EXPECT_EQ(cache_.Evict(wanted), std::clamp(wanted - usage.free, 0, usage.cached));
  ForgetEvicted();
}

int64_t CacheSimulation::NaiveMatchLength(const Sequence& tokens) const {
  Sequence prefix = tokens;
  while (!prefix.empty() && !cached_.contains(prefix)) prefix.pop_back();
  return static_cast<int64_t>(prefix.size());
}

void CacheSimulation::ForgetEvicted() {
  std::erase_if(cached_, [&](const Sequence& prefix) {
    return cache_.MatchLength(prefix) < static_cast<int64_t>(prefix.size());
  });
}

void CacheSimulation::CheckCachedPrefixes() const {
  for (const Sequence& prefix : cached_) {
    ASSERT_EQ(cache_.MatchLength(prefix), static_cast<int64_t>(prefix.size()));
    Sequence next = prefix;
    next.push_back(0);
    for (next.back() = 0; next.back() < options_.alphabet; ++next.back()) {
      ASSERT_EQ(cache_.MatchLength(next) == static_cast<int64_t>(next.size()), cached_.contains(next));
    }
  }
}

void CacheSimulation::CheckMemory(const Branch& branch) const {
  const std::vector<uint64_t> hashes = PrefixHashes(branch.tokens);
  ASSERT_EQ(branch.lease.length(), static_cast<int64_t>(hashes.size()));
  ASSERT_GE(branch.lease.capacity(), branch.lease.length());
  for (int64_t p = 0; p < branch.lease.length(); ++p) {
    ASSERT_EQ(memory_[branch.lease.pages()[p / options_.page_size]][p % options_.page_size], hashes[p])
        << "position " << p;
  }
}

void CacheSimulation::CheckUsage() const {
  std::map<PageId, int32_t> leases;
  std::set<PageId> writable;
  for (const Branch& branch : branches_) {
    for (PageId page : branch.lease.pages()) ++leases[page];
    for (int64_t p = branch.lease.length(); p < branch.lease.capacity(); p += options_.page_size) {
      ASSERT_TRUE(writable.insert(branch.lease.pages()[p / options_.page_size]).second) << "two writers";
    }
  }
  const PageUsage usage = cache_.Usage();
  ASSERT_EQ(usage.free + usage.cached + usage.leased, options_.page_count);
  ASSERT_EQ(usage.leased, static_cast<int32_t>(leases.size()));
  ASSERT_EQ(usage.shared, std::ranges::count_if(leases, [](const auto& entry) { return entry.second > 1; }));
  for (PageId page : writable) ASSERT_EQ(leases[page], 1) << "page " << page << " is written and shared";
}

}  // namespace espalier
