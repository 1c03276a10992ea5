#include "engine/tokenizer_json.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/cat.h"
#include "base/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/engine/golden_vocabulary.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// `tokenizers` decodes two things otherwise, at a whole text's start or for added tokens that it normalized:
// it drops every mark of a space in the first token, and it puts the normalizer's prefix before such a token.
bool DecodesOtherwise(const std::string& name, const std::string& text) {
  return (name == "metaspace first" && text.starts_with("  ")) ||
         (name == "sentencepiece" && text == "a <n> b");
}

TEST(TokenizerJsonTest, EveryComponentAsInTokenizers) {
  for (const Json& record : Json::parse(ReadGolden("small_tokenizers.json"))) {
    const auto name = record["name"].get<std::string>();
    TokenizerFiles files;
    files.tokenizer = record["tokenizer"].dump();
    const auto tokenizer = ParseTokenizerJson(files);
    ASSERT_TRUE(tokenizer.ok()) << name << ": " << tokenizer.status();
    for (const Json& example : record["cases"]) {
      const auto text = example[0].get<std::string>();
      const auto ids = (*tokenizer)->Encode(text, TokenizeOptions(true, false));
      EXPECT_EQ(ids, example[1].get<std::vector<TokenId>>()) << name << ": " << example;
      if (DecodesOtherwise(name, text)) continue;
      EXPECT_EQ(ToValidUtf8((*tokenizer)->DecodeDocument(ids, true)), example[2].get<std::string>())
          << name << ": " << example;
    }
  }
}

// A small model in which every test changes something.
Json SmallJson() {
  return Json::parse(R"({
    "added_tokens": [{"id": 4, "content": "<s>", "special": true}, {"id": 5, "content": "<e>", "special": true},
                     {"id": 6, "content": "<|im_end|>", "special": true}],
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "Ġ": 3}, "merges": ["a b"]}})");
}

absl::StatusOr<std::unique_ptr<Tokenizer>> Parse(const Json& json) {
  TokenizerFiles files;
  files.tokenizer = json.dump();
  return ParseTokenizerJson(files);
}

TEST(TokenizerJsonTest, SpecialTokensOnlyWhereAskedFor) {
  const auto tokenizer = Parse(SmallJson()).value();
  EXPECT_THAT(tokenizer->Encode("ab<s>", TokenizeOptions(true, false)), ElementsAre(2, 4));
  EXPECT_THAT(tokenizer->Encode("ab<s>"), ElementsAre(2));  // this vocabulary cannot spell "<s>"
  EXPECT_TRUE(tokenizer->IsControl(4));
  EXPECT_EQ(tokenizer->Piece(4), "");
  EXPECT_EQ(tokenizer->Piece(4, true), "<s>");
}

TEST(TokenizerJsonTest, BosAndEndsComeFromTheFilesBeside) {
  TokenizerFiles files;
  files.tokenizer = SmallJson().dump();
  auto tokenizer = ParseTokenizerJson(files).value();
  EXPECT_EQ(tokenizer->bos_id(), -1);
  EXPECT_THAT(tokenizer->end_ids(), ElementsAre(6));  // known by its text

  files.tokenizer_config = R"({"bos_token": {"content": "<s>"}, "eos_token": "<e>", "add_bos_token": true})";
  tokenizer = ParseTokenizerJson(files).value();
  EXPECT_EQ(tokenizer->bos_id(), 4);
  EXPECT_TRUE(tokenizer->adds_bos());
  EXPECT_THAT(tokenizer->end_ids(), ElementsAre(5, 6));
  EXPECT_THAT(tokenizer->Encode("a", TokenizeOptions(false, true)), ElementsAre(4, 0));

  files.tokenizer_config.clear();
  files.special_tokens_map = R"({"bos_token": "<s>"})";
  files.generation_config = R"({"eos_token_id": [5, 4]})";
  files.config = R"({"eos_token_id": 2, "vocab_size": 10})";
  tokenizer = ParseTokenizerJson(files).value();
  EXPECT_EQ(tokenizer->bos_id(), 4);
  EXPECT_FALSE(tokenizer->adds_bos());
  EXPECT_THAT(tokenizer->end_ids(), ElementsAre(2, 4, 5, 6));
  EXPECT_EQ(tokenizer->size(), 10);
  EXPECT_EQ(tokenizer->Piece(9, true), "");
}

