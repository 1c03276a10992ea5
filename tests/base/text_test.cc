#include "base/text.h"

#include <vector>

#include "gtest/gtest.h"

namespace espalier {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string EncodeUtf8(uint32_t code) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | (code >> 6)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
}

bool IsSurrogate(uint32_t code) { return code >= 0xD800 && code <= 0xDFFF; }

TEST(NearestMatch, FindsTyposPrefixesAndNothingFar) {
  const std::vector<std::string> programs = {"cot", "sc", "rebase", "mcts", "qwen2.5-coder-0.5b-instruct"};
  EXPECT_EQ(NearestMatch("rebsae", programs), "rebase");
  EXPECT_EQ(NearestMatch("MCTS", programs), "mcts");
  EXPECT_EQ(NearestMatch("qwen2.5-coder-0.5b", programs), "qwen2.5-coder-0.5b-instruct");
  EXPECT_EQ(NearestMatch("something else", programs), "");
  EXPECT_EQ(NearestMatch("cot", {}), "");
  EXPECT_EQ(DidYouMean("mtcs", programs), " (did you mean 'mcts'?)");
  EXPECT_EQ(DidYouMean("something else", programs), "");
}

TEST(ParseBytes, AcceptsBinaryUnits) {
  EXPECT_EQ(*ParseBytes("1048576"), 1 << 20);
  EXPECT_EQ(*ParseBytes("512M"), int64_t{512} << 20);
  EXPECT_EQ(*ParseBytes("2GiB"), int64_t{2} << 30);
  EXPECT_EQ(*ParseBytes("2gb"), int64_t{2} << 30);
  EXPECT_EQ(*ParseBytes("1.5G"), int64_t{3} << 29);
  EXPECT_EQ(*ParseBytes("1T"), int64_t{1} << 40);
  EXPECT_EQ(*ParseBytes("64k"), 64 << 10);
  EXPECT_EQ(*ParseBytes("17B"), 17);
}

TEST(ParseBytes, RejectsTheRestWithTheRemedy) {
  for (const char* text : {"", "0", "-1", "-1G", "G", "1X", "1GG", "1 G", "1.2.3M", "1e3", "nan", "inf",
                           "99999999999G", "0x10", "1.5.G", "."}) {
    const absl::StatusOr<int64_t> bytes = ParseBytes(text);
    ASSERT_FALSE(bytes.ok()) << text;
    EXPECT_TRUE(absl::IsInvalidArgument(bytes.status()));
    EXPECT_NE(std::string(bytes.status().message()).find("such as 512M"), std::string::npos)
        << bytes.status();
  }
}

TEST(FormatBytes, OneDigitAboveBytes) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(1023), "1023 B");
  EXPECT_EQ(FormatBytes(1024), "1.0 KiB");
  EXPECT_EQ(FormatBytes(98362432), "93.8 MiB");
  EXPECT_EQ(FormatBytes(int64_t{5} << 40), "5.0 TiB");
  EXPECT_EQ(FormatBytes(int64_t{5} << 50), "5120.0 TiB");
}

TEST(ToValidUtf8, KeepsEveryCodePoint) {
  for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
    if (IsSurrogate(code)) continue;
    const std::string text = EncodeUtf8(code);
    ASSERT_EQ(ToValidUtf8(text), text) << "U+" << std::hex << code;
  }
}

TEST(ToValidUtf8, ReplacesSurrogatesAndWhatLiesBeyondUnicode) {
  std::string expected;
  for (int i = 0; i < 3; ++i) expected += kReplacement;
  for (uint32_t code = 0xD800; code <= 0xDFFF; ++code) ASSERT_EQ(ToValidUtf8(EncodeUtf8(code)), expected);
  expected += kReplacement;
  for (uint32_t code = 0x110000; code < 0x200000; code += 0x111)
    ASSERT_EQ(ToValidUtf8(EncodeUtf8(code)), expected);
}

// Counting argument: of all sequences of a length, exactly the encodings of code points pass unchanged.
TEST(ToValidUtf8, RejectsEverythingElse) {
  int64_t pairs = 0;
  for (uint32_t bits = 0x8000; bits <= 0xFFFF; ++bits) {
    const std::string bytes = {static_cast<char>(bits >> 8), static_cast<char>(bits)};
    pairs += ToValidUtf8(bytes) == bytes ? 1 : 0;
  }
  EXPECT_EQ(pairs, 0x800 - 0x80);
  int64_t triples = 0;
  for (uint32_t bits = 0xE00000; bits <= 0xFFFFFF; ++bits) {
    const std::string bytes = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                               static_cast<char>(bits)};
    triples += ToValidUtf8(bytes) == bytes ? 1 : 0;
  }
  EXPECT_EQ(triples, 0x10000 - 0x800 - 0x800);
}

TEST(ToValidUtf8, ReplacesByteByByteAndResumes) {
  const std::string r(kReplacement);
  EXPECT_EQ(ToValidUtf8("a\xC3"), "a" + r);                   // cut off
  EXPECT_EQ(ToValidUtf8("\xE2\x82z"), r + r + "z");           // cut off before ASCII
  EXPECT_EQ(ToValidUtf8("\xC0\xAF"), r + r);                  // overlong '/'
  EXPECT_EQ(ToValidUtf8("\xF0\x82\x82\xAC"), r + r + r + r);  // overlong euro sign
  EXPECT_EQ(ToValidUtf8("\x80ok\xFF"), r + "ok" + r);
  EXPECT_EQ(ToValidUtf8(""), "");
}

TEST(OneLine, KeepsTextAndReplacesWhatATerminalWouldObey) {
  const std::string r(kReplacement);
  EXPECT_EQ(OneLine("blk.0.attn_q.weight"), "blk.0.attn_q.weight");
  EXPECT_EQ(OneLine("caf\u00e9 \u6570"), "caf\u00e9 \u6570");
  EXPECT_EQ(OneLine("a\nb\x1b[2J\x7f"), "a" + r + "b" + r + "[2J" + r);
  EXPECT_EQ(OneLine("\xC2\x9B[2J\xFF"), r + "[2J" + r) << "C1 control, then a stray byte";
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(OneLine("0123456789", 10), "0123456789");
  EXPECT_EQ(OneLine("0123456789a", 10), "0123456...");
  EXPECT_EQ(OneLine("12345\u00e9\u00e9\u00e9", 10), "12345\u00e9...");
  EXPECT_EQ(OneLine("123456\u00e9\u00e9\u00e9", 10), "123456...");
  EXPECT_LE(OneLine(std::string(5000, '\n'), 100).size(), 100u);
}

}  // namespace
}  // namespace espalier
