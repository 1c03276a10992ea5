// The oracle end to end: programs on a real forward pass give the same tokens, bit for bit, whatever the
// batch, the cache, the memory, the chunks and the threads are like.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/cat.h"
#include "reasoning/runtime.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

constexpr char kProblem[] = "Ben has 12 coins. Ben buys 7 more coins. How many coins does Ben have?";

// Everything that must repeat: tokens as text, ends, statistics to the last bit, counts.
std::string Fingerprint(const QueryResult& result) {
  std::string text = Cat(result.status.ToString(), " ", result.answer.text, " ", result.answer.stop_reason,
                         " ", result.tokens.prefill, " ", result.tokens.expansion);
  for (const BranchRecord& branch : result.branches) {
    uint64_t bits;
    static_assert(sizeof(bits) == sizeof(branch.mean_logprob));
    std::memcpy(&bits, &branch.mean_logprob, sizeof(bits));
    text +=
        Cat("\n", branch.path.ToString(), " ", branch.end, " ", branch.tokens, " ", bits, " ", branch.text);
  }
  return text;
}

struct World {
  int threads = 1;
  int64_t token_budget = 0;
  int64_t kv_memory = 64 << 20;
  int32_t page_size = 16;
  int others = 0;         // queries that run at the same time
  bool warm = false;      // the same query ran before
  int disturb_every = 0;  // steps between evictions and preemptions of everything

  World() {}
};

class SameTokensOnAModel : public testing::TestWithParam<std::string> {
 protected:
  SameTokensOnAModel() : model_(Options()) {}

  static TinyModelOptions Options() {
    TinyModelOptions options = TinyModelOptions::Of(GetParam());
    options.weight_type = TensorType::kQ8_0;
    options.feed_forward = 128;
    return options;
  }

  std::string Run(const World& world, const std::string& program) {
    EngineOptions engine_options;
    engine_options.threads = world.threads;
    engine_options.kv_memory = world.kv_memory;
    engine_options.page_size = world.page_size;
    const auto engine = Engine::Open(model_.path(), engine_options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    RuntimeOptions options;
    options.scheduler.token_budget = world.token_budget;
    Runtime runtime(**engine, options);
    if (world.warm) runtime.Run(QueryRequest(kProblem, program));
    for (int i = 0; i < world.others; ++i) {
      const auto other =
          runtime.Submit(QueryRequest(Cat("another problem, number ", i), "sc:n=4,max_tokens=40"),
                         [](QueryId, QueryResult) {});
      EXPECT_TRUE(other.ok());
    }
    std::string fingerprint;
    const auto id = runtime.Submit(QueryRequest(kProblem, program), [&](QueryId, const QueryResult& result) {
      fingerprint = Fingerprint(result);
    });
    EXPECT_TRUE(id.ok()) << id.status();
    for (int step = 1; fingerprint.empty(); ++step) {
      EXPECT_LT(step, 20000);
      runtime.Step();
      if (world.disturb_every > 0 && step % world.disturb_every == 0) {
        runtime.scheduler().PreemptAll();
        if (step % 2 == 0) runtime.scheduler().EvictCache();
      }
    }
    return fingerprint;
  }

  TinyModel model_;
};

constexpr char kProgram[] = "sc:n=8,max_tokens=40,temperature=1";

TEST_P(SameTokensOnAModel, OneThreadOrMore) {
  const std::string expected = Run(World(), kProgram);
  for (const int threads : {2, 3}) {
    World world;
    world.threads = threads;
    EXPECT_EQ(Run(world, kProgram), expected) << threads << " threads";
  }
}

TEST_P(SameTokensOnAModel, AloneOrInALargeBatch) {
  World world;
  world.others = 15;  // with this query's: 68 branches
  EXPECT_EQ(Run(world, kProgram), Run(World(), kProgram));
}

TEST_P(SameTokensOnAModel, AnyChunkSize) {
  const std::string expected = Run(World(), kProgram);
  for (const int64_t budget : {1, 7, 64}) {
    World world;
    world.token_budget = budget;
    EXPECT_EQ(Run(world, kProgram), expected) << budget << " tokens a step";
  }
}

TEST_P(SameTokensOnAModel, AnyPageSize) {
  World world;
  world.page_size = 32;
  EXPECT_EQ(Run(world, kProgram), Run(World(), kProgram));
}

TEST_P(SameTokensOnAModel, ColdOrWarmCache) {
  World world;
  world.warm = true;
  EXPECT_EQ(Run(world, kProgram), Run(World(), kProgram));
}

TEST_P(SameTokensOnAModel, AfterEvictionAndRecompute) {
  World world;
  world.disturb_every = 5;
  EXPECT_EQ(Run(world, kProgram), Run(World(), kProgram));
}

TEST_P(SameTokensOnAModel, WithTooLittleMemoryForAllBranches) {
  World world;
  world.kv_memory =
      12 * 16 * 2 * 2 * 2 * 16 * 2;  // 12 pages of 16 tokens: 2 layers, K and V, 2 heads of 16, 2 bytes
  EXPECT_EQ(Run(world, kProgram), Run(World(), kProgram));
}

// Guards the tests above against comparing nothing.
TEST_P(SameTokensOnAModel, TheDrawnTextIsNotTrivial) {
  const std::string text = Run(World(), kProgram);
  EXPECT_THAT(text, testing::HasSubstr("\n0.7 "));
  EXPECT_NE(text, Run(World(), "sc:n=8,max_tokens=40,temperature=0.5")) << "sampling matters";
}

INSTANTIATE_TEST_SUITE_P(Architectures, SameTokensOnAModel, testing::Values("llama", "qwen2", "gemma3"));

}  // namespace
}  // namespace espalier
