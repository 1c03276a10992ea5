#include "reward/ballot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"

namespace espalier {
namespace {

using Vote = std::pair<std::string, double>;  // answer, "" for unparsed; weight

// The definition of the vote, written as plainly as possible.
std::string NaiveWinner(const std::vector<Vote>& votes) {
  std::vector<Vote> totals;
  for (const auto& [answer, weight] : votes) {
    if (answer.empty()) continue;
    auto total = totals.begin();
    while (total != totals.end() && total->first != answer) ++total;
    if (total == totals.end()) {
      totals.emplace_back(answer, weight);
    } else {
      total->second += weight;
    }
  }
  std::string winner;
  double best = -1;
  for (const auto& [answer, weight] : totals) {
    if (weight > best) {
      best = weight;
      winner = answer;
    }
  }
  return winner;
}

// Whether every way for `open` voters to vote, by brute force, leaves `winner`.
bool NoCompletionChanges(std::vector<Vote>& votes, int64_t open, const std::vector<Vote>& choices,
                         const std::string& winner) {
  if (NaiveWinner(votes) != winner && open == 0) return false;
  if (open == 0) return true;
  for (const Vote& choice : choices) {
    votes.push_back(choice);
    const bool unchanged = NoCompletionChanges(votes, open - 1, choices, winner);
    votes.pop_back();
    if (!unchanged) return false;
  }
  return true;
}

// Casts a random history vote by vote and compares with brute force after each. Returns how often the vote
// was found decided with voters still open.
int64_t CompareWithBruteForce(uint64_t seed, int64_t voters, const std::vector<double>& weights,
                              double max_weight) {
  const std::vector<std::string> answers = {"a", "b", "c", "", "a"};
  std::vector<Vote> choices = {{"", max_weight}};
  for (const char* answer : {"a", "b", "c", "new", "newer"}) {
    for (const double weight : {max_weight, weights[0]}) choices.emplace_back(answer, weight);
  }
  BallotOptions options;
  options.voters = voters;
  options.max_weight = max_weight;
  Ballot ballot(options);
  std::vector<Vote> votes;
  int64_t decided_early = 0;
  for (int64_t i = 0; i < voters; ++i) {
    const std::string& answer = answers[static_cast<size_t>(UniformDraw(seed, i, 0) * answers.size())];
    const double weight = weights[static_cast<size_t>(UniformDraw(seed, i, 1) * weights.size())];
    ballot.Cast(answer, weight);
    votes.emplace_back(answer, weight);
    EXPECT_EQ(ballot.Winner(), NaiveWinner(votes));
    if (ballot.open() > 3) continue;  // too many completions for brute force
    const bool decided = NoCompletionChanges(votes, ballot.open(), choices, ballot.Winner());
    EXPECT_EQ(ballot.Decided(), decided) << "seed " << seed << ", vote " << i;
    decided_early += decided && ballot.open() > 0;
  }
  return decided_early;
}

TEST(BallotTest, UnitVotesAreDecidedExactlyWhenNoCompletionChangesTheWinner) {
  int64_t decided_early = 0;
  for (uint64_t seed = 0; seed < 300; ++seed)
    decided_early += CompareWithBruteForce(seed, 1 + seed % 7, {1}, 1);
  EXPECT_GT(decided_early, 50);
}

TEST(BallotTest, WeightedVotesAreDecidedExactlyWhenNoCompletionChangesTheWinner) {
  int64_t decided_early = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    decided_early += CompareWithBruteForce(seed, 3 + seed % 5, {0, 0.25, 0.5, 1}, 1);
  }
  EXPECT_GT(decided_early, 20);
}

// 0.1 + 0.1 + 0.1 > 0.3 in doubles: a rule that multiplies instead of adding errs here.
TEST(BallotTest, DecidesInTheArithmeticOfTheVote) {
  int64_t decided_early = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    decided_early += CompareWithBruteForce(seed, 3 + seed % 5, {0.1, 0.2, 0.3}, 0.3);
    decided_early += CompareWithBruteForce(seed, 3 + seed % 5, {0.1}, 0.1);
  }
  EXPECT_GT(decided_early, 20);
}

