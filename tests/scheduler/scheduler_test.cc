// The step loop on the scripted engine, which aborts when a branch reads a page that is not its own.
#include "scheduler/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/cat.h"
#include "base/random.h"
#include "engine/scripted_engine.h"

namespace espalier {
namespace {

using testing::HasSubstr;

std::vector<TokenId> Tokens(std::string_view text) { return ByteTokenizer().Encode(text, TokenizeOptions()); }

// Draws a token that depends on the whole sequence and the draw: any slip shows in the tokens.
TokenId ChaosScript(const ScriptedDraw& draw) {
  uint64_t hash = static_cast<uint64_t>(draw.uniform * 1e9);
  for (const TokenId token : draw.tokens) hash = StableHash(static_cast<uint64_t>(token), hash);
  return static_cast<TokenId>(hash % 256);
}

ScriptedEngineOptions EngineWith(int32_t pages, int32_t page_size, int32_t budget) {
  ScriptedEngineOptions options;
  options.page_count = pages;
  options.page_size = page_size;
  options.max_batch_tokens = budget;
  return options;
}

class SchedulerTest : public testing::Test {
 protected:
  void Make(const ScriptedEngineOptions& options) {
    engine_ = std::make_unique<ScriptedEngine>(options, ChaosScript);
    scheduler_ = std::make_unique<Scheduler>(*engine_, SchedulerOptions());
  }
  void Generate(BranchId branch, uint64_t key) {
    GenerateRequest request;
    request.random_key = key;
    scheduler_->Generate(branch, request);
  }
  // Steps until every branch that generates has `length` tokens.
  void RunTo(size_t length) {
    for (int step = 0; scheduler_->has_work(); ++step) {
      ASSERT_LT(step, 100000) << "no progress";
      const auto events = scheduler_->Step();
      ASSERT_TRUE(events.ok()) << events.status();
      scheduler_->cache().CheckInvariants();
      for (const BranchEvent& event : *events) {
        ASSERT_TRUE(event.status.ok()) << event.status;
        if (scheduler_->tokens(event.branch).size() >= length) scheduler_->StopGenerating(event.branch);
      }
    }
  }
  std::vector<TokenId> TokensOf(BranchId branch) {
    const auto tokens = scheduler_->tokens(branch);
    return std::vector<TokenId>(tokens.begin(), tokens.end());
  }

