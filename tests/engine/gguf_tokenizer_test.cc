// Tokenizers in the metadata of GGUF files: SentencePiece's conventions, and files that contradict
// themselves.
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include "base/cat.h"
#include "engine/gguf.h"
#include "engine/text_stream.h"
#include "engine/tokenizer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/gguf_writer.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<Tokenizer>> Make(const GgufWriter& writer) {
  const std::string path = Cat(testing::TempDir(), "espalier-gguf-tokenizer-", getpid(), ".gguf");
  std::ofstream(path, std::ios::binary) << writer.Finish();
  auto tokenizer = OpenTokenizer(path);
  unlink(path.c_str());
  return tokenizer;
}

void AddFloats(GgufWriter& writer, std::string_view key, const std::vector<float>& values) {
  std::string bytes = RawBytes(GgufType::kFloat32) + RawBytes(uint64_t{values.size()});
  for (const float value : values) bytes += RawBytes(value);
  writer.AddRaw(key, GgufType::kArray, bytes);
}

// "abc" can be read as a+bc or ab+c; "bc" has the higher score.
GgufWriter SentencePieceFile() {
  GgufWriter writer;
  writer.AddString("tokenizer.ggml.model", "llama");
  writer.AddStrings("tokenizer.ggml.tokens", {"<unk>", "<s>", "</s>", "▁", "a", "b", "c", "ab", "bc", "▁a",
                                              "<x>", "<0xC3>", "<0xA9>", "▁▁"});
  writer.AddInts("tokenizer.ggml.token_type", {2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 4, 6, 6, 1});
  AddFloats(writer, "tokenizer.ggml.scores", {0, 0, 0, -1, -2, -3, -4, -6, -5, -7, 0, 0, 0, -8});
  return writer;
}

TEST(SentencePieceTest, TheHighestScoreMergesFirst) {
  const auto tokenizer = Make(SentencePieceFile()).value();
  EXPECT_THAT(tokenizer->Encode("abc"), ElementsAre(9, 8));
  EXPECT_THAT(tokenizer->Encode("ab"), ElementsAre(3, 7));
  EXPECT_THAT(tokenizer->Encode("  a"), ElementsAre(13, 9));
  EXPECT_THAT(tokenizer->Encode("aé"), ElementsAre(9, 11, 12));
  EXPECT_THAT(tokenizer->Encode("azza"), ElementsAre(9, 0, 0, 4));
  EXPECT_THAT(tokenizer->Encode(""), ElementsAre());
}

TEST(SentencePieceTest, SpecialTokens) {
  const auto tokenizer = Make(SentencePieceFile()).value();
  EXPECT_EQ(tokenizer->bos_id(), 1);
  EXPECT_TRUE(tokenizer->adds_bos());
  EXPECT_THAT(tokenizer->end_ids(), ElementsAre(2));
  EXPECT_THAT(tokenizer->Encode("a", TokenizeOptions(false, true)), ElementsAre(1, 9));
  // A prefix follows every special token; user-defined ones always match.
  EXPECT_THAT(tokenizer->Encode("a<x>a"), ElementsAre(9, 10, 9));
  EXPECT_THAT(tokenizer->Encode("a</s>a", TokenizeOptions(true, false)), ElementsAre(9, 2, 9));
  EXPECT_THAT(tokenizer->Encode("a</s>"), ElementsAre(9, 0, 0, 0, 0));
}

TEST(SentencePieceTest, DecodingAWholeTextDropsThePrefix) {
  const auto tokenizer = Make(SentencePieceFile()).value();
  const std::vector<TokenId> ids = {9, 11, 12, 3};
  EXPECT_EQ(tokenizer->DecodeDocument(ids), "aé ");
  EXPECT_EQ(tokenizer->Decode(ids), " aé ");  // what a model generates goes on after a text
  TextStream stream;
  EXPECT_EQ(stream.Push(tokenizer->Piece(11)), "");
  EXPECT_EQ(stream.Push(tokenizer->Piece(12)), "é");
  EXPECT_EQ(tokenizer->DecodeDocument({}), "");
}

TEST(SentencePieceTest, ContinuationsGetNoPrefix) {
  const auto tokenizer = Make(SentencePieceFile()).value();
  EXPECT_THAT(tokenizer->EncodeContinuation("abc"), ElementsAre(4, 8));
  EXPECT_THAT(tokenizer->EncodeContinuation(" a"), ElementsAre(9));
  EXPECT_THAT(tokenizer->EncodeContinuation("a<x>a"), ElementsAre(4, 10, 9));
}