TEST(BallotTest, TiesGoToTheClassThatWasVotedForFirst) {
  Ballot ballot(4);
  ballot.Cast("7");
  ballot.Cast("8");
  EXPECT_EQ(ballot.Winner(), "7");
  ballot.Cast("8");
  EXPECT_EQ(ballot.Winner(), "8");
  EXPECT_FALSE(ballot.Decided());  // one vote for 7 would win the tie
  ballot.Cast("7");
  EXPECT_EQ(ballot.Winner(), "7");
}

TEST(BallotTest, FirstClassNeedsNoMoreThanATie) {
  Ballot ballot(4);
  ballot.Cast("7");
  EXPECT_FALSE(ballot.Decided());
  ballot.Cast("7");
  EXPECT_TRUE(ballot.Decided());  // the two open votes can only tie
}

TEST(BallotTest, EqualAnswersVoteTogetherUnderTheFirstSpelling) {
  Ballot ballot(3);
  ballot.Cast("$42.00");
  ballot.Cast("41");
  ballot.Cast("42");
  EXPECT_EQ(ballot.Winner(), "$42.00");
  EXPECT_EQ(ballot.classes()[0].votes, 2);
  EXPECT_EQ(ballot.Margin(), 1);
}

TEST(BallotTest, UnparsedAnswersUseAVoterUpWithoutVoting) {
  Ballot ballot(3);
  ballot.Cast("");
  ballot.Cast("  ");
  EXPECT_EQ(ballot.unparsed(), 2);
  EXPECT_EQ(ballot.open(), 1);
  EXPECT_EQ(ballot.Winner(), "");
  EXPECT_FALSE(ballot.Decided());
  ballot.Cast("");
  EXPECT_TRUE(ballot.Decided());
  EXPECT_EQ(ballot.Winner(), "");
  EXPECT_TRUE(ballot.classes().empty());
}

TEST(BallotTest, AVoteWithoutVotersIsDecided) {
  Ballot ballot(0);
  EXPECT_TRUE(ballot.Decided());
  EXPECT_EQ(ballot.Winner(), "");
  EXPECT_EQ(ballot.Margin(), 0);
}

TEST(BallotTest, StopRuleNoneWaitsForEveryVoter) {
  BallotOptions options;
  options.voters = 2;
  options.stop_rule = StopRule::kNone;
  Ballot ballot(options);
  ballot.Cast("1");
  EXPECT_TRUE(ballot.Decided());
  EXPECT_FALSE(ballot.ShouldStop());
  ballot.Cast("2");
  EXPECT_TRUE(ballot.ShouldStop());
}

TEST(BallotTest, TakesAnotherEquality) {
  BallotOptions options;
  options.voters = 3;
  options.equality = [](std::string_view a, std::string_view b) { return a.substr(0, 1) == b.substr(0, 1); };
  Ballot ballot(options);
  for (const char* answer : {"yes", "no", "yep"}) ballot.Cast(answer);
  EXPECT_EQ(ballot.Winner(), "yes");
  EXPECT_EQ(ballot.classes().size(), 2u);
}

TEST(BallotTest, CertaintyCountsVotesNotWeights) {
  Ballot ballot(6);
  for (const char* answer : {"1", "1", "1", "2", "2", ""}) ballot.Cast(answer, answer[0] == '1' ? 1 : 0.5);
  EXPECT_NEAR(ballot.Certainty(), 0.58183434, 1e-8);
  EXPECT_EQ(ballot.Margin(), 2);
}

TEST(BallotDeathTest, RejectsVotesThatWouldBreakTheRule) {
  Ballot ballot(1);
  EXPECT_DEATH(ballot.Cast("1", 1.5), "weight");
  EXPECT_DEATH(ballot.Cast("1", -1), "weight");
  EXPECT_DEATH(ballot.Cast("1", std::numeric_limits<double>::quiet_NaN()), "weight");
  ballot.Cast("1");
  EXPECT_DEATH(ballot.Cast("1"), "vote 2 of 1");
}

}  // namespace
}  // namespace espalier
