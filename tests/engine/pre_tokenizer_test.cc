#include "engine/pre_tokenizer.h"

#include <chrono>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/engine/golden_vocabulary.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Pieces = std::vector<std::string>;

Pieces Split(const PreTokenizer& pre_tokenizer, std::string_view text) {
  std::vector<std::string_view> pieces;
  pre_tokenizer.Split(text, pieces);
  return Pieces(pieces.begin(), pieces.end());
}

Pieces Split(std::string_view pattern, std::string_view text,
             SplitBehavior behavior = SplitBehavior::kIsolated, bool invert = false) {
  PreTokenizer pre_tokenizer;
  pre_tokenizer.Add({SplitPattern::Compile(pattern).value(), behavior, invert});
  return Split(pre_tokenizer, text);
}

// What PyPI's `tokenizers` makes of the same, for each behavior.
TEST(PreTokenizerTest, Behaviors) {
  EXPECT_EQ(Split("-", "--ab-c--"), (Pieces{"-", "-", "ab", "-", "c", "-", "-"}));
  EXPECT_EQ(Split("-", "--ab-c--", SplitBehavior::kRemoved), (Pieces{"ab", "c"}));
  EXPECT_EQ(Split("-", "--ab-c--", SplitBehavior::kMergedWithPrevious), (Pieces{"-", "-", "ab-", "c-", "-"}));
  EXPECT_EQ(Split("-", "--ab-c--", SplitBehavior::kMergedWithNext), (Pieces{"-", "-ab", "-c", "-", "-"}));
  EXPECT_EQ(Split("-", "--ab-c--", SplitBehavior::kContiguous), (Pieces{"--", "ab", "-", "c", "--"}));
  EXPECT_EQ(Split("[a-z]+", "--ab-c--", SplitBehavior::kRemoved, true), (Pieces{"ab", "c"}));
  EXPECT_EQ(Split("-", "", SplitBehavior::kIsolated), Pieces{});
}

TEST(PreTokenizerTest, EmptyMatchesCut) {
  EXPECT_EQ(Split("(?=b)", "abcbb"), (Pieces{"a", "bc", "b", "b"}));
  EXPECT_EQ(Split("x*", "éx"), (Pieces{"é", "x"}));
}

TEST(PreTokenizerTest, InvalidBytesArePiecesOfTheirOwn) {
  EXPECT_EQ(Split("b",
                  "ab\xFF\xFE"
                  "b"),
            (Pieces{"a", "b", "\xFF\xFE", "b"}));
  EXPECT_EQ(Split(PreTokenizer(), "ab\xC3"), (Pieces{"ab", "\xC3"}));
}

TEST(PreTokenizerTest, PatternsMeanWhatTokenizerFilesMean) {
  EXPECT_EQ(Split(R"(\s+)", "a\u180e\u00a0\u0085b"), (Pieces{"a\u180e", "\u00a0\u0085", "b"}));
  EXPECT_EQ(Split(R"([^\s]+)", "a\u180e b"), (Pieces{"a\u180e", " ", "b"}));
  EXPECT_EQ(Split(R"(\S+)", "a\u180e b"), (Pieces{"a\u180e", " ", "b"}));
  EXPECT_EQ(Split(R"(\w+)", "ne\u0301_1!"), (Pieces{"ne\u0301_1", "!"}));
  EXPECT_EQ(Split(R"(\h+)", "xfFz"), (Pieces{"x", "fF", "z"}));
  EXPECT_EQ(Split(R"(\u00e9)", "aéb"), (Pieces{"a", "é", "b"}));
  EXPECT_EQ(Split("(?i:'s)", "a'S'ſ"), (Pieces{"a", "'S", "'ſ"}));
  EXPECT_EQ(Split("^b$", "a\nb\nc"), (Pieces{"a\n", "b", "\nc"}));
  EXPECT_EQ(Split(R"([]a\]]+)", "x]a[y"), (Pieces{"x", "]a", "[y"}));
  EXPECT_EQ(Split(R"([[:alpha:],]+)", "1a,:2"), (Pieces{"1", "a,", ":2"}));
}

