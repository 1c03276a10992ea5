// Gemma's SentencePiece vocabulary beside llama.cpp's ids, where the catalog's model is in the cache. The
// vocabulary is large and under terms of its own, so it is not in the repository.
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "engine/tokenizer.h"
#include "gtest/gtest.h"
#include "models/pull.h"

namespace espalier {
namespace {

constexpr std::string_view kSeparator = "\n__ggml_vocab_test__\n";

class GemmaTokenizerTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string path = CacheFolder() + "/models/gemma-3-270m.gguf";
    if (!std::filesystem::exists(path))
      GTEST_SKIP() << "not cached: build/release/espalier pull gemma-3-270m";
    auto tokenizer = OpenTokenizer(path);
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    tokenizer_ = *std::move(tokenizer);
  }

  std::unique_ptr<Tokenizer> tokenizer_;
};

std::string ReadGolden(const std::string& name) {
  std::ifstream file("tests/golden/tokenizer/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

TEST_F(GemmaTokenizerTest, EncodesLikeLlamaCpp) {
  const std::string documents = ReadGolden("documents.txt");
  std::istringstream lines(ReadGolden("gemma-3.ids"));
  size_t begin = 0;
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const size_t end = std::min(documents.find(kSeparator, begin), documents.size());
    const std::string document = documents.substr(begin, end - begin);
    std::istringstream ids(line);
    const std::vector<TokenId> expected{std::istream_iterator<TokenId>(ids),
                                        std::istream_iterator<TokenId>()};
    EXPECT_EQ(tokenizer_->Encode(document), expected) << document;
    EXPECT_EQ(tokenizer_->DecodeDocument(expected), document);
    begin = end + kSeparator.size();
  }
  EXPECT_EQ(count, 47);
}

TEST_F(GemmaTokenizerTest, EncodesHardTextLikeLlamaCpp) {
  std::istringstream lines(ReadGolden("hard_texts.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line);
    const TokenizeOptions options(record["special"].get<bool>(), false);
    EXPECT_EQ(tokenizer_->Encode(record["text"].get<std::string>(), options),
              record["gemma-3"].get<std::vector<TokenId>>())
        << line;
  }
}

TEST_F(GemmaTokenizerTest, SpecialTokens) {
  EXPECT_TRUE(tokenizer_->adds_bos());
  EXPECT_EQ(tokenizer_->bos_id(), 2);
  EXPECT_FALSE(tokenizer_->adds_space_prefix());
}

}  // namespace
}  // namespace espalier
