#include "engine/model_engine.h"

#include <string>
#include <vector>

#include "base/cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/reference_model.h"
#include "tests/engine/sequence.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

using testing::HasSubstr;

EngineOptions SmallOptions() {
  EngineOptions options;
  options.threads = 1;
  options.kv_memory = int64_t{4} << 20;
  return options;
}

std::string OpenError(const EngineOptions& options,
                      const TinyModelOptions& model_options = TinyModelOptions()) {
  const TinyModel model(model_options);
  const auto engine = Engine::Open(model.path(), options);
  return engine.ok() ? "opened" : std::string(ToStd(engine.status().message()));
}

TEST(ModelEngine, SaysWhatItOpened) {
  const TinyModel model;
  const auto engine = Engine::Open(model.path(), SmallOptions()).value();
  const ModelInfo& info = engine->info();
  EXPECT_EQ(info.architecture, "llama");
  EXPECT_EQ(info.vocabulary_size, static_cast<int32_t>(TinyVocabulary().size()));
  EXPECT_EQ(info.vocabulary_size, engine->tokenizer().size());
  EXPECT_EQ(info.context_length, 512);
  EXPECT_EQ(info.page_bytes, 2 * 2 * 2 * 16 * 16 * 2) << "K and V, layers, KV heads, width, slots, bytes";
  EXPECT_EQ(info.page_count, (4 << 20) / info.page_bytes);
  EXPECT_GT(info.parameters, int64_t{info.vocabulary_size} * 64);
  EXPECT_NE(engine->chat_template(), nullptr);
}

TEST(ModelEngine, RefusesOptionsThatMakeNoSense) {
  EngineOptions options = SmallOptions();
  options.kv_memory = 100;
  EXPECT_THAT(OpenError(options), HasSubstr("give at least 4.0 KiB"));
  options = SmallOptions();
  options.page_size = 12;
  EXPECT_THAT(OpenError(options), HasSubstr("multiple of 8"));
  options = SmallOptions();
  options.threads = -1;
  EXPECT_THAT(OpenError(options), HasSubstr("give 1 or more"));
  options = SmallOptions();
  options.max_batch_tokens = 0;
  EXPECT_THAT(OpenError(options), HasSubstr("at least 1 token"));
  options = SmallOptions();
  options.kv_memory = 40000;
  options.context_length = 400;
  EXPECT_THAT(OpenError(options), HasSubstr("less than the context of 400"));
  EXPECT_THAT(ToStd(Engine::Open("/nowhere/model.gguf", SmallOptions()).status().message()),
              HasSubstr("/nowhere/model.gguf"));
}

TEST(ModelEngine, RefusesShapesThatTheKernelsCannotCompute) {
  TinyModelOptions model_options;
  model_options.width = 40;  // heads of 10
  EXPECT_THAT(OpenError(SmallOptions(), model_options), HasSubstr("a head of 10 elements is not supported"));
  model_options = TinyModelOptions();
  model_options.feed_forward = 100;
  EXPECT_THAT(OpenError(SmallOptions(), model_options), HasSubstr("a feed-forward layer of 100"));
}

TEST(ModelEngine, ContextIsWhatModelUserAndPagesAllow) {
  const TinyModel model;
  EngineOptions options = SmallOptions();
  options.context_length = 100;
  EXPECT_EQ(Engine::Open(model.path(), options).value()->info().context_length, 100);
  options.context_length = 100000;
  options.kv_memory = int64_t{64} << 20;
  EXPECT_EQ(Engine::Open(model.path(), options).value()->info().context_length, 512);
  options.context_length = 0;
  options.kv_memory = 5 * 4096;
  EXPECT_EQ(Engine::Open(model.path(), options).value()->info().context_length, 5 * 16);
}

std::string KvTypeName(KvType type) {
  const char* const names[] = {"F32", "F16", "BF16", "Int8"};
  return names[static_cast<int>(type)];
}

struct AccuracyCase {
  std::string architecture;
  TensorType weights;
  bool tied_output;
  KvType kv;
  double tolerance;
  uint32_t head_dim = 0;
  uint32_t window = 0;
  uint32_t layers = 2;
};

class ModelAccuracyTest : public testing::TestWithParam<AccuracyCase> {};

TEST_P(ModelAccuracyTest, LogProbabilitiesAreTheReferences) {
  TinyModelOptions model_options;
  model_options.architecture = GetParam().architecture;
  model_options.weight_type = GetParam().weights;
  model_options.tied_output = GetParam().tied_output;
  model_options.head_dim = GetParam().head_dim;
  model_options.window = GetParam().window;
  model_options.layers = GetParam().layers;
  const TinyModel model(model_options);
  EngineOptions options = SmallOptions();
  options.kv_type = GetParam().kv;
  const auto engine = Engine::Open(model.path(), options).value();

  const Sequence sequence(*engine, TestTokens(70, 1, engine->info().vocabulary_size), 5);
  const auto expected = ReferenceLogProbabilities(model.path(), sequence.tokens());
  double spread = 0;
  for (const int64_t end : {1, 2, 9, 63, 64, 65, 70}) {
    const Distribution result = ToDistribution(RunStep(*engine, {sequence.Row(0, end)}).rows[0]);
    ASSERT_EQ(result.size(), expected[0].size());
    for (const auto& [id, logprob] : result) {
      EXPECT_NEAR(logprob, expected[end - 1][id], GetParam().tolerance)
          << "after " << end << " tokens, id " << id;
    }
    spread = std::max<double>(spread, result.front().second - result.back().second);
  }
  EXPECT_GT(spread, 20 * GetParam().tolerance) << "the tolerance must mean something";
}

