#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "benchmarks/math/resampling.h"
#include "reward/ballot.h"
#include "tests/benchmarks/math_fixture.h"

namespace espalier {
namespace {

// Classes are named by letters, '-' does not vote; 'a' is right.
std::vector<SampleVote> Votes(std::string_view letters, const std::vector<double>& weights = {}) {
  std::vector<SampleVote> votes;
  for (const char letter : letters) {
    SampleVote& vote = votes.emplace_back();
    if (!weights.empty()) vote.weight = vote.score = weights[votes.size() - 1];
    if (letter == '-') continue;
    vote.answer_class = letter - 'a';
    vote.correct = letter == 'a';
  }
  return votes;
}

// The vote of one subset as a Ballot, the code that programs run, decides it.
bool BallotIsRight(const std::vector<SampleVote>& votes, uint32_t subset) {
  BallotOptions options;
  options.voters = static_cast<int64_t>(votes.size());
  options.stop_rule = StopRule::kNone;
  Ballot ballot(options);
  for (size_t i = 0; i < votes.size(); ++i) {
    if ((subset >> i & 1) == 0) continue;
    const int32_t answer_class = votes[i].answer_class;
    ballot.Cast(answer_class < 0 ? "" : std::to_string(answer_class), votes[i].weight);
  }
  return ballot.Winner() == "0";
}

bool BestIsRight(const std::vector<SampleVote>& votes, uint32_t subset) {
  const SampleVote* best = nullptr;
  for (size_t i = 0; i < votes.size(); ++i) {
    if ((subset >> i & 1) == 0 || votes[i].score < 0) continue;
    if (best == nullptr || votes[i].score > best->score) best = &votes[i];
  }
  return best != nullptr && best->correct;
}

template <typename IsRight>
double ShareOfSubsets(const std::vector<SampleVote>& votes, int64_t k, const IsRight& is_right) {
  double right = 0, all = 0;
  for (uint32_t subset = 0; subset < (1U << votes.size()); ++subset) {
    if (__builtin_popcount(subset) != k) continue;
    ++all;
    if (is_right(votes, subset)) ++right;
  }
  return right / all;
}

TEST(ResamplingTest, PassAtKIsTheExactFraction) {
  EXPECT_NEAR(PassAtK(10, 3, 1), 0.3, 1e-15);
  EXPECT_NEAR(PassAtK(10, 3, 5), 0.91666666666666667, 1e-15);
  int64_t cases = 0;
  for (const StatisticsGolden& golden : ReadStatistics("pass")) {
    const auto at = [&](size_t i) { return static_cast<int64_t>(golden.arguments[i]); };
    EXPECT_NEAR(PassAtK(at(0), at(1), at(2)), golden.values[0], 1e-11)
        << at(0) << " " << at(1) << " " << at(2);
    ++cases;
  }
  EXPECT_GT(cases, 20);
}

TEST(ResamplingTest, MajorityAndBestEqualTheCountOverAllSubsets) {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    std::string letters;
    std::vector<double> weights;
    for (int i = 0; i < 9; ++i) {
      letters += "aabbcd--"[random() % 8];
      weights.push_back(static_cast<double>(random() % 4) / 4);
    }
    const std::vector<SampleVote> plain = Votes(letters);
    std::vector<SampleVote> weighted = Votes(letters, weights);
    if (round % 2 == 1) weighted[round % 9].score = -1;
    for (int64_t k = 1; k <= 9; ++k) {
      EXPECT_NEAR(MajorityAtK(plain, k, {}), ShareOfSubsets(plain, k, BallotIsRight), 1e-12) << letters << k;
      EXPECT_NEAR(MajorityAtK(weighted, k, {}), ShareOfSubsets(weighted, k, BallotIsRight), 1e-12)
          << letters << k;
      EXPECT_NEAR(BestAtK(weighted, k), ShareOfSubsets(weighted, k, BestIsRight), 1e-12) << letters << k;
    }
  }
}

TEST(ResamplingTest, EqualVotesGoToTheEarliest) {
  EXPECT_EQ(MajorityAtK(Votes("ab"), 2, {}), 1);
  EXPECT_EQ(MajorityAtK(Votes("ba"), 2, {}), 0);
  EXPECT_EQ(MajorityAtK(Votes("baab"), 4, {}), 0);
  EXPECT_EQ(MajorityAtK(Votes("--"), 2, {}), 0);
}

// Two answers of one class of which only one is graded right: the earliest in the subset is the answer.
TEST(ResamplingTest, TheEarliestAnswerOfTheWinnerIsGraded) {
  std::vector<SampleVote> votes = Votes("aa");
  votes[0].correct = false;
  EXPECT_EQ(MajorityAtK(votes, 2, {}), 0);
  EXPECT_EQ(MajorityAtK(votes, 1, {}), 0.5);
}

TEST(ResamplingTest, RandomSubsetsComeNearTheExactShareAndRepeat) {
  const std::vector<SampleVote> votes = Votes("abacab-abbacaabc");
  ResamplingOptions exact, drawn;
  exact.exact_up_to = 1'000'000;
  drawn.exact_up_to = 0;
  drawn.subsets = 20'000;
  for (const int64_t k : {1, 3, 8, 15, 16}) {
    const double share = MajorityAtK(votes, k, exact);
    EXPECT_NEAR(MajorityAtK(votes, k, drawn), share, 4 * std::sqrt(0.25 / 20'000)) << k;
    EXPECT_EQ(MajorityAtK(votes, k, drawn), MajorityAtK(votes, k, drawn));
  }
  ResamplingOptions other = drawn;
  other.key = 1;
  EXPECT_NE(MajorityAtK(votes, 8, drawn), MajorityAtK(votes, 8, other));
}

}  // namespace
}  // namespace espalier
