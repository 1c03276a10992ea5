// A vote among the answers of a query's branches, and whether it is decided.
#ifndef ESPALIER_REWARD_BALLOT_H_
#define ESPALIER_REWARD_BALLOT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reward/answer_classes.h"

namespace espalier {

// When a vote may end before every voter has voted.
enum class StopRule {
  kNone,     // never
  kDecided,  // once the open voters cannot change the winner
};

struct BallotOptions {
  BallotOptions() {}  // not an aggregate: g++ 12 destroys aggregate temporaries of a co_await twice

  int64_t voters = 0;  // >= 0: how many times Cast will be called if nobody stops early
  double max_weight =
      1;  // > 0, finite: the bound on every vote's weight that the decided-vote rule relies on
  StopRule stop_rule = StopRule::kDecided;
  AnswerEquality equality;  // which answers vote for the same class; empty: AnswersEqual
};

// The votes for one class of equal answers.
struct AnswerClass {
  std::string answer;  // as its first voter spelled it
  int64_t votes = 0;
  double weight = 0;
};

// Votes are cast in the logical order of the branches. The class of the greatest weight wins; of equal ones,
// the class whose first vote was cast earliest.
//
// Invariants: classes_ is ordered by first vote and numbered as answer_classes_ does; weights are added in
// the order of votes, so equal histories give bit-equal weights.
class Ballot {
 public:
  explicit Ballot(BallotOptions options);
  explicit Ballot(int64_t voters);

  // One voter's answer, its weight in [0, max_weight]. An answer that equals not even itself (blank: nothing
  // could be extracted) uses the voter up without voting.
  void Cast(std::string_view answer, double weight = 1);

  // Whether no outcome of the open voters, abstentions and new answers included, can change Winner(). Exact
  // in both directions, also in floating point.
  bool Decided() const;

  // Whether the stop rule lets the vote end now, with voters still open or none left.
  bool ShouldStop() const;

  // The winner's answer, "" when nobody has voted for anything.
  std::string Winner() const;

  // Weight of the winner less that of the runner-up (0 if there is none): 0 on a tie or without votes.
  double Margin() const;

  // Certaindex of the votes cast so far, weights disregarded.
  double Certainty() const;

  const std::vector<AnswerClass>& classes() const { return classes_; }
  int64_t open() const { return options_.voters - cast_; }
  int64_t unparsed() const { return unparsed_; }

 private:
  const AnswerClass* Leader() const;
  bool CanOvertake(double weight, bool wins_ties, double target) const;

  BallotOptions options_;
  std::vector<AnswerClass> classes_;
  AnswerClasses answer_classes_;
  int64_t cast_ = 0;
  int64_t unparsed_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_REWARD_BALLOT_H_
