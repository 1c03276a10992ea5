#include "engine/step_profile.h"

#include <chrono>

#include "engine/engine.h"
#include "gtest/gtest.h"
#include "tests/engine/sequence.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

std::unique_ptr<Engine> OpenTiny(const TinyModel& model, bool profile) {
  EngineOptions options;
  options.threads = 1;
  options.kv_memory = int64_t{4} << 20;
  options.profile = profile;
  return Engine::Open(model.path(), options).value();
}

void Compute(Engine& engine, const Sequence& sequence, int64_t begin, int64_t end) {
  Batch batch;
  batch.rows.push_back(sequence.Row(begin, end));
  StepOutput output;
  ASSERT_TRUE(engine.Step(batch, output).ok());
}

TEST(StepProfile, IsKeptOnlyIfAskedFor) {
  const TinyModel model;
  EXPECT_EQ(OpenTiny(model, false)->profile(), nullptr);
  EXPECT_NE(OpenTiny(model, true)->profile(), nullptr);
}

TEST(StepProfile, StagesAddUpToTheSteps) {
  const TinyModel model;
  const auto engine = OpenTiny(model, true);
  const Sequence sequence(*engine, TestTokens(60, 1, engine->info().vocabulary_size), 0);
  StepProfile& profile = *engine->profile();
  using Clock = std::chrono::steady_clock;
  double inside = 0;
  for (int64_t token = 0; token < 60; token += 20) {
    const auto started = Clock::now();
    Compute(*engine, sequence, token, token + 20);
    inside += std::chrono::duration<double>(Clock::now() - started).count();
    while (Clock::now() - started < std::chrono::milliseconds(20)) continue;  // nobody's time
  }
  EXPECT_EQ(profile.steps(), 3);
  EXPECT_EQ(profile.tokens(), 60);
  EXPECT_LE(profile.seconds(), inside);
  for (const Stage stage : {Stage::kEmbedding, Stage::kNorm, Stage::kProjections, Stage::kAttention,
                            Stage::kDown, Stage::kLogits, Stage::kSampling}) {
    EXPECT_GT(profile.total(stage).seconds, 0) << StageName(stage);
  }
  EXPECT_EQ(profile.total(Stage::kHead).seconds, 0);
}

TEST(StepProfile, CountsWhatProductsReadAndCompute) {
  const TinyModel model;
  const auto engine = OpenTiny(model, true);
  const Sequence sequence(*engine, TestTokens(30, 1, engine->info().vocabulary_size), 0);
  StepProfile& profile = *engine->profile();
  Compute(*engine, sequence, 0, 10);
  const double rows = profile.total(Stage::kProjections).multiply_adds / 10;
  EXPECT_GT(rows, 0);
  double bytes = 0;
  for (size_t i = 0; i < kStageCount; ++i) bytes += profile.total(static_cast<Stage>(i)).bytes;
  EXPECT_EQ(bytes, static_cast<double>(engine->info().weight_bytes)) << "each weight once";
  const double attention = profile.total(Stage::kAttention).multiply_adds;  // of positions 0 to 9: 55 reads

  profile.Reset();
  EXPECT_EQ(profile.seconds(), 0);
  Compute(*engine, sequence, 10, 30);
  EXPECT_EQ(profile.total(Stage::kProjections).multiply_adds, 20 * rows);
  EXPECT_EQ(profile.total(Stage::kAttention).multiply_adds, attention / 55 * (30 * 31 / 2 - 55));
}

}  // namespace
}  // namespace espalier