TEST(TokenizerJsonTest, BosOfTheTemplate) {
  Json json = SmallJson();
  json["post_processor"] = Json::parse(R"({"type": "Sequence", "processors": [{"type": "ByteLevel"},
    {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
     {"Sequence": {"id": "A", "type_id": 0}}]}]})");
  const auto tokenizer = Parse(json).value();
  EXPECT_EQ(tokenizer->bos_id(), 4);
  EXPECT_TRUE(tokenizer->adds_bos());
}

TEST(TokenizerJsonTest, TokensWithoutARowAreLeftOut) {
  TokenizerFiles files;
  files.tokenizer = SmallJson().dump();
  files.config = R"({"text_config": {"vocab_size": 6}})";
  const auto tokenizer = ParseTokenizerJson(files).value();
  EXPECT_EQ(tokenizer->size(), 6);
  EXPECT_THAT(tokenizer->Encode("<e><|im_end|>", TokenizeOptions(true, false)), ElementsAre(5));
  files.config = R"({"vocab_size": 3})";
  EXPECT_EQ(ParseTokenizerJson(files).status().code(), absl::StatusCode::kInvalidArgument);
}

struct Refusal {
  const char* path;  // in the small file
  const char* value;
  absl::StatusCode code;
  const char* message;
};

TEST(TokenizerJsonTest, RefusesInOneLineThatNamesTheComponent) {
  constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  const std::vector<Refusal> refusals = {
      {"/model/type", R"("Unigram")", kUnimplemented, "model 'Unigram'"},
      {"/model/type", R"(7)", kInvalid, "'type'"},
      {"/model/end_of_word_suffix", R"("</w>")", kUnimplemented, "end_of_word_suffix"},
      {"/model/continuing_subword_prefix", R"("##")", kUnimplemented, "continuing_subword_prefix"},
      {"/model/dropout", "0.1", kUnimplemented, "dropout"},
      {"/model/byte_fallback", "1", kInvalid, "'byte_fallback'"},
      {"/model/vocab", R"(["a"])", kInvalid, "vocab"},
      {"/model/vocab", "{}", kInvalid, "merge"},
      {"/model/vocab/ab", "0", kInvalid, "have one id, 0"},
      {"/model/vocab/ab", "-1", kInvalid, "'ab'"},
      {"/model/vocab/ab", "4000000", kInvalid, "'ab'"},
      {"/model/vocab/ab", "1.5", kInvalid, "'ab'"},
      {"/model/vocab/ab", "1e300", kInvalid, "'ab'"},
      {"/model/merges", "7", kInvalid, "merges"},
      {"/model/merges", R"([["a"]])", kInvalid, "merge"},
      {"/model/merges", R"(["ab"])", kInvalid, "'ab' is no pair"},
      {"/model/merges", R"(["a x"])", kInvalid, "merge 'a x'"},
      {"/normalizer", R"({"type": "Lowercase"})", kUnimplemented, "normalizer 'Lowercase'"},
      {"/normalizer", "[]", kUnimplemented, "normalizer"},
      {"/normalizer", R"({"type": "Sequence"})", kInvalid, "Sequence"},
      {"/normalizer", R"({"type": "Prepend"})", kInvalid, "prepend"},
      {"/normalizer", R"({"type": "Replace", "pattern": {"String": ""}, "content": "x"})", kInvalid,
       "pattern"},
      {"/normalizer", R"({"type": "Replace", "pattern": {"Regex": "("}, "content": "x"})", kInvalid, "'('"},
      {"/pre_tokenizer", R"({"type": "BertPreTokenizer"})", kUnimplemented,
       "pre_tokenizer 'BertPreTokenizer'"},
      {"/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "a"}, "behavior": "X"})", kInvalid,
       "behavior"},
      {"/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "[a&&b]"}})", kUnimplemented,
       "set operations"},
      {"/pre_tokenizer",
       R"({"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]})",
       kUnimplemented, "after ByteLevel"},
      {"/pre_tokenizer",
       R"({"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "Metaspace"}]})",
       kUnimplemented, "Metaspace after"},
      {"/decoder", R"({"type": "WordPiece"})", kUnimplemented, "decoder 'WordPiece'"},
      {"/post_processor", R"({"type": "BertProcessing"})", kUnimplemented, "post_processor 'BertProcessing'"},
      {"/added_tokens", "{\"a\": 1}", kInvalid, "added_tokens"},
      {"/added_tokens/0/id", "0", kInvalid, "have one id, 0"},
      {"/added_tokens/0/id", "-4", kInvalid, "'id'"},
      {"/added_tokens/0/id", "99999999", kInvalid, "'id'"},
      {"/added_tokens/0/content", "7", kInvalid, "'content'"},
      {"/added_tokens/0/lstrip", "7", kInvalid, "'lstrip'"},
  };
  for (const Refusal& refusal : refusals) {
    Json json = SmallJson();
    json[Json::json_pointer(refusal.path)] = Json::parse(refusal.value);
    const absl::Status status = Parse(json).status();
    EXPECT_EQ(status.code(), refusal.code) << refusal.path << " = " << refusal.value << ": " << status;
    const std::string message(status.message());
    EXPECT_THAT(message, HasSubstr(refusal.message)) << refusal.path;
    EXPECT_THAT(message, HasSubstr("tokenizer.json")) << refusal.path;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(TokenizerJsonTest, RefusesBadFilesBeside) {
  const auto refused = [](std::string TokenizerFiles::*file, const char* text) {
    TokenizerFiles files;
    files.tokenizer = SmallJson().dump();
    files.*file = text;
    return !ParseTokenizerJson(files).ok();
  };
  EXPECT_TRUE(refused(&TokenizerFiles::tokenizer, ""));
  EXPECT_TRUE(refused(&TokenizerFiles::tokenizer, "[]"));
  EXPECT_TRUE(refused(&TokenizerFiles::tokenizer, "7"));
  EXPECT_TRUE(refused(&TokenizerFiles::tokenizer, "{\"model\""));
  EXPECT_TRUE(refused(&TokenizerFiles::config, R"({"vocab_size": -1})"));
  EXPECT_TRUE(refused(&TokenizerFiles::config, R"({"vocab_size": 4000000000})"));
  EXPECT_TRUE(refused(&TokenizerFiles::config, R"({"eos_token_id": 7})"));
  EXPECT_TRUE(refused(&TokenizerFiles::generation_config, R"({"eos_token_id": ["a"]})"));
  EXPECT_TRUE(refused(&TokenizerFiles::tokenizer_config, R"({"add_bos_token": "yes"})"));
  EXPECT_FALSE(refused(&TokenizerFiles::tokenizer_config, R"({"bos_token": null, "eos_token": 7})"));
}

TEST(TokenizerJsonTest, NestingAndCountsAreBounded) {
  const auto parse = [](const std::string& text) {
    TokenizerFiles files;
    files.tokenizer = text;
    return std::string(ParseTokenizerJson(files).status().message());
  };
  EXPECT_THAT(parse(std::string(10'000'000, '[')), HasSubstr("nested deeper"));
  EXPECT_THAT(parse("[" + std::string(10'000'000, ',') + "]"), HasSubstr("more than"));
  Json json = SmallJson();
  json["normalizer"] = {{"type", "Sequence"}, {"normalizers", Json::array()}};
  for (int i = 0; i < 100; ++i) json["normalizer"]["normalizers"].push_back({{"type", "NFC"}});
  EXPECT_THAT(parse(json.dump()), HasSubstr("more than 32 steps"));
  json = SmallJson();
  json["model"]["vocab"][std::string(20'000, 'x')] = 7;
  EXPECT_THAT(parse(json.dump()), HasSubstr("token 7 has 20000 bytes"));
  json = SmallJson();
  json["added_tokens"][0]["content"] = std::string(2'000, 'x');
  EXPECT_THAT(parse(json.dump()), HasSubstr("special token 4 has 2000 bytes"));
}

class TokenizerFolderTest : public testing::Test {
 protected:
  TokenizerFolderTest() { std::filesystem::create_directories(folder_); }
  ~TokenizerFolderTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }

  const std::string folder_ = Cat(testing::TempDir(), "espalier-tokenizer-folder-", getpid());
};

TEST_F(TokenizerFolderTest, ReadsTheFiles) {
  Write("tokenizer.json", SmallJson().dump());
  Write("generation_config.json", R"({"eos_token_id": 5})");
  const auto tokenizer = OpenTokenizer(folder_);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_THAT((*tokenizer)->end_ids(), ElementsAre(5, 6));
}

TEST_F(TokenizerFolderTest, ErrorsNameTheFolder) {
  EXPECT_EQ(OpenTokenizer(folder_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(OpenTokenizer(folder_).status().message()), HasSubstr("has no tokenizer.json"));
  Write("tokenizer.json", "{");
  EXPECT_THAT(std::string(OpenTokenizer(folder_).status().message()), HasSubstr(folder_));
  std::filesystem::remove(folder_ + "/tokenizer.json");
  std::filesystem::create_directory(folder_ + "/tokenizer.json");
  EXPECT_THAT(std::string(OpenTokenizer(folder_).status().message()), HasSubstr("not a regular file"));
}

}  // namespace
}  // namespace espalier