TEST(SentencePieceTest, WithoutAPrefix) {
  GgufWriter writer = SentencePieceFile();
  writer.AddBool("tokenizer.ggml.add_space_prefix", false);
  writer.AddBool("tokenizer.ggml.add_bos_token", false);
  const auto tokenizer = Make(writer).value();
  EXPECT_FALSE(tokenizer->adds_space_prefix());
  EXPECT_FALSE(tokenizer->adds_bos());
  EXPECT_THAT(tokenizer->Encode("a a"), ElementsAre(4, 9));
  EXPECT_EQ(tokenizer->DecodeDocument(tokenizer->Encode(" a")), " a");
}

absl::Status StatusWith(const std::function<void(GgufWriter&)>& add) {
  GgufWriter writer;
  add(writer);
  return Make(writer).status();
}

TEST(GgufTokenizerTest, RefusesOtherModelsByName) {
  for (const char* model : {"bert", "t5", "rwkv", "plamo2", "none", ""}) {
    const absl::Status status =
        StatusWith([&](GgufWriter& writer) { writer.AddString("tokenizer.ggml.model", model); });
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(Cat("'", std::string_view(model), "' is not supported")));
  }
  EXPECT_EQ(StatusWith([](GgufWriter&) {}).code(), absl::StatusCode::kNotFound);
}

TEST(GgufTokenizerTest, RefusesContradictions) {
  const auto refused = [](std::string_view model, const std::function<void(GgufWriter&)>& add) {
    const absl::Status status = StatusWith([&](GgufWriter& writer) {
      writer.AddString("tokenizer.ggml.model", model);
      if (model == "gpt2") writer.AddString("tokenizer.ggml.pre", "gpt-2");
      add(writer);
    });
    EXPECT_THAT(std::string(status.message()), ::testing::AnyOf("", HasSubstr("espalier-gguf-tokenizer")));
    return !status.ok();
  };
  const auto tokens = [](GgufWriter& w) { w.AddStrings("tokenizer.ggml.tokens", {"a", "b", "ab"}); };
  const auto with = [&](auto add) {
    return [add, tokens](GgufWriter& writer) {
      tokens(writer);
      add(writer);
    };
  };
  const auto merges = [](std::vector<std::string> list) {
    return [list](GgufWriter& w) { w.AddStrings("tokenizer.ggml.merges", list); };
  };
  EXPECT_FALSE(refused("llama", tokens));
  EXPECT_FALSE(refused("gpt2", with(merges({"a b"}))));
  EXPECT_TRUE(refused("gpt2", tokens));  // no merges
  EXPECT_TRUE(refused("gpt2", with(merges({"a x"}))));
  EXPECT_TRUE(refused("gpt2", with(merges({"ab"}))));
  EXPECT_TRUE(refused("gpt2", with(merges({""}))));
  EXPECT_TRUE(refused("llama", [](GgufWriter&) {}));
  EXPECT_TRUE(refused("llama", [](GgufWriter& w) { w.AddStrings("tokenizer.ggml.tokens", {}); }));
  EXPECT_TRUE(refused("llama", [](GgufWriter& w) { w.AddString("tokenizer.ggml.tokens", "a"); }));
  EXPECT_TRUE(refused(
      "llama", [](GgufWriter& w) { w.AddStrings("tokenizer.ggml.tokens", {std::string(2000, 'a')}); }));
  EXPECT_TRUE(refused("llama", with([](GgufWriter& w) { w.AddInts("tokenizer.ggml.token_type", {1}); })));
  EXPECT_TRUE(refused("llama", with([](GgufWriter& w) { AddFloats(w, "tokenizer.ggml.scores", {1}); })));
  EXPECT_TRUE(refused("llama", with([](GgufWriter& w) { w.AddUint32("tokenizer.ggml.bos_token_id", 3); })));
  EXPECT_TRUE(refused("llama", with([](GgufWriter& w) { w.AddUint32("tokenizer.ggml.eos_token_id", ~0u); })));
  EXPECT_TRUE(refused(
      "llama", with([](GgufWriter& w) { w.AddBool("tokenizer.ggml.remove_extra_whitespaces", true); })));
  EXPECT_TRUE(
      refused("llama", with([](GgufWriter& w) { w.AddString("tokenizer.ggml.add_space_prefix", "yes"); })));
  const auto odd_types = [](GgufWriter& w) { w.AddInts("tokenizer.ggml.token_type", {0, 99, -1}); };
  EXPECT_FALSE(refused("llama", with(odd_types)));
}

TEST(GgufTokenizerTest, ScoresMayBeAnything) {
  GgufWriter writer;
  writer.AddString("tokenizer.ggml.model", "llama");
  writer.AddStrings("tokenizer.ggml.tokens", {"a", "b", "ab", "aba", "\xFF\xFE", ""});
  AddFloats(writer, "tokenizer.ggml.scores",
            {std::nanf(""), -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity(),
             std::nanf(""), 0, 0});
  const auto tokenizer = Make(writer).value();
  EXPECT_THAT(tokenizer->Encode("abab"), ElementsAre(0, 2, 2));  // no "▁": the unknown token is 0
}

}  // namespace
}  // namespace espalier
