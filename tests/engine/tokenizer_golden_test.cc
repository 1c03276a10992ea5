// Every committed vocabulary, read from GGUF and from tokenizer.json, beside the ids of llama.cpp and of
// PyPI's `tokenizers`.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <random>
#include <sstream>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/engine/golden_vocabulary.h"

namespace espalier {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSeparator = "\n__ggml_vocab_test__\n";

std::vector<TokenId> ParseIds(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<TokenId>(in), std::istream_iterator<TokenId>()};
}

std::vector<Json> ParseLines(const std::string& text) {
  std::vector<Json> records;
  for (const std::string& line : SplitAt(text, "\n")) {
    if (!line.empty()) records.push_back(Json::parse(line));
  }
  return records;
}

// As make_random_texts.py: 64-bit FNV-1a of the ids as little-endian numbers.
Json Digest(const std::vector<TokenId>& ids) {
  uint64_t state = 0xCBF29CE484222325;
  for (const TokenId id : ids) {
    for (int shift = 0; shift < 32; shift += 8) {
      state = (state ^ (static_cast<uint32_t>(id) >> shift & 0xFF)) * 0x100000001B3;
    }
  }
  return {ids.size(), absl::StrFormat("%016x", state)};
}

class GoldenVocabularyTest : public testing::TestWithParam<std::string> {
 protected:
  const Tokenizer& tokenizer() { return GoldenTokenizer(GetParam()); }
  const Tokenizer& json_tokenizer() { return GoldenJsonTokenizer(GetParam()); }

  // SmolLM2 lacks tokens for some control characters, which the two peers leave out at different times:
  // llama.cpp after merging, `tokenizers` before.
  bool HasTokens(const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [&](char byte) { return tokenizer().Encode(std::string(1, byte)).empty(); });
  }
};

INSTANTIATE_TEST_SUITE_P(Vocabularies, GoldenVocabularyTest,
                         testing::Values("gpt-2", "llama-bpe", "qwen2", "smollm", "llama-spm"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(GoldenVocabularyTest, EncodesLikeLlamaCpp) {
  const std::vector<std::string> documents = SplitAt(ReadGolden("documents.txt"), kSeparator);
  const std::vector<std::string> lines = SplitAt(ReadGolden(Cat(GetParam(), ".ids")), "\n");
  ASSERT_EQ(documents.size(), 47);
  ASSERT_GE(lines.size() - 1, 46);  // the last line is empty; some files have the 47th document
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    EXPECT_EQ(tokenizer().Encode(documents[i]), ParseIds(lines[i])) << i << ": " << documents[i];
    EXPECT_EQ(json_tokenizer().Encode(documents[i]), ParseIds(lines[i])) << i << ": " << documents[i];
  }
}

TEST_P(GoldenVocabularyTest, EncodesHardTextLikeLlamaCpp) {
  const std::vector<Json> records = ParseLines(ReadGolden("hard_texts.jsonl"));
  EXPECT_GE(records.size(), 100);
  for (const Json& record : records) {
    const TokenizeOptions options(record["special"].get<bool>(), false);
    EXPECT_EQ(tokenizer().Encode(record["text"].get<std::string>(), options),
              record[GetParam()].get<std::vector<TokenId>>())
        << record;
  }
}

TEST_P(GoldenVocabularyTest, EncodesRandomTextLikeTokenizers) {
  const std::vector<Json> records = ParseLines(InflateGolden("random_texts.jsonl.gz"));
  ASSERT_EQ(records.size(), 2000);
  int passed = 0, json_passed = 0, compared = 0;
  for (const Json& record : records) {
    const auto text = record["text"].get<std::string>();
    const Json& expected = record[GetParam()];
    const bool json_right = Digest(json_tokenizer().Encode(text, TokenizeOptions(true, false))) == expected;
    json_passed += json_right;
    EXPECT_TRUE(json_right) << "tokenizer.json: " << record["text"];
    // A GGUF file says nothing of normal forms.
    if (!HasTokens(text) || (GetParam() == "qwen2" && !record["nfc"].get<bool>())) continue;
    ++compared;
    const bool right = Digest(tokenizer().Encode(text, TokenizeOptions(true, false))) == expected;
    passed += right;
    EXPECT_TRUE(right) << "GGUF: " << record["text"];
  }
  std::cerr << GetParam() << ": tokenizer.json " << json_passed << " of " << records.size() << ", GGUF "
            << passed << " of " << compared << "\n";
  EXPECT_GT(compared, 1200);
}

TEST_P(GoldenVocabularyTest, DecodeInvertsEncode) {
  for (const std::string& document : SplitAt(ReadGolden("documents.txt"), kSeparator)) {
    EXPECT_EQ(tokenizer().DecodeDocument(tokenizer().Encode(document)), document);
    EXPECT_EQ(json_tokenizer().DecodeDocument(json_tokenizer().Encode(document)), document);
  }
}

TEST_P(GoldenVocabularyTest, AnyBytesComeBack) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string bytes(random() % 60, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % (round % 2 == 0 ? 256 : 64));
    std::string expected = bytes;
    if (GetParam() == "smollm") {
      std::erase_if(expected, [&](char c) { return tokenizer().Encode(std::string(1, c)).empty(); });
    }
    EXPECT_EQ(tokenizer().DecodeDocument(tokenizer().Encode(bytes)), expected);
    EXPECT_EQ(json_tokenizer().DecodeDocument(json_tokenizer().Encode(bytes)), expected);
  }
}

TEST_P(GoldenVocabularyTest, BothFormatsHaveTheSamePieces) {
  ASSERT_EQ(tokenizer().size(), json_tokenizer().size());
  for (TokenId id = 0; id < tokenizer().size(); ++id) {
    ASSERT_EQ(tokenizer().Piece(id, true), json_tokenizer().Piece(id, true)) << id;
    ASSERT_EQ(tokenizer().IsControl(id), json_tokenizer().IsControl(id)) << id;
  }
}

TEST_P(GoldenVocabularyTest, IdsOutsideTheVocabularyAreEmpty) {
  EXPECT_EQ(tokenizer().Piece(-1), "");
  EXPECT_EQ(tokenizer().Piece(tokenizer().size(), true), "");
  EXPECT_FALSE(tokenizer().IsControl(-1));
  EXPECT_FALSE(tokenizer().IsControl(tokenizer().size()));
}

}  // namespace
}  // namespace espalier
