#include "engine/text_stream.h"

#include <random>

#include "base/text.h"
#include "base/utf8.h"
#include "gtest/gtest.h"

namespace espalier {
namespace {

bool IsValidUtf8(std::string_view text) { return ToValidUtf8(text) == text; }

TEST(TextStreamTest, HoldsBackUnfinishedCharacters) {
  TextStream stream;
  EXPECT_EQ(stream.Push("a\xF0\x9F"), "a");
  EXPECT_EQ(stream.Push("\xA6"), "");
  EXPECT_EQ(stream.Push("\x99!"), "🦙!");
  EXPECT_EQ(stream.Push("\xE2\x82"), "");
  EXPECT_EQ(stream.Flush(), "\uFFFD\uFFFD");
  EXPECT_EQ(stream.Flush(), "");
}

TEST(TextStreamTest, DoesNotWaitForWhatCannotCome) {
  TextStream stream;
  EXPECT_EQ(stream.Push("\xFF"), "\uFFFD");
  EXPECT_EQ(stream.Push("\xED\xA0"), "\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(stream.Push("\xE2"), "");
  EXPECT_EQ(stream.Push("x"), "\uFFFDx");
}

TEST(TextStreamTest, AnySplitGivesTheWholeTextInValidPieces) {
  std::mt19937 random(3);
  const std::string alphabet = "ab\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA6\x99\xED\xA0\x80\xFF\xF4\x90";
  for (int round = 0; round < 3000; ++round) {
    TextStream stream;
    std::string bytes, text;
    for (int token = 0; token < 12; ++token) {
      std::string piece;
      for (auto size = random() % 4; size > 0; --size) piece += alphabet[random() % alphabet.size()];
      if (random() % 2 == 0) piece += "é🦙";
      bytes += piece;
      const std::string settled = stream.Push(piece);
      EXPECT_TRUE(IsValidUtf8(settled));
      text += settled;
    }
    text += stream.Flush();
    EXPECT_EQ(text, ToValidUtf8(bytes));
  }
}

}  // namespace
}  // namespace espalier
