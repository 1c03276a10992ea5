// The same tokens always: the bits of a token's distribution do not depend on how it came to be computed.
#include <memory>
#include <string>
#include <vector>

#include "base/cat.h"
#include "engine/engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/cpu/cpu_features.h"
#include "tests/engine/sequence.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

constexpr int64_t kTokens = 150;  // more than two attention chunks, not a multiple of a page

struct ModelCase {
  std::string architecture;
  TensorType weights;
  KvType kv;
};

class DeterminismTest : public testing::TestWithParam<ModelCase> {
 protected:
  DeterminismTest() : model_(ModelOptions()) {}

  static TinyModelOptions ModelOptions() {
    TinyModelOptions options = TinyModelOptions::Of(GetParam().architecture);
    options.weight_type = GetParam().weights;
    return options;
  }

  std::unique_ptr<Engine> Open(int32_t page_size = 16, int threads = 1) const {
    EngineOptions options;
    options.kv_type = GetParam().kv;
    options.page_size = page_size;
    options.threads = threads;
    options.kv_memory = int64_t{16} << 20;
    return Engine::Open(model_.path(), options).value();
  }

  // The distribution after every token of the test sequence, one token a step.
  const std::vector<Distribution>& Baseline() {
    if (baseline_.empty()) {
      const auto engine = Open();
      const Sequence sequence(*engine, Tokens(*engine), 0);
      for (int64_t i = 0; i < kTokens; ++i) {
        baseline_.push_back(ToDistribution(RunStep(*engine, {sequence.Row(i, i + 1)}).rows[0]));
      }
    }
    return baseline_;
  }

  static std::vector<TokenId> Tokens(const Engine& engine, uint32_t seed = 1) {
    return TestTokens(kTokens, seed, engine.info().vocabulary_size);
  }

  TinyModel model_;
  std::vector<Distribution> baseline_;
};

TEST_P(DeterminismTest, ChunkSizes) {
  for (const int64_t chunk : {int64_t{7}, int64_t{64}, kTokens}) {
    const auto engine = Open();
    const Sequence sequence(*engine, Tokens(*engine), 3);
    for (int64_t begin = 0; begin < kTokens; begin += chunk) {
      const int64_t end = std::min(kTokens, begin + chunk);
      const StepOutput output = RunStep(*engine, {sequence.Row(begin, end)});
      ASSERT_EQ(ToDistribution(output.rows[0]), Baseline()[end - 1])
          << "chunks of " << chunk << ", token " << end;
    }
  }
}

TEST_P(DeterminismTest, PageSizesAndThreads) {
  for (const int32_t page_size : {8, 16, 32}) {
    for (const int threads : {1, 2, 3}) {
      const auto engine = Open(page_size, threads);
      const Sequence sequence(*engine, Tokens(*engine), 0);
      RunStep(*engine, {sequence.Row(0, 90)});
      const StepOutput output = RunStep(*engine, {sequence.Row(90, kTokens)});
      ASSERT_EQ(ToDistribution(output.rows[0]), Baseline().back())
          << page_size << " tokens a page, " << threads;
    }
  }
}

TEST_P(DeterminismTest, CpuLevels) {
  const CpuLevel before = ActiveCpuLevel();
  for (const CpuLevel level : CpuLevels()) {
    SetActiveCpuLevel(level);
    const auto engine = Open();
    const Sequence sequence(*engine, Tokens(*engine), 0);
    const StepOutput output = RunStep(*engine, {sequence.Row(0, kTokens)});
    SetActiveCpuLevel(before);
    EXPECT_EQ(ToDistribution(output.rows[0]), Baseline().back()) << CpuLevelName(level);
  }
}

TEST_P(DeterminismTest, OneAmongSixtyFourRows) {
  const auto engine = Open(16, 2);
  std::vector<Sequence> sequences;
  for (uint32_t s = 0; s < 64; ++s) {
    const uint32_t seed = s == 37 ? 1 : s + 100;
    sequences.emplace_back(*engine, Tokens(*engine, seed), static_cast<PageId>(s * 10));
  }
  for (int64_t begin = 0; begin < kTokens - 1; begin += 5) {  // 320 tokens a step
    std::vector<BatchRow> rows;
    for (const Sequence& sequence : sequences)
      rows.push_back(sequence.Row(begin, std::min(begin + 5, kTokens - 1)));
    RunStep(*engine, rows);
  }
  std::vector<BatchRow> rows;
  for (const Sequence& sequence : sequences) rows.push_back(sequence.Row(kTokens - 1, kTokens));
  EXPECT_EQ(ToDistribution(RunStep(*engine, rows).rows[37]), Baseline().back());
}

