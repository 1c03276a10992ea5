#include "cli/tokenize.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/gguf_writer.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;

class TokenizeCommandTest : public testing::Test {
 protected:
  TokenizeCommandTest() {
    GgufWriter writer;
    writer.AddString("tokenizer.ggml.model", "gpt2");
    writer.AddString("tokenizer.ggml.pre", "gpt-2");
    writer.AddStrings("tokenizer.ggml.tokens", {"a", "b", "ab", "Ġ", "<e>", "Ċ", "Ã"});
    writer.AddInts("tokenizer.ggml.token_type", {1, 1, 1, 1, 3, 1, 1});
    writer.AddStrings("tokenizer.ggml.merges", {"a b"});
    options_.common.model = Write("model.gguf", writer.Finish());
    options_.common.json = true;
  }
  ~TokenizeCommandTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories(folder_);
    const std::string path = folder_ + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  std::string Output() {
    std::ostringstream out;
    const absl::Status status = RunTokenize(options_, out);
    return status.ok() ? out.str() : Cat("error: ", ToStd(status.message()));
  }

  const std::string folder_ = Cat(testing::TempDir(), "espalier-tokenize-",
                                  testing::UnitTest::GetInstance()->current_test_info()->name(), "/");
  TokenizeCommandOptions options_;
};

TEST_F(TokenizeCommandTest, PrintsOneListPerDocument) {
  options_.text = "ab a";
  EXPECT_EQ(Output(), "{\"ids\":[[2,3,0]]}\n");
  options_.separator = " ";
  EXPECT_EQ(Output(), "{\"ids\":[[2],[0]]}\n");
  options_.separator.clear();
  options_.text.reset();
  options_.file = Write("text", "ab\n--\n\n--\nb");
  EXPECT_EQ(Output(), "{\"ids\":[[2,5,5,5,5,1]]}\n");
  options_.separator = "\n--\n";
  EXPECT_EQ(Output(), "{\"ids\":[[2],[],[1]]}\n");
  options_.common.json = false;
  EXPECT_EQ(Output(), "2\n\n1\n");
}

TEST_F(TokenizeCommandTest, EmptyTextIsOneEmptyDocument) {
  options_.text = "";
  EXPECT_EQ(Output(), "{\"ids\":[[]]}\n");
  options_.text.reset();
  options_.file = Write("text", "");
  EXPECT_EQ(Output(), "{\"ids\":[[]]}\n");
}

TEST_F(TokenizeCommandTest, SpecialTokensOnRequest) {
  options_.text = "a<e>";
  EXPECT_EQ(Output(), "{\"ids\":[[0]]}\n");  // this vocabulary cannot spell "<e>"
  options_.special = true;
  EXPECT_EQ(Output(), "{\"ids\":[[0,4]]}\n");
}

TEST_F(TokenizeCommandTest, DecodesIds) {
  options_.decode = "2 3, 0\n4";
  EXPECT_EQ(Output(), "{\"text\":\"ab a\"}\n");
  options_.special = true;
  options_.common.json = false;
  EXPECT_EQ(Output(), "ab a<e>\n");
  options_.decode = "6";  // half a character
  options_.common.json = true;
  EXPECT_EQ(Output(), "{\"text\":\"\uFFFD\"}\n");
}

TEST_F(TokenizeCommandTest, SentencePieceRoundTrips) {
  GgufWriter writer;
  writer.AddString("tokenizer.ggml.model", "llama");
  writer.AddStrings("tokenizer.ggml.tokens", {"<unk>", "<s>", "</s>", "▁", "a", "▁a", "<0x62>"});
  writer.AddInts("tokenizer.ggml.token_type", {2, 3, 3, 1, 1, 1, 6});
  options_.common.model = Write("spm.gguf", writer.Finish());
  options_.text = "a a  b";
  EXPECT_EQ(Output(), "{\"ids\":[[5,5,3,3,6]]}\n");
  options_.text.reset();
  options_.decode = "5 5 3 3 6";
  EXPECT_EQ(Output(), "{\"text\":\"a a  b\"}\n");
}

TEST_F(TokenizeCommandTest, TakesAFolder) {
  Write("config.json", "{}");
  Write("tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]},
                              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}})");
  options_.common.model = folder_;
  options_.text = "aba";
  EXPECT_EQ(Output(), "{\"ids\":[[2,0]]}\n");
  Write("tokenizer.json", R"({"model": {"type": "Unigram"}})");
  EXPECT_THAT(Output(), HasSubstr("model 'Unigram' is not supported"));
  EXPECT_THAT(Output(), HasSubstr(folder_));
}

TEST_F(TokenizeCommandTest, RefusesBadInputWithARemedy) {
  EXPECT_THAT(Output(), HasSubstr("give one of --text, --file and --decode"));
  options_.decode = "1";
  options_.separator = "-";
  EXPECT_THAT(Output(), HasSubstr("--separator"));
  options_.separator.clear();
  for (const char* ids : {"7", "-1", "1x", "99999999999", "1.5"}) {
    options_.decode = ids;
    EXPECT_THAT(Output(), HasSubstr(Cat("'", std::string_view(ids),
                                        "' is not a token id; give whole numbers from 0 to ")));
  }
  options_.decode.reset();
  options_.file = folder_ + "missing";
  EXPECT_THAT(Output(), HasSubstr("missing"));
  options_.file.reset();
  options_.text = "a";
  options_.common.model = Write("foreign", "not a model");
  EXPECT_THAT(Output(), HasSubstr("foreign"));
}

}  // namespace
}  // namespace espalier