// Float weights and f32 KV differ from the reference by roundings only. f16 KV has 11 bits, bf16 KV has 8,
// int8 KV 127 steps up to a vector's largest element. Quantised weights
// meet activations of 8 bits, an error of up to 1/254 of the largest of 32.
INSTANTIATE_TEST_SUITE_P(
    Models, ModelAccuracyTest,
    testing::Values(AccuracyCase{"llama", TensorType::kF32, false, KvType::kF32, 1e-4},
                    AccuracyCase{"llama", TensorType::kF32, true, KvType::kF32, 1e-4},
                    AccuracyCase{"qwen2", TensorType::kF32, false, KvType::kF32, 1e-4},
                    AccuracyCase{"qwen2", TensorType::kF32, false, KvType::kF16, 6e-3},
                    AccuracyCase{"qwen2", TensorType::kF32, false, KvType::kBF16, 6e-2},
                    AccuracyCase{"qwen2", TensorType::kF32, false, KvType::kInt8, 0.15},
                    AccuracyCase{"llama", TensorType::kF32, false, KvType::kF32, 1e-4, 24, 20},
                    AccuracyCase{"qwen3", TensorType::kF32, true, KvType::kF32, 1e-4, 24},
                    AccuracyCase{"gemma3", TensorType::kF32, true, KvType::kF32, 1e-4, 32, 20, 7},
                    AccuracyCase{"llama", TensorType::kQ8_0, false, KvType::kF16, 0.25}),
    [](const auto& info) {
      const AccuracyCase& c = info.param;
      return Cat(c.architecture, GetTensorTypeInfo(c.weights).name, c.tied_output ? "Tied" : "",
                 c.window > 0 ? "Window" : "", "Kv", KvTypeName(c.kv));
    });

class ModelHeadTest : public testing::TestWithParam<uint32_t> {};

TEST_P(ModelHeadTest, ValuesAreTheReferences) {
  TinyModelOptions model_options;
  model_options.architecture = "qwen2";
  model_options.tied_output = true;  // and so without logits
  model_options.head_outputs = 3;
  model_options.head_hidden = GetParam();
  const TinyModel model(model_options);
  EngineOptions options = SmallOptions();
  options.kv_type = KvType::kF32;
  const auto engine = Engine::Open(model.path(), options).value();
  EXPECT_FALSE(engine->info().generates);
  ASSERT_EQ(engine->info().head_outputs, 3);

  const Sequence sequence(*engine, TestTokens(70, 1, engine->info().vocabulary_size), 0);
  const auto expected = ReferenceHeadValues(model.path(), sequence.tokens());
  BatchRow row = sequence.Row(0, 70);
  row.output = RowOutputRequest();
  row.output.head_from = 30;  // 40 tokens: more than the engine holds at a time
  const std::vector<float> values = RunStep(*engine, {row}).rows[0].head_values;
  ASSERT_EQ(values.size(), 40u * 3);
  for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[30 + i / 3][i % 3], 1e-4) << i;
}

INSTANTIATE_TEST_SUITE_P(HiddenLayer, ModelHeadTest, testing::Values(0, 48));

TEST(ModelEngine, ReusesTheStepOutput) {
  const TinyModel model;
  const auto engine = Engine::Open(model.path(), SmallOptions()).value();
  const Sequence sequence(*engine, TestTokens(20, 1, engine->info().vocabulary_size), 0);
  StepOutput output;
  Batch batch;
  batch.rows = {sequence.Row(0, 10), sequence.Row(0, 10)};
  batch.rows[1].output = RowOutputRequest();
  batch.rows[0].output.score_from = 0;
  ASSERT_TRUE(engine->Step(batch, output).ok());
  EXPECT_EQ(output.rows[0].token_logprobs.size(), 9u);
  EXPECT_TRUE(output.rows[1].top.empty());
  batch.rows.resize(1);
  batch.rows[0].output = RowOutputRequest();
  ASSERT_TRUE(engine->Step(batch, output).ok());
  ASSERT_EQ(output.rows.size(), 1u);
  EXPECT_EQ(output.rows[0].sampled, -1);
  EXPECT_TRUE(output.rows[0].top.empty());
  EXPECT_TRUE(output.rows[0].token_logprobs.empty());
  ASSERT_TRUE(engine->Step(Batch(), output).ok());
  EXPECT_TRUE(output.rows.empty());
}

TEST(ModelEngineDeathTest, BrokenPreconditionsAbortWithValues) {
  const TinyModel model;
  EngineOptions options = SmallOptions();
  options.max_batch_tokens = 16;
  const auto engine = Engine::Open(model.path(), options).value();
  Sequence sequence(*engine, TestTokens(40, 1, engine->info().vocabulary_size), 0);
  EXPECT_DEATH(RunStep(*engine, {sequence.Row(0, 17)}), "17");
  EXPECT_DEATH(RunStep(*engine, {sequence.Row(0, 4)}, {{0, 100000, 3}}), "0 to 100000");
  const std::vector<TokenId> unknown = {engine->info().vocabulary_size};
  BatchRow row = sequence.Row(0, 1);
  row.tokens = unknown;
  EXPECT_DEATH(RunStep(*engine, {row}), "check failed");
  row = sequence.Row(39, 40);
  row.pages = row.pages.first(2);
  EXPECT_DEATH(RunStep(*engine, {row}), "2 pages for 40 tokens");
}

}  // namespace
}  // namespace espalier