TEST(PreTokenizerTest, RefusesWhatIsNoPattern) {
  for (const char* pattern : {"(", "[a", "a{2,1}", R"(\p{Nonsense})", "(?<=a+)b", R"(\)", R"(\C)"}) {
    const absl::Status status = SplitPattern::Compile(pattern).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << pattern;
  }
  for (const char* pattern : {"[a[b]]", "[a&&b]", "(?m)a.b"}) {
    EXPECT_EQ(SplitPattern::Compile(pattern).status().code(), absl::StatusCode::kUnimplemented) << pattern;
  }
  EXPECT_FALSE(SplitPattern::Compile(std::string(100'000, 'a')).ok());
  EXPECT_FALSE(SplitPattern::Compile(std::string(60'000, '(')).ok());
}

// Without a budget each of these would take hours, or more memory than there is.
TEST(PreTokenizerTest, HostilePatternsEnd) {
  const std::string text(100'000, 'a');
  for (const char* pattern : {"(a+)+$x", "(a|aa)+b", "(?=.*b)a|a", "(a*)*b", "(?:a?){200}a{200}b", "a.*.*.*b",
                              "(?R)?a(?R)?b", "((a)|b)*c", "(?=(a+)\\1b)a"}) {
    const auto start = std::chrono::steady_clock::now();
    const Pieces pieces = Split(pattern, text);
    std::string joined;
    for (const std::string& piece : pieces) joined += piece;
    EXPECT_EQ(joined, text) << pattern;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60)) << pattern;
  }
}

// Long runs cost more steps than one match may take by itself; the budget for the text covers them.
TEST(PreTokenizerTest, LongRunsStayExact) {
  for (const char* name : {"gpt-2", "llama-bpe", "qwen2", "tekken", "gpt-4o", "deepseek-v3"}) {
    const PreTokenizer pre_tokenizer = FindPreTokenizerFamily(name).value().pre_tokenizer;
    for (const std::string unit : {" ", "a", "A", "!", "\u3042"}) {
      std::string run;
      while (run.size() < 300'000) run += unit;
      EXPECT_EQ(Split(pre_tokenizer, run + " b"), (Pieces{run, " b"})) << name << " '" << unit << "'";
    }
  }
}

TEST(PreTokenizerTest, RefusesUnknownFamiliesByName) {
  const absl::Status status = FindPreTokenizerFamily("no-such-name").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'no-such-name'"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("qwen2"));
}

// The first 8 digits of the hash of the pieces' sizes, as make_random_texts.py writes it.
std::string DigestSizes(const Pieces& pieces) {
  uint64_t state = 0xCBF29CE484222325;
  for (const std::string& piece : pieces) {
    for (int shift = 0; shift < 32; shift += 8) {
      state = (state ^ (static_cast<uint32_t>(piece.size()) >> shift & 0xFF)) * 0x100000001B3;
    }
  }
  return absl::StrFormat("%016x", state).substr(0, 8);
}

TEST(PreTokenizerTest, FamiliesSplitLikeTokenizers) {
  const auto families = nlohmann::json::parse(ReadGolden("pre_tokenizers.json"));
  EXPECT_EQ(families.size(), 11);
  const std::vector<std::string> lines = SplitAt(InflateGolden("random_texts.jsonl.gz"), "\n");
  for (const auto& [name, digests] : families.items()) {
    const PreTokenizer pre_tokenizer = FindPreTokenizerFamily(name).value().pre_tokenizer;
    for (size_t i = 0; i < digests.size(); ++i) {
      const auto text = nlohmann::json::parse(lines[i])["text"].get<std::string>();
      const Pieces pieces = Split(pre_tokenizer, text);
      EXPECT_EQ(DigestSizes(pieces), digests[i].get<std::string>())
          << name << ": " << nlohmann::json(text) << " " << nlohmann::json(pieces);
    }
  }
}

}  // namespace
}  // namespace espalier