TEST_P(DeterminismTest, ForkedByPageCopy) {
  const auto engine = Open();
  const Sequence parent(*engine, Tokens(*engine), 0);
  std::vector<TokenId> other = Tokens(*engine, 2);
  std::copy_n(parent.tokens().begin(), 77, other.begin());
  RunStep(*engine, {parent.Row(0, 77)});

  // 77 tokens are four whole pages, shared, and thirteen slots of the fifth, copied.
  Sequence child(*engine, Tokens(*engine), 20);
  Sequence cousin(*engine, other, 40);
  std::vector<PageCopy> copies;
  for (Sequence* fork : {&child, &cousin}) {
    for (int i = 0; i < 4; ++i) fork->pages()[i] = parent.Row(0, 1).pages[i];
    copies.push_back({parent.Row(0, 1).pages[4], fork->pages()[4], 13});
  }
  const StepOutput output =
      RunStep(*engine, {parent.Row(77, kTokens), child.Row(77, kTokens), cousin.Row(77, kTokens)}, copies);
  EXPECT_EQ(ToDistribution(output.rows[0]), Baseline().back());
  EXPECT_EQ(ToDistribution(output.rows[1]), Baseline().back());
  EXPECT_NE(ToDistribution(output.rows[2]), Baseline().back());
}

TEST_P(DeterminismTest, ScoresAreTheDistributions) {
  const auto engine = Open(16, 2);
  const Sequence sequence(*engine, Tokens(*engine), 0);
  RunStep(*engine, {sequence.Row(0, 20)});
  BatchRow row = sequence.Row(20, kTokens);
  row.output.score_from = 3;
  const StepOutput output = RunStep(*engine, {row});
  ASSERT_EQ(output.rows[0].token_logprobs.size(), static_cast<size_t>(kTokens - 20 - 3 - 1));
  for (int64_t i = 23; i + 1 < kTokens; ++i) {
    const TokenId next = sequence.tokens()[i + 1];
    const Distribution& distribution = Baseline()[i];
    const auto entry =
        std::find_if(distribution.begin(), distribution.end(), [&](auto& e) { return e.first == next; });
    ASSERT_EQ(output.rows[0].token_logprobs[i - 23], entry->second) << i;
  }
  EXPECT_EQ(ToDistribution(output.rows[0]), Baseline().back());
}

TEST_P(DeterminismTest, SampledTokensFollowKeyAndPositionAlone) {
  const auto engine = Open(16, 2);
  SamplingParameters sampling;
  sampling.top_p = 0.95f;
  std::vector<Sequence> sequences;
  for (uint32_t s = 0; s < 8; ++s)
    sequences.emplace_back(*engine, Tokens(*engine), static_cast<PageId>(s * 10));
  const auto row = [&](uint32_t s, uint64_t key) {
    BatchRow result = sequences[s].Row(0, 100);
    result.tokens = sequences[s].tokens().first(60);
    result.output.sample = true;
    result.output.sampling = &sampling;
    result.output.random_key = key;
    return result;
  };
  std::vector<BatchRow> rows;
  for (uint32_t s = 0; s < 8; ++s) rows.push_back(row(s, s % 4));
  const StepOutput together = RunStep(*engine, rows);
  for (uint32_t s = 0; s < 8; ++s) {
    const StepOutput alone = RunStep(*engine, {row(0, s % 4)});
    EXPECT_EQ(together.rows[s].sampled, alone.rows[0].sampled);
    EXPECT_EQ(together.rows[s].statistics.logprob, alone.rows[0].statistics.logprob);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, DeterminismTest,
                         testing::Values(ModelCase{"llama", TensorType::kF32, KvType::kF32},
                                         ModelCase{"llama", TensorType::kQ4_1, KvType::kF16},
                                         ModelCase{"qwen2", TensorType::kF32, KvType::kF16},
                                         ModelCase{"qwen2", TensorType::kQ8_0, KvType::kF32},
                                         ModelCase{"llama", TensorType::kF32, KvType::kInt8},
                                         ModelCase{"qwen3", TensorType::kF16, KvType::kF16},
                                         ModelCase{"gemma3", TensorType::kBF16, KvType::kF16}),
                         [](const auto& info) {
                           return Cat(info.param.architecture, GetTensorTypeInfo(info.param.weights).name,
                                      info.param.kv == KvType::kF32   ? "F32"
                                      : info.param.kv == KvType::kF16 ? "F16"
                                                                      : "Int8");
                         });

}  // namespace
}  // namespace espalier
