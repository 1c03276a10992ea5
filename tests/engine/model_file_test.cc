// Models in more than one file: Hugging Face folders and split GGUF files, and what is said of broken ones.
#include "engine/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "engine/tokenizer.h"
#include "kernels/kernels.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A copy of a golden model's folder.
class Folder : public TemporaryFolder {
 public:
  explicit Folder(const std::string& model) {
    for (const auto& entry : fs::directory_iterator("tests/golden/architectures/" + model)) {
      if (entry.path().extension() != ".gguf") {
        fs::copy_file(entry.path(), fs::path(path()) / entry.path().filename());
      }
    }
  }

  void Edit(const std::function<void(Json&)>& edit, const std::string& file = "/config.json") const {
    Json json = Json::parse(ReadFile(path() + file));
    edit(json);
    WriteFile(path() + file, json.dump());
  }

  // What loading says.
  std::string Error() const {
    const auto file = ModelFile::Open(path());
    if (!file.ok()) return OneLineOf(file.status());
    const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
    if (!config.ok()) return OneLineOf(config.status());
    return OneLineOf(CheckTensors(**file, *config));
  }

 private:
  std::string OneLineOf(const absl::Status& status) const {
    const std::string message = status.ToString();
    if (!status.ok()) {
      EXPECT_THAT(message, AllOf(HasSubstr(path()), Not(HasSubstr("\n"))));
    }
    return message;
  }
};

std::string ErrorAfter(const std::string& model, const std::function<void(Json&)>& edit) {
  const Folder folder(model);
  folder.Edit(edit);
  return folder.Error();
}

TEST(HubFolder, ReadsTheConfigOfOldAndNewStyle) {
  const Folder folder("gemma3-linear");
  const auto file = ModelFile::Open(folder.path());
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::StatusOr<ModelConfig> config = (*file)->ReadConfig();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->architecture, "gemma3");
  EXPECT_THAT(config->windows, ElementsAre(16, 16, 16, 16, 16, 0, 16));
  EXPECT_EQ(config->rope.scaling, RopeScaling::kLinear);
  ASSERT_TRUE(config->window_rope.has_value());
  EXPECT_EQ(config->window_rope->scaling, RopeScaling::kNone);
  EXPECT_TRUE(config->tied_output);
  EXPECT_EQ(config->norm_offset, 1.0f);
  EXPECT_EQ((*file)->format(), "Hugging Face folder");
  EXPECT_EQ(folder.Error(), "OK");
}

TEST(HubFolder, TakesTheTextModelOfAMultiModalOne) {
  const Folder folder("gemma3");
  folder.Edit([](Json& config) {
    Json whole = {{"architectures", {"Gemma3ForConditionalGeneration"}}, {"model_type", "gemma3"}};
    config.erase("architectures");
    whole["text_config"] = config;
    config = whole;
  });
  EXPECT_EQ(folder.Error(), "OK");
  EXPECT_TRUE(ModelFile::Open(folder.path()).value()->ReadConfig().value().generates);
}

TEST(HubFolder, FillsInWhatGemmasFilesLeaveOut) {
  const Folder folder("gemma3");
  folder.Edit([](Json& config) {
    for (const char* key :
         {"num_attention_heads", "num_key_value_heads", "head_dim", "rope_theta", "vocab_size"})
      config.erase(key);
  });
  const ModelConfig config = ModelFile::Open(folder.path()).value()->ReadConfig().value();
  EXPECT_EQ(config.heads, 8);
  EXPECT_EQ(config.kv_heads, 4);
  EXPECT_EQ(config.head_dim, 256);
  EXPECT_EQ(config.rope.base, 1e6f);
  EXPECT_EQ(config.vocabulary_size, 262208);
}

TEST(HubFolder, HasHeadsWhereTheClassSaysSo) {
  const Folder process("qwen2-process-reward");
  const ModelConfig config = ModelFile::Open(process.path()).value()->ReadConfig().value();
  EXPECT_FALSE(config.generates);
  EXPECT_EQ(config.head_outputs, 2);
  EXPECT_GT(config.head_hidden, 0);
  EXPECT_EQ(process.Error(), "OK");
}

TEST(HubFolder, RefusesWhatItDoesNotCompute) {
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["model_type"] = "mamba\n"; }),
              HasSubstr("is not supported; supported: llama, qwen2, qwen3, gemma3"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["num_local_experts"] = 8; }),
              HasSubstr("a mixture of experts (config.json's 'num_local_experts' = 8) is not supported"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["hidden_act"] = "relu"; }),
              HasSubstr("activation 'relu'"));
  EXPECT_THAT(ErrorAfter("llama2",
                         [](Json& c) {
                           c["quantization_config"] = {{"quant_method", "awq"}};
                         }),
              HasSubstr("quantised by 'awq'"));
  EXPECT_THAT(ErrorAfter("llama2",
                         [](Json& c) {
                           c["rope_scaling"] = {{"type", "longrope"}, {"factor", 4}};
                         }),
              HasSubstr("rope scaling 'longrope' is not supported"));
  EXPECT_THAT(ErrorAfter("gemma3", [](Json& c) { c["final_logit_softcapping"] = 30.0; }),
              HasSubstr("soft-capping"));
  EXPECT_THAT(ErrorAfter("gemma3", [](Json& c) { c["use_bidirectional_attention"] = true; }),
              HasSubstr("both directions"));
}

