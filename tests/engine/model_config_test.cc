#include "engine/model_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/random.h"
#include "engine/model_file.h"
#include "engine/tokenizer.h"
#include "kernels/kernels.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

absl::StatusOr<std::unique_ptr<ModelFile>> OpenBytes(std::string_view bytes) {
  const TemporaryFile file(bytes);
  return ModelFile::Open(file.path());
}

// What loading a model of `options` says, `extra` metadata added.
absl::Status Load(const TinyModelOptions& options, const std::function<void(GgufWriter&)>& extra = {}) {
  GgufWriter writer;
  AddTinyMetadata(options, writer);
  if (extra) extra(writer);
  AddTinyTensors(options, writer);
  const auto file = OpenBytes(writer.Finish());
  if (!file.ok()) return file.status();
  const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
  return config.ok() ? CheckTensors(**file, *config) : config.status();
}

std::string LoadError(const TinyModelOptions& options, const std::function<void(GgufWriter&)>& extra = {}) {
  const std::string message = Load(options, extra).ToString();
  EXPECT_THAT(message, AllOf(HasSubstr(".gguf'"), Not(HasSubstr("\n"))));
  return message;
}

TEST(ModelConfigTest, ReadsLlama) {
  TinyModelOptions options;
  options.tied_output = true;
  const auto file = OpenBytes(TinyModelBytes(options));
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->name, "Tiny llama");
  EXPECT_EQ(config->architecture, "llama");
  EXPECT_EQ(config->layers, 2);
  EXPECT_EQ(config->width, 64);
  EXPECT_EQ(config->heads, 4);
  EXPECT_EQ(config->kv_heads, 2);
  EXPECT_EQ(config->head_dim, 16);
  EXPECT_EQ(config->feed_forward, 96);
  EXPECT_EQ(config->context_length, 512);
  EXPECT_EQ(config->vocabulary_size, static_cast<int32_t>(TinyVocabulary().size()));
  EXPECT_EQ(config->rope.base, 10000.0f);
  EXPECT_TRUE(config->adjacent_pairs);
  EXPECT_FLOAT_EQ(config->rms_epsilon, 1e-5f);
  EXPECT_FALSE(config->qkv_bias);
  EXPECT_TRUE(config->tied_output);
  EXPECT_THAT(TensorProblems(**file, *config), IsEmpty());
}

TEST(ModelConfigTest, ReadsQwen2) {
  TinyModelOptions options;
  options.architecture = "qwen2";
  const auto file = OpenBytes(TinyModelBytes(options));
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(config->qkv_bias);
  EXPECT_FALSE(config->tied_output);
  EXPECT_FALSE(config->adjacent_pairs);
  EXPECT_THAT(TensorProblems(**file, *config), IsEmpty());
}

TEST(ModelConfigTest, TakesEveryWeightType) {
  for (const TensorType type : {TensorType::kF16, TensorType::kQ8_0, TensorType::kQ4_1, TensorType::kQ5_0,
                                TensorType::kQ4_K, TensorType::kQ6_K}) {
    TinyModelOptions options;
    options.weight_type = type;
    options.width = options.feed_forward = 256;
    options.layers = 1;
    EXPECT_EQ(Load(options), absl::OkStatus()) << GetTensorTypeInfo(type).name;
  }
}

