#include "engine/tokenizer.h"

#include "engine/bpe_tokenizer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/golden_vocabulary.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TokenizerTest, SpecialTokensOnlyWhereAskedFor) {
  const Tokenizer& smollm = GoldenTokenizer("smollm");
  const std::string text = "<|im_start|>user\nHi<|im_end|>";
  const std::vector<TokenId> special = smollm.Encode(text, TokenizeOptions(true, false));
  EXPECT_EQ(special.front(), 1);
  EXPECT_EQ(special.back(), 2);
  EXPECT_EQ(smollm.Decode(special), "user\nHi");
  EXPECT_EQ(smollm.Decode(special, true), text);
  const std::vector<TokenId> plain = smollm.Encode(text);
  EXPECT_GT(plain.size(), special.size());
  EXPECT_EQ(smollm.Decode(plain), text);
  EXPECT_TRUE(smollm.IsControl(1));
  EXPECT_FALSE(smollm.IsControl(plain[0]));
}

TEST(TokenizerTest, KnowsWhatEndsAGeneration) {
  EXPECT_THAT(GoldenTokenizer("smollm").end_ids(), ElementsAre(0, 2));  // <|endoftext|>, <|im_end|>
  EXPECT_THAT(GoldenTokenizer("gpt-2").end_ids(), ElementsAre(50256));
  EXPECT_THAT(GoldenTokenizer("qwen2").end_ids(), ElementsAre(151643, 151645));
  EXPECT_THAT(GoldenTokenizer("llama-bpe").end_ids(), ElementsAre(128001, 128009));  // <|eot_id|>
  EXPECT_THAT(GoldenTokenizer("llama-spm").end_ids(), ElementsAre(2));
}

TEST(TokenizerTest, BosFollowsTheFileAndElseTheFamily) {
  EXPECT_FALSE(GoldenTokenizer("smollm").adds_bos());
  EXPECT_FALSE(GoldenTokenizer("qwen2").adds_bos());
  const Tokenizer& llama = GoldenTokenizer("llama-bpe");
  EXPECT_TRUE(llama.adds_bos());
  EXPECT_EQ(llama.bos_id(), 128000);
  EXPECT_EQ(llama.Encode("3", TokenizeOptions(false, true)), (std::vector<TokenId>{128000, 18}));
  EXPECT_TRUE(GoldenTokenizer("llama-spm").adds_bos());
  EXPECT_EQ(GoldenTokenizer("llama-spm").bos_id(), 1);
}

// A vocabulary of single letters and a few words for what real ones do not show.
BpeVocabulary SmallVocabulary() {
  BpeVocabulary vocabulary;
  vocabulary.pre_tokenizer = FindPreTokenizerFamily("gpt-2").value().pre_tokenizer;
  vocabulary.tokens = {"a", "b", "<", "|", ">", "ab", "<a>", "<a><b>", "<|c|>", "Ġ", "unused"};
  vocabulary.types.assign(vocabulary.tokens.size(), TokenType::kNormal);
  vocabulary.types[6] = vocabulary.types[7] = TokenType::kUserDefined;
  vocabulary.types[8] = TokenType::kControl;
  vocabulary.types[10] = TokenType::kUnused;
  for (const TokenId id : {6, 7, 8}) {
    SpecialToken token;
    token.text = vocabulary.tokens[id];
    token.id = id;
    token.control = id == 8;
    vocabulary.special_tokens.push_back(token);
  }
  vocabulary.merges = {{"a", "b"}};
  return vocabulary;
}

std::unique_ptr<BpeTokenizer> MakeSmall() { return BpeTokenizer::Make(SmallVocabulary()).value(); }

TEST(TokenizerTest, UserDefinedTokensMatchLongestAndAlways) {
  const auto tokenizer = MakeSmall();
  EXPECT_THAT(tokenizer->Encode("ab<a><b>a"), ElementsAre(5, 7, 0));
  EXPECT_THAT(tokenizer->Encode("<a><a>"), ElementsAre(6, 6));
  EXPECT_EQ(tokenizer->Piece(6), "<a>");
}

TEST(TokenizerTest, BytesWithoutATokenGiveNone) {
  EXPECT_THAT(MakeSmall()->Encode("aéb"), ElementsAre(0, 1));
  EXPECT_THAT(MakeSmall()->Encode(" a"), ElementsAre(9, 0));
}

TEST(TokenizerTest, UnusedTokensAreHidden) {
  EXPECT_EQ(MakeSmall()->Piece(10), "");
  EXPECT_EQ(MakeSmall()->Piece(10, true), "unused");
}

TEST(TokenizerTest, RowsWithoutATokenDecodeToNothing) {
  BpeVocabulary vocabulary = SmallVocabulary();
  vocabulary.padded_size = 16;
  const auto tokenizer = BpeTokenizer::Make(std::move(vocabulary)).value();
  EXPECT_EQ(tokenizer->size(), 16);
  EXPECT_EQ(tokenizer->Piece(15, true), "");
  EXPECT_EQ(tokenizer->Piece(10, true), "unused");
}

TEST(TokenizerTest, RefusesContradictions) {
  const auto refused = [](auto change) {
    BpeVocabulary vocabulary = SmallVocabulary();
    change(vocabulary);
    return BpeTokenizer::Make(std::move(vocabulary)).status().code() == absl::StatusCode::kInvalidArgument;
  };
  const std::string long_text(kMaxTokenBytes + 1, 'x');
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.tokens.clear(); }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.types.pop_back(); }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.scores = {1.0}; }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.merges = {{"a", "x"}}; }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.merges = {{"a", ""}}; }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.bos = 11; }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.unknown = -2; }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.end_ids = {-1}; }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.special_tokens[0].id = 11; }));
  EXPECT_TRUE(refused([](BpeVocabulary& v) { v.padded_size = kMaxTokens + 1; }));
  EXPECT_TRUE(refused([&](BpeVocabulary& v) { v.tokens[0] = long_text; }));
  EXPECT_FALSE(refused([](BpeVocabulary&) {}));
}

// Quadratic work on either of these would take minutes.
TEST(TokenizerTest, LongTextTakesLinearTime) {
  for (const std::string unit : {"a", " ", "\n", "!", "7", "é", "\xFF", "<", "a b", "\n ", "日本語"}) {
    std::string text;
    while (text.size() < 200'000) text += unit;
    for (const char* name : {"llama-bpe", "smollm", "llama-spm"}) {
      const Tokenizer& tokenizer = GoldenTokenizer(name);
      const std::vector<TokenId> ids = tokenizer.Encode(text, TokenizeOptions(true, false));
      if (unit == "\xFF" && std::string(name) == "smollm") continue;  // has no token for it
      EXPECT_EQ(tokenizer.DecodeDocument(ids), text) << name << " '" << unit << "'";
    }
  }
}

// Quadratic work would take days.
TEST(TokenizerTest, MegabytesOfOneCharacterAreOnePiece) {
  for (const char unit : {'a', ' '}) {
    const std::string text(4'000'000, unit);
    for (const char* name : {"gpt-2", "llama-spm"}) {
      const Tokenizer& tokenizer = GoldenTokenizer(name);
      EXPECT_TRUE(tokenizer.DecodeDocument(tokenizer.Encode(text)) == text) << name << " '" << unit << "'";
    }
  }
}

}  // namespace
}  // namespace espalier