TEST(HubFolder, RefusesImpossibleValues) {
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c.erase("hidden_size"); }),
              HasSubstr("config.json's 'hidden_size' is missing"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["hidden_size"] = "32"; }),
              HasSubstr("is \"32\" where an integer belongs"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["num_hidden_layers"] = -1; }), HasSubstr("is -1, not in"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["hidden_size"] = 1e300; }),
              HasSubstr("an integer belongs"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["rope_theta"] = 1.0; }), HasSubstr("rope base of 1"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c["intermediate_size"] = 48; }), HasSubstr("has shape"));
  EXPECT_THAT(ErrorAfter("llama3", [](Json& c) { c["rope_scaling"]["low_freq_factor"] = 9.0; }),
              HasSubstr("high_freq_factor is not above"));
  EXPECT_THAT(ErrorAfter("gemma3", [](Json& c) { c["layer_types"] = Json::array({"full_attention"}); }),
              HasSubstr("lists no kind for every layer"));
  EXPECT_THAT(ErrorAfter("qwen3", [](Json& c) { c["tie_word_embeddings"] = false; }),
              HasSubstr("neither 'lm_head.weight' nor 'score.weight'"));
  EXPECT_THAT(ErrorAfter("llama2", [](Json& c) { c = Json::array(); }), HasSubstr("is no JSON object"));
}

TEST(HubFolder, SaysWhatIsMissing) {
  const Folder folder("llama3");  // two shards and their index
  EXPECT_EQ(folder.Error(), "OK");
  const std::string index = "/model.safetensors.index.json";
  folder.Edit([](Json& json) { json["weight_map"].begin().value() = "../outside.safetensors"; }, index);
  EXPECT_THAT(folder.Error(), HasSubstr("'weight_map' names no .safetensors file beside it"));
  folder.Edit([](Json& json) { json["weight_map"].begin().value() = "two\nlines.safetensors"; }, index);
  EXPECT_THAT(folder.Error(), HasSubstr("'weight_map' names no .safetensors file beside it"));
  folder.Edit([](Json& json) { json["weight_map"].begin().value() = "gone.safetensors"; }, index);
  EXPECT_THAT(folder.Error(), HasSubstr("gone.safetensors': no such file"));
  folder.Edit([](Json& json) { json.erase("weight_map"); }, index);
  EXPECT_THAT(folder.Error(), HasSubstr("no 'weight_map'"));

  const Folder plain("llama2");
  fs::rename(plain.path() + "/model.safetensors", plain.path() + "/other.safetensors");
  EXPECT_EQ(plain.Error(), "OK") << "the only weights there are";
  fs::copy_file(plain.path() + "/other.safetensors", plain.path() + "/again.safetensors");
  EXPECT_THAT(plain.Error(), HasSubstr("is there twice"));
  fs::remove(plain.path() + "/other.safetensors");
  fs::rename(plain.path() + "/again.safetensors", plain.path() + "/pytorch_model.bin");
  EXPECT_THAT(plain.Error(), HasSubstr("holds no .safetensors file"));
  fs::remove(plain.path() + "/config.json");
  EXPECT_THAT(plain.Error(), HasSubstr("is a folder without config.json"));
}

// The tensors of a tiny model in three parts, as llama-gguf-split leaves them.
class SplitModel : public TemporaryFolder {
 public:
  SplitModel() {
    const TinyModel whole;
    const GgufFile file = GgufFile::Open(whole.path()).value();
    for (int part = 0; part < 3; ++part) {
      GgufWriter writer;
      if (part == 0) AddTinyMetadata(TinyModelOptions(), writer);
      writer.AddUint32("split.no", static_cast<uint32_t>(part));
      writer.AddUint32("split.count", 3);
      for (size_t i = static_cast<size_t>(part); i < file.tensors().size(); i += 3) {
        const StoredTensor& tensor = file.tensors()[i];
        writer.AddTensor(tensor.name, tensor.type, tensor.shape,
                         {reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size()});
      }
      WriteFile(Part(part + 1), writer.Finish());
    }
  }
  std::string Part(int number) const { return absl::StrFormat("%s/tiny-%05d-of-00003.gguf", path(), number); }
};

TEST(GgufModel, JoinsTheParts) {
  const SplitModel split;
  const TinyModel whole;
  const auto joined = ModelFile::Open(split.Part(1));
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_EQ((*joined)->format(), "GGUF version 3 in 3 parts");
  const auto expected = ModelFile::Open(whole.path()).value();
  ASSERT_EQ((*joined)->tensors().size(), expected->tensors().size());
  for (const StoredTensor* tensor : expected->tensors()) {
    const StoredTensor* part = (*joined)->FindTensor(tensor->name);
    ASSERT_NE(part, nullptr) << tensor->name;
    EXPECT_TRUE(std::equal(part->data.begin(), part->data.end(), tensor->data.begin(), tensor->data.end()));
  }
  EXPECT_EQ(CheckTensors(**joined, (*joined)->ReadConfig().value()), absl::OkStatus());
}

TEST(GgufModel, SaysWhichPartIsWanted) {
  const SplitModel split;
  EXPECT_THAT(ModelFile::Open(split.Part(2)).status().ToString(),
              AllOf(HasSubstr("is part 2 of 3 of a split model"), HasSubstr("-00001-of-00003.gguf")));
  fs::copy_file(split.Part(1), split.path() + "/renamed.gguf");
  EXPECT_THAT(ModelFile::Open(split.path() + "/renamed.gguf").status().ToString(),
              HasSubstr("whose name ends in -00001-of-00003.gguf"));
  fs::copy_file(split.Part(2), split.Part(3), fs::copy_options::overwrite_existing);
  EXPECT_THAT(ModelFile::Open(split.Part(1)).status().ToString(), HasSubstr("is in two parts of the model"));
  fs::remove(split.Part(3));
  EXPECT_THAT(ModelFile::Open(split.Part(1)).status().ToString(),
              HasSubstr("tiny-00003-of-00003.gguf': no such file"));
}

}  // namespace
}  // namespace espalier
