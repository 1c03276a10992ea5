#include "engine/sampler.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace espalier {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

// A request that draws from `logits` after `history`, all but its first token generated.
struct Draw {
  std::vector<float> logits;
  SamplingParameters sampling;
  std::vector<TokenId> history;
  int64_t generated_from = 0;

  RowOutputRequest Request(uint64_t key) const {
    RowOutputRequest request;
    request.sample = true;
    request.sampling = &sampling;
    request.random_key = key;
    request.history = history;
    request.generated_from = generated_from;
    return request;
  }
  TokenId operator()(uint64_t key = 0, int64_t position = 0) const {
    SamplerWorkspace workspace;
    return SampleToken(logits, Request(key), position, workspace);
  }
};

Draw Greedy(std::vector<float> logits) {
  Draw draw{.logits = std::move(logits), .sampling = {}, .history = {}};
  draw.sampling.temperature = 0;
  return draw;
}

TEST(SampleToken, GreedyTakesTheLowestIdOfEqualOnes) { EXPECT_EQ(Greedy({1, 3, 3, 2})(), 1); }

TEST(SampleToken, BiasComesBeforePenalties) {
  Draw draw = Greedy({1.0f, 0.0f, 0.9f});
  draw.sampling.logit_bias = {{1, 1.5f}};
  EXPECT_EQ(draw(), 1);
  draw.history = {1};
  draw.sampling.repetition_penalty = 2.0f;  // (0 + 1.5) / 2 = 0.75; the other order would leave 1.5
  EXPECT_EQ(draw(), 0);
}

TEST(SampleToken, RepetitionPenaltyReadsTheWholeHistoryOnceForEachToken) {
  Draw draw = Greedy({1.0f, 0.6f, -1.0f, -1.9f});
  draw.sampling.repetition_penalty = 2.0f;
  draw.history = {0, 0, 0};
  draw.generated_from = 3;
  EXPECT_EQ(draw(), 1) << "1 / 2 = 0.5 < 0.6";
  draw.logits[1] = 0.4f;
  EXPECT_EQ(draw(), 0) << "1 / 2 = 0.5 > 0.4, not 1 / 8";
  draw.logits = {-1.0f, -1.9f};
  draw.history = {0};
  draw.generated_from = 1;
  EXPECT_EQ(draw(), 1) << "a negative logit is multiplied: -2";
}

TEST(SampleToken, PresenceAndFrequencyCountGeneratedTokensOnly) {
  Draw draw = Greedy({1.0f, 0.8f});
  draw.history = {0, 0, 0, 0};
  draw.generated_from = 4;
  draw.sampling.presence_penalty = 0.5f;
  draw.sampling.frequency_penalty = 0.1f;
  EXPECT_EQ(draw(), 0) << "the prompt does not count";
  draw.generated_from = 3;
  EXPECT_EQ(draw(), 1) << "1 - 0.5 - 0.1 < 0.8";
  draw.logits = {1.0f, 0.3f};
  EXPECT_EQ(draw(), 0) << "0.4 > 0.3";
  draw.generated_from = 1;
  EXPECT_EQ(draw(), 1) << "1 - 0.5 - 3 * 0.1 = 0.2 < 0.3";
}

TEST(SampleToken, DependsOnKeyAndPositionOnly) {
  Draw draw{.logits = std::vector<float>(1000, 0.0f), .sampling = {}, .history = {}};
  EXPECT_EQ(draw(7, 11), static_cast<TokenId>(UniformDraw(7, 11) * 1000));
  EXPECT_EQ(draw(7, 11), draw(7, 11));
  EXPECT_NE(draw(7, 11), draw(7, 12));
  EXPECT_NE(draw(7, 11), draw(8, 11));
}

// Chi-square of 40,000 draws against softmax(logits / temperature): seven degrees of freedom, whose 99.99 %
// point is 29.9.
TEST(SampleToken, DrawsWithTheModelsFrequencies) {
  Draw draw{.logits = {0.0f, 1.0f, -1.0f, 2.0f, 0.5f, -2.0f, 1.5f, 0.0f}, .sampling = {}, .history = {}};
  draw.sampling.temperature = 0.7f;
  constexpr int kDraws = 40000;
  std::vector<int> counts(draw.logits.size());
  for (int position = 0; position < kDraws; ++position) ++counts[draw(3, position)];
  double total = 0;
  for (const double logit : draw.logits) total += std::exp(logit / 0.7);
  double chi_square = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    const double expected = kDraws * std::exp(draw.logits[i] / 0.7) / total;
    chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  EXPECT_LT(chi_square, 29.9);
  EXPECT_GT(chi_square, 0.5) << "too good to be random";
}

TEST(FillRowOutput, StatisticsAreOfTheRawDistribution) {
  Draw draw = Greedy({0.0f, std::log(2.0f), std::log(5.0f)});
  draw.sampling.logit_bias = {{0, 100.0f}};
  RowOutputRequest request = draw.Request(0);
  request.top_count = 2;
  SamplerWorkspace workspace;
  RowOutput output;
  FillRowOutput(draw.logits, request, 0, workspace, output);
  EXPECT_EQ(output.sampled, 0);
  EXPECT_NEAR(output.statistics.logprob, std::log(1.0 / 8), 1e-6);
  EXPECT_NEAR(output.statistics.margin, std::log(5.0 / 2), 1e-6);
  const double entropy = -(std::log(1.0 / 8) + 2 * std::log(2.0 / 8) + 5 * std::log(5.0 / 8)) / 8;
  EXPECT_NEAR(output.statistics.entropy, entropy, 1e-6);
  EXPECT_NEAR(output.statistics.confidence, -(std::log(1.0 / 8) + std::log(2.0 / 8) + std::log(5.0 / 8)) / 3,
              1e-6);
  ASSERT_EQ(output.top.size(), 2u);
  EXPECT_EQ(output.top[0].id, 2);
  EXPECT_NEAR(output.top[0].logprob, std::log(5.0 / 8), 1e-6);
  EXPECT_EQ(output.top[1].id, 1);
}

}  // namespace
}  // namespace espalier