  std::unique_ptr<ScriptedEngine> engine_;
  std::unique_ptr<Scheduler> scheduler_;
};

constexpr QueryId kQuery{0};

TEST_F(SchedulerTest, ForksOfOnePromptPrefillItOnce) {
  Make(EngineWith(256, 16, 64));
  const BranchId root = *scheduler_->AddPrompt(kQuery, Tokens(std::string(100, 'p')));
  for (uint64_t i = 0; i < 8; ++i) Generate(scheduler_->Fork(root, 100), i);
  RunTo(110);
  // 100 prompt tokens by the first; the last prompt token again by the seven others; nine more tokens each.
  EXPECT_EQ(scheduler_->usage(kQuery).computed_tokens, 100 + 7 + 8 * 9);
  EXPECT_EQ(scheduler_->usage(kQuery).cached_tokens, 7 * 99);
}

TEST_F(SchedulerTest, ASecondQueryFindsThePromptInTheCache) {
  Make(EngineWith(256, 16, 64));
  for (const int64_t query : {1, 2}) {
    const BranchId branch = *scheduler_->AddPrompt(QueryId{query}, Tokens(std::string(100, 'p')));
    Generate(branch, 7);
    RunTo(105);
    scheduler_->Remove(branch);
  }
  EXPECT_EQ(scheduler_->usage(QueryId{1}).cached_tokens, 0);
  EXPECT_EQ(scheduler_->usage(QueryId{2}).cached_tokens, 99);
}

TEST_F(SchedulerTest, RemoveFreesPrivatePagesAtOnce) {
  Make(EngineWith(64, 16, 64));
  const BranchId root = *scheduler_->AddPrompt(kQuery, Tokens(std::string(32, 'p')));
  const BranchId kept = scheduler_->Fork(root, 32);
  const BranchId dropped = scheduler_->Fork(root, 32);
  Generate(kept, 1);
  Generate(dropped, 2);
  RunTo(100);
  const PageUsage before = scheduler_->cache().Usage();
  scheduler_->Remove(dropped);
  const PageUsage after = scheduler_->cache().Usage();
  // 99 computed tokens in 7 pages, 2 of them the prompt's.
  EXPECT_EQ(after.free, before.free + 5);
  scheduler_->Remove(kept);
  scheduler_->Remove(root);
  EXPECT_EQ(scheduler_->cache().Usage().leased, 0);
  EXPECT_EQ(scheduler_->cache().Usage().cached, 2) << "the prompt stays for the next query";
}

TEST_F(SchedulerTest, RunningBranchForksAtAnyToken) {
  Make(EngineWith(64, 16, 64));
  const BranchId parent = *scheduler_->AddPrompt(kQuery, Tokens("question"));
  Generate(parent, 1);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(scheduler_->Step().ok());
  const BranchId child = scheduler_->Fork(parent, 17);
  Generate(child, 2);
  RunTo(60);
  const std::vector<TokenId> grown_parent = TokensOf(parent);
  const std::vector<TokenId> grown_child = TokensOf(child);
  EXPECT_TRUE(std::equal(grown_parent.begin(), grown_parent.begin() + 17, grown_child.begin()));
  EXPECT_NE(grown_child, grown_parent);
}

TEST_F(SchedulerTest, AppendedTextIsComputedBeforeTheNextToken) {
  Make(EngineWith(64, 16, 64));
  const BranchId branch = *scheduler_->AddPrompt(kQuery, Tokens("question"));
  Generate(branch, 1);
  RunTo(20);
  scheduler_->Append(branch, Tokens(" wait, "));
  Generate(branch, 1);
  RunTo(40);
  // The same tokens as a prompt: the draw depends on position and sequence only.
  const BranchId fresh = *scheduler_->AddPrompt(QueryId{1}, [&] {
    std::vector<TokenId> prefix = TokensOf(branch);
    prefix.resize(27);
    return prefix;
  }());
  Generate(fresh, 1);
  RunTo(40);
  EXPECT_EQ(TokensOf(fresh), TokensOf(branch));
}

TEST_F(SchedulerTest, RejectsPromptsThatCannotFit) {
  ScriptedEngineOptions options = EngineWith(64, 16, 64);
  options.context_length = 100;
  Make(options);
  EXPECT_THAT(scheduler_->AddPrompt(kQuery, {}).status().ToString(), HasSubstr("no tokens"));
  EXPECT_THAT(scheduler_->AddPrompt(kQuery, Tokens(std::string(100, 'x'))).status().ToString(),
              HasSubstr("100 tokens, but at most 99 fit into the model's context: shorten it"));
  Make(EngineWith(4, 16, 64));
  EXPECT_THAT(scheduler_->AddPrompt(kQuery, Tokens(std::string(64, 'x'))).status().ToString(),
              HasSubstr("raise --kv-memory"));
  EXPECT_TRUE(scheduler_->AddPrompt(kQuery, Tokens(std::string(63, 'x'))).ok());
}

TEST_F(SchedulerTest, MoreBranchesThanPagesWaitAndFinish) {
  Make(EngineWith(12, 4, 16));  // 48 slots; 20 branches of 30 tokens want 600
  const BranchId root = *scheduler_->AddPrompt(kQuery, Tokens("a prompt of 21 tokens"));
  std::vector<BranchId> branches;
  for (uint64_t i = 0; i < 20; ++i) {
    branches.push_back(scheduler_->Fork(root, 21));
    Generate(branches.back(), i);
  }
  RunTo(30);
  for (const BranchId branch : branches) EXPECT_EQ(TokensOf(branch).size(), 30u);
  EXPECT_GT(scheduler_->usage(kQuery).preemptions, 0);
}

TEST_F(SchedulerTest, OneBranchMayFillTheWholePool) {
  Make(EngineWith(4, 16, 64));
  const BranchId branch = *scheduler_->AddPrompt(kQuery, Tokens("question"));
  Generate(branch, 1);
  RunTo(64);
  EXPECT_EQ(TokensOf(branch).size(), 64u);
}

TEST_F(SchedulerTest, EngineFailureIsReturned) {
  Make(EngineWith(64, 16, 64));
  Generate(*scheduler_->AddPrompt(kQuery, Tokens("question")), 1);
  engine_->FailNextStep(absl::UnavailableError("device lost"));
  EXPECT_EQ(scheduler_->Step().status(), absl::UnavailableError("device lost"));
}

// The oracle: whatever the budget, the page size, the memory, the forks' timing, evictions and preemptions,
// every branch gets the same tokens.
struct World {
  std::string name;
  ScriptedEngineOptions engine;
  double disturb = 0;  // chance per step of an eviction or a preemption of everything
};

class SameTokens : public testing::TestWithParam<int> {};

std::map<std::string, std::vector<TokenId>> GrowTree(const World& world, int seed) {
  ScriptedEngine engine(world.engine, ChaosScript);
  Scheduler scheduler(engine, SchedulerOptions());
  std::mt19937 timing(seed);  // drives disturbances only: the tree must not depend on it
  std::map<std::string, BranchId> names;
  std::map<BranchId, std::string> running;
  const auto start = [&](const std::string& name, BranchId branch) {
    GenerateRequest request;
    request.random_key = StableHash(name, seed);
    names[name] = branch;
    running[branch] = name;
    scheduler.Generate(branch, request);
  };
  for (int64_t q = 0; q < 3; ++q) {
    const std::string prompt = Cat("shared system prompt / question ", q % 2, std::string(10 * q, '.'));
    const BranchId root = *scheduler.AddPrompt(QueryId{q}, Tokens(prompt));
    for (int i = 0; i < 4; ++i)
      start(Cat(q, ".", i), scheduler.Fork(root, static_cast<int64_t>(prompt.size())));
    scheduler.Remove(root);
  }
  std::uniform_real_distribution<double> chance(0, 1);
  for (int step = 0; scheduler.has_work(); ++step) {
    EXPECT_LT(step, 200000) << world.name;
    const auto events = scheduler.Step();
    EXPECT_TRUE(events.ok());
    scheduler.cache().CheckInvariants();
    for (const BranchEvent& event : *events) {
      EXPECT_TRUE(event.status.ok()) << event.status;
      const std::string name = running.at(event.branch);
      const int64_t length = static_cast<int64_t>(scheduler.tokens(event.branch).size());
      // The tree's shape depends on tokens: some branches fork while they run, at a token of their own
      // choice.
      if (event.token % 16 == 3 && name.size() < 8) {
        start(Cat(name, "/", length), scheduler.Fork(event.branch, length - event.token % 5));
      }
      if (length >= 80 || event.token % 64 == 9) {
        scheduler.StopGenerating(event.branch);
        running.erase(event.branch);
      }
    }
    if (chance(timing) < world.disturb) scheduler.PreemptAll();
    if (chance(timing) < world.disturb) scheduler.EvictCache();
  }
  std::map<std::string, std::vector<TokenId>> result;
  for (const auto& [name, branch] : names) {
    const auto tokens = scheduler.tokens(branch);
    result[name].assign(tokens.begin(), tokens.end());
  }
  return result;
}

TEST_P(SameTokens, WhateverTheWorldIsLike) {
  const World calm = {"calm", EngineWith(4096, 16, 512)};
  const auto expected = GrowTree(calm, GetParam());
  ASSERT_GT(expected.size(), 12u) << "the script forked nothing: the test is empty";
  const std::vector<World> worlds = {
      {"one token a step", EngineWith(4096, 16, 1)},
      {"seven tokens a step", EngineWith(4096, 16, 7)},
      {"pages of one token", EngineWith(4096, 1, 64)},
      {"pages of 64 tokens", EngineWith(1024, 64, 64)},
      {"little memory", EngineWith(40, 4, 64)},
      {"very little memory", EngineWith(24, 4, 16)},
      {"preempted and evicted at random", EngineWith(4096, 16, 64), 0.2},
      {"all at once", EngineWith(30, 4, 5), 0.1},
  };
  for (const World& world : worlds) EXPECT_EQ(GrowTree(world, GetParam()), expected) << world.name;
}

INSTANTIATE_TEST_SUITE_P(Seeds, SameTokens, testing::Range(0, 4));

}  // namespace
}  // namespace espalier
