#include "engine/stop_matcher.h"

#include <random>

#include "gtest/gtest.h"

namespace espalier {
namespace {

// Pushes until the first match.
std::optional<StopMatch> FirstMatch(const StopSet& stops, const std::vector<std::string>& pieces,
                                    bool include_stop = false) {
  StopMatcher matcher(stops, include_stop);
  for (const std::string& piece : pieces) {
    if (const auto match = matcher.Push(piece)) return match;
  }
  return std::nullopt;
}

StopMatch Cut(int32_t stop, int64_t text_end, int64_t whole_tokens, int64_t partial_bytes) {
  return {stop, text_end, whole_tokens, partial_bytes};
}

TEST(StopMatcherTest, CutsBetweenAndInsideTokens) {
  const StopSet stops({"\nQ:", "END"});
  EXPECT_EQ(FirstMatch(stops, {"one", " two", "\nQ", ":"}), Cut(0, 7, 2, 0));
  EXPECT_EQ(FirstMatch(stops, {"one", " twoE", "N", "D!"}), Cut(1, 7, 1, 4));
  EXPECT_EQ(FirstMatch(stops, {"END"}), Cut(1, 0, 0, 0));
  EXPECT_EQ(FirstMatch(stops, {"one", "EN", "END"}), Cut(1, 5, 2, 0));
  EXPECT_EQ(FirstMatch(stops, {"one", "\nQ", "\nE", "N"}), std::nullopt);
}

TEST(StopMatcherTest, CanIncludeTheStop) {
  const StopSet stops({"END"});
  EXPECT_EQ(FirstMatch(stops, {"a", "EN", "D!"}, true), Cut(0, 4, 2, 1));
  EXPECT_EQ(FirstMatch(stops, {"a", "EN", "D"}, true), Cut(0, 4, 3, 0));
}

TEST(StopMatcherTest, TokensWithoutTextRemain) {
  const StopSet stops({"END"});
  EXPECT_EQ(FirstMatch(stops, {"a", "", "END"}), Cut(0, 1, 2, 0));
  EXPECT_EQ(FirstMatch(stops, {"a", "E", "", "ND"}), Cut(0, 1, 1, 0));
}

TEST(StopMatcherTest, EmptyStopsNeverMatch) {
  EXPECT_TRUE(StopSet({}).empty());
  EXPECT_EQ(FirstMatch(StopSet({}), {"a"}), std::nullopt);
  EXPECT_EQ(FirstMatch(StopSet({""}), {"a", ""}), std::nullopt);
  EXPECT_EQ(FirstMatch(StopSet({"", "b"}), {"ab"}), Cut(1, 1, 0, 1));
}

TEST(StopMatcherTest, SettlesWhatCanNoLongerBelongToAStop) {
  const StopSet stops({"abc"});
  StopMatcher matcher(stops);
  EXPECT_EQ(matcher.settled_bytes(), 0);
  matcher.Push("xxab");
  EXPECT_EQ(matcher.settled_bytes(), 2);
  matcher.Push("a");
  EXPECT_EQ(matcher.settled_bytes(), 4);
  matcher.Push("x");
  EXPECT_EQ(matcher.settled_bytes(), 6);
}

// The match that ends first, of those the longest stop, of equal stops the first; found by trying all.
std::optional<StopMatch> FindNaively(const std::vector<std::string>& stops,
                                     const std::vector<std::string>& pieces, bool include_stop) {
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  for (size_t end = 1; end <= text.size(); ++end) {
    int best = -1;
    for (size_t i = 0; i < stops.size(); ++i) {
      if (stops[i].empty() || !std::string_view(text).substr(0, end).ends_with(stops[i])) continue;
      if (best < 0 || stops[i].size() > stops[best].size()) best = static_cast<int>(i);
    }
    if (best < 0) continue;
    StopMatch match = Cut(best, static_cast<int64_t>(include_stop ? end : end - stops[best].size()), 0, 0);
    int64_t bytes = 0;
    for (const std::string& piece : pieces) {
      const auto next = bytes + static_cast<int64_t>(piece.size());
      if (next > match.text_end) break;
      bytes = next;
      ++match.whole_tokens;
    }
    match.partial_bytes = match.text_end - bytes;
    return match;
  }
  return std::nullopt;
}

std::string RandomLetters(std::mt19937& random, size_t size) {
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>('a' + random() % 2);
  return text;
}

TEST(StopMatcherTest, EqualsNaiveSearch) {
  std::mt19937 random(5);
  int matches = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::string> stops(random() % 5), pieces(random() % 8);
    for (std::string& stop : stops) stop = RandomLetters(random, random() % 7);
    for (std::string& piece : pieces) piece = RandomLetters(random, random() % 4);
    const bool include_stop = random() % 2 == 0;
    const auto expected = FindNaively(stops, pieces, include_stop);
    // The matcher stops pushing at the token that completes the match: later empty tokens do not count.
    const StopSet set(stops);
    StopMatcher matcher(set, include_stop);
    std::vector<std::string> pushed;
    std::optional<StopMatch> match;
    for (const std::string& piece : pieces) {
      pushed.push_back(piece);
      if ((match = matcher.Push(piece))) break;
    }
    ASSERT_EQ(match, FindNaively(stops, pushed, include_stop));
    ASSERT_EQ(match.has_value(), expected.has_value());
    matches += match.has_value();
  }
  EXPECT_GT(matches, 5000);
}

}  // namespace
}  // namespace espalier