TEST(ModelConfigTest, RefusesUnknownArchitecture) {
  TinyModelOptions options;
  options.architecture = "mamba";
  EXPECT_EQ(Load(options).code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(LoadError(options),
              HasSubstr("architecture 'mamba' is not supported; supported: llama, qwen2, qwen3, gemma3"));
}

TEST(ModelConfigTest, RefusesImpossibleSizes) {
  TinyModelOptions options;
  options.kv_heads = 3;
  EXPECT_THAT(LoadError(options), HasSubstr("4 heads cannot share 3"));
  options = TinyModelOptions();
  options.layers = 0;
  EXPECT_THAT(LoadError(options), HasSubstr("'llama.block_count' is 0"));
  options = TinyModelOptions();
  options.context_length = 0xFFFFFFFF;
  EXPECT_THAT(LoadError(options), HasSubstr("'llama.context_length' is 4294967295"));
  options = TinyModelOptions();
  options.width = 60;
  options.heads = options.kv_heads = 4;
  EXPECT_THAT(LoadError(options), HasSubstr("head size 15 is odd"));
}

TEST(ModelConfigTest, RefusesFeaturesThatItDoesNotCompute) {
  const TinyModelOptions options;
  EXPECT_EQ(Load(options,
                 [](GgufWriter& writer) {
                   writer.AddString("llama.rope.scaling.type", "none");
                   writer.AddUint32("llama.rope.dimension_count", 16);
                   writer.AddUint32("llama.expert_count", 0);
                 }),
            absl::OkStatus());
  EXPECT_THAT(LoadError(options, [](auto& w) { w.AddString("llama.rope.scaling.type", "longrope"); }),
              HasSubstr("rope scaling 'longrope' is not supported"));
  EXPECT_THAT(LoadError(options, [](auto& w) { w.AddUint32("llama.rope.dimension_count", 8); }),
              HasSubstr("rotating a part of each head"));
  EXPECT_THAT(LoadError(options, [](auto& w) { w.AddUint32("llama.expert_count", 8); }),
              HasSubstr("mixture of experts"));
  EXPECT_THAT(LoadError(options, [](auto& w) { w.AddUint32("llama.attention.value_length", 8); }),
              HasSubstr("value length"));
  EXPECT_THAT(LoadError(options, [](auto& w) { w.AddUint32("split.count", 3); }),
              HasSubstr("part 1 of 3 of a split model"));
}

// The problems of a tiny llama whose tensor table `change` has edited.
std::string ProblemsAfter(const std::function<void(std::string&)>& change) {
  TinyModelOptions options;
  options.layers = 1;
  std::string bytes = TinyModelBytes(options);
  change(bytes);
  const auto file = OpenBytes(bytes);
  if (!file.ok()) return file.status().ToString();
  const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
  return config.ok() ? CheckTensors(**file, *config).ToString() : config.status().ToString();
}

TEST(ModelConfigTest, ChecksEveryTensor) {
  const auto rename = [](std::string name) {
    return [name](std::string& bytes) { bytes[bytes.find(name) + name.size() - 1] = 'X'; };
  };
  EXPECT_THAT(ProblemsAfter(rename("blk.0.ffn_gate.weight")),
              AllOf(HasSubstr("tensor 'blk.0.ffn_gate.weight' is missing (and 1 more)")));
  EXPECT_THAT(ProblemsAfter(rename("output_norm.weight")), HasSubstr("'output_norm.weight' is missing"));
  const auto patch = [](std::string name, size_t at, uint32_t value) {
    return
        [=](std::string& bytes) { bytes.replace(bytes.find(name) + name.size() + at, 4, RawBytes(value)); };
  };
  const size_t first_size = 4, vector_type = 4 + 8, matrix_type = 4 + 16;  // offsets after a tensor's name
  EXPECT_THAT(ProblemsAfter(patch("blk.0.attn_k.weight", first_size, 32)),
              HasSubstr("'blk.0.attn_k.weight' has shape 32 x 32, not 64 x 32"));
  EXPECT_THAT(ProblemsAfter(patch("blk.0.attn_k.weight", matrix_type, 99)),
              HasSubstr("'blk.0.attn_k.weight' is stored as type 99, which is not supported"));
  EXPECT_THAT(ProblemsAfter(patch("blk.0.attn_norm.weight", vector_type, 2)),
              HasSubstr("'blk.0.attn_norm.weight' is stored as Q4_0, not as F32, F16 or BF16"));
  EXPECT_THAT(LoadError(TinyModelOptions(),
                        [](auto& w) { w.AddTensor("blk.0.extra.weight", TensorType::kF32, {1}, "1234"); }),
              HasSubstr("'blk.0.extra.weight' is unknown"));
}

TEST(ModelConfigTest, RefusesAVocabularyFile) {
  GgufWriter writer;
  AddTinyMetadata(TinyModelOptions(), writer);
  const auto file = OpenBytes(writer.Finish());
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(CheckTensors(**file, *config).ToString(), HasSubstr("vocabulary only"));
}

TEST(ModelConfigTest, MutatedMetadataIsReadSafelyOrRefused) {
  TinyModelOptions options;
  options.layers = 1;
  options.width = 16;
  options.feed_forward = 16;
  const std::string original = TinyModelBytes(options);
  const size_t metadata_end = original.find("tokenizer.ggml.tokens");
  for (uint64_t round = 0; round < 2000; ++round) {
    std::string bytes = original;
    const auto place = Philox(13, round, 0);
    bytes[place[0] % metadata_end] ^= static_cast<char>(1 + place[1] % 255);
    const auto file = OpenBytes(bytes);
    if (!file.ok()) continue;
    const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
    if (!config.ok() || !CheckTensors(**file, *config).ok()) continue;
    EXPECT_EQ(config->heads % config->kv_heads, 0);
    EXPECT_EQ(config->layers, 1);
  }
}

}  // namespace
}  // namespace espalier
