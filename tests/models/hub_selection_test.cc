#include "models/hub_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/cat.h"

namespace espalier {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SelectionTest : public testing::Test {
 protected:
  absl::StatusOr<HubSelection> Select(const std::string& reference,
                                      const std::vector<std::string>& paths) const {
    std::vector<HubFile> files;
    for (const std::string& path : paths) files.push_back({path, 1, ""});
    return SelectFiles(ParseHubReference(reference).value(), files,
                       [this](const HubFile&) -> absl::StatusOr<std::string> { return index_; });
  }

  std::vector<std::string> Paths(const std::string& reference, const std::vector<std::string>& paths) const {
    const absl::StatusOr<HubSelection> selection = Select(reference, paths);
    EXPECT_TRUE(selection.ok()) << selection.status();
    std::vector<std::string> chosen;
    if (selection.ok()) {
      for (const HubFile& file : selection->files) chosen.push_back(file.path);
    }
    return chosen;
  }

  std::string index_;
};

TEST_F(SelectionTest, FindsTheQuantization) {
  const std::vector<std::string> files = {"m-Q4_K_M.gguf",      "m-Q4_K_S.gguf",       "m-Q4_0.gguf",
                                          "m-IQ4_NL.gguf",      "m.q8_0.gguf",         "BF16/m.gguf",
                                          "mmproj-m-Q8_0.gguf", "m-Q4_0.imatrix.gguf", "mtp-m-Q4_0.gguf",
                                          "m-UD-Q2_K.gguf",     "m-Q4_0_4_4.gguf"};
  EXPECT_THAT(Paths("hf:o/r:q4_k_m", files), ElementsAre("m-Q4_K_M.gguf"));
  EXPECT_THAT(Paths("hf:o/r:Q4_0", files), ElementsAre("m-Q4_0.gguf"));
  EXPECT_THAT(Paths("hf:o/r:Q8_0", files), ElementsAre("m.q8_0.gguf"));
  EXPECT_THAT(Paths("hf:o/r:bf16", files), ElementsAre("BF16/m.gguf"));
  EXPECT_THAT(Paths("hf:o/r:Q2_K", files), ElementsAre("m-UD-Q2_K.gguf"));
  const absl::Status none = Select("hf:o/r:Q4_K", files).status();
  EXPECT_EQ(none.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(none.ToString(),
              HasSubstr("has no .gguf model of Q4_K; give hf:o/r/FILE with one of: BF16/m.gguf"));
}

TEST_F(SelectionTest, TakesAllPartsOfASplitModel) {
  const std::vector<std::string> files = {"m-Q8_0-00002-of-00002.gguf", "m-Q8_0-00001-of-00002.gguf",
                                          "m-F16-00001-of-00002.gguf"};
  EXPECT_THAT(Paths("hf:o/r:Q8_0", files),
              ElementsAre("m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf"));
  EXPECT_EQ(Select("hf:o/r/m-Q8_0-00002-of-00002.gguf", files)->model, "m-Q8_0-00001-of-00002.gguf");
  EXPECT_THAT(Select("hf:o/r:F16", files).status().ToString(),
              HasSubstr("no file 'm-F16-00002-of-00002.gguf'"));
  EXPECT_FALSE(Select("hf:o/r/m-00001-of-99999.gguf", {"m-00001-of-99999.gguf"}).ok());
}

TEST_F(SelectionTest, ChoosesAmongModelsAndSaysSo) {
  EXPECT_EQ(Select("hf:o/r", {"only.gguf", "mmproj.gguf"})->note, "");
  const HubSelection chosen = Select("hf:o/r", {"m-Q2_K.gguf", "m-Q4_K_M.gguf", "m-Q8_0.gguf"}).value();
  EXPECT_EQ(chosen.model, "m-Q4_K_M.gguf");
  EXPECT_EQ(chosen.note, "o/r holds 3 models: taking m-Q4_K_M.gguf");
  EXPECT_EQ(Select("hf:o/r", {"m-Q2_K.gguf", "m-Q8_0.gguf"})->model, "m-Q8_0.gguf");
  EXPECT_THAT(Select("hf:o/r", {"m-Q2_K.gguf", "m-Q3_K.gguf"}).status().ToString(),
              HasSubstr("holds several models; give hf:o/r/FILE with one of: m-Q2_K.gguf, m-Q3_K.gguf"));
  EXPECT_THAT(Select("hf:o/r:Q8_0", {"a-Q8_0.gguf", "b-Q8_0.gguf"}).status().ToString(),
              HasSubstr("more than one"));
}

TEST_F(SelectionTest, ErrorsListAFewChoicesOnly) {
  std::vector<std::string> files;
  for (int i = 10; i < 99; ++i) files.push_back(Cat("m", i, ".gguf"));
  EXPECT_THAT(Select("hf:o/r", files).status().ToString(), HasSubstr("m21.gguf and 77 more"));
  EXPECT_THAT(Select("hf:o/r/m111.gguf", files).status().ToString(), HasSubstr("did you mean 'm11.gguf'?"));
}

TEST_F(SelectionTest, TakesWhatAFolderNeeds) {
  const std::vector<std::string> files = {"README.md",
                                          "config.json",
                                          "generation_config.json",
                                          "tokenizer.json",
                                          "chat_template.jinja",
                                          "tokenizer_config.json",
                                          "modeling.py",
                                          "pytorch_model.bin",
                                          "model.safetensors",
                                          "other.safetensors",
                                          "onnx/model.safetensors",
                                          "m-Q4_K_M.gguf"};
  EXPECT_THAT(Paths("hf:o/r", files),
              ElementsAre("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
                          "chat_template.jinja", "model.safetensors"));
  EXPECT_EQ(Select("hf:o/r", files)->model, "");
  EXPECT_THAT(Paths("hf:o/r", {"config.json", "b.safetensors", "a.safetensors"}),
              ElementsAre("config.json", "a.safetensors", "b.safetensors"));
}

TEST_F(SelectionTest, TakesTheShardsOfTheIndex) {
  const std::vector<std::string> files = {"config.json", "model.safetensors.index.json", "1.safetensors",
                                          "2.safetensors", "consolidated.safetensors"};
  index_ = R"({"weight_map": {"a": "2.safetensors", "b": "1.safetensors", "c": "2.safetensors"}})";
  EXPECT_THAT(Paths("hf:o/r", files),
              ElementsAre("config.json", "model.safetensors.index.json", "1.safetensors", "2.safetensors"));
  index_ = R"({"weight_map": {"a": "3.safetensors"}})";
  EXPECT_THAT(Select("hf:o/r", files).status().ToString(), HasSubstr("no file '3.safetensors', which its"));
  for (const std::string bad :
       {R"({"weight_map": {"a": "../1.safetensors"}})", R"({"weight_map": {"a": "/1.safetensors"}})",
        R"({"weight_map": {"a": "pytorch_model.bin"}})", R"({"weight_map": {"a": 1}})",
        R"({"weight_map": {}})", "[]", "{", ""}) {
    index_ = bad;
    EXPECT_EQ(Select("hf:o/r", files).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST_F(SelectionTest, SaysWhatARepositoryLacks) {
  EXPECT_THAT(Select("hf:o/r", {"config.json", "pytorch_model.bin"}).status().ToString(),
              HasSubstr("neither a .gguf file nor config.json with .safetensors"));
  EXPECT_THAT(Select("hf:o/r:Q4_0", {"config.json", "model.safetensors"}).status().ToString(),
              HasSubstr("has no .gguf file; leave out ':Q4_0'"));
}

}  // namespace
}  // namespace espalier
