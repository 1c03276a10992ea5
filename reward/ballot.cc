#include "reward/ballot.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/check.h"
#include "reward/certainty.h"

namespace espalier {
namespace {

BallotOptions PlainVote(int64_t voters) {
  BallotOptions options;
  options.voters = voters;
  return options;
}

}  // namespace

Ballot::Ballot(BallotOptions options) : options_(std::move(options)) {
  if (options_.equality) answer_classes_ = AnswerClasses(options_.equality);
  ESPALIER_CHECK(options_.voters >= 0, options_.voters, " voters");
  ESPALIER_CHECK(options_.max_weight > 0 && std::isfinite(options_.max_weight), "weights up to ",
                 options_.max_weight);
}

Ballot::Ballot(int64_t voters) : Ballot(PlainVote(voters)) {}

void Ballot::Cast(std::string_view answer, double weight) {
  ESPALIER_CHECK(open() > 0, "vote ", cast_ + 1, " of ", options_.voters);
  ESPALIER_CHECK(weight >= 0 && weight <= options_.max_weight, "weight ", weight, ", at most ",
                 options_.max_weight);
  ++cast_;
  const std::optional<size_t> number = answer_classes_.ClassOf(answer);
  if (!number) {
    ++unparsed_;
    return;
  }
  if (*number == classes_.size()) classes_.push_back({.answer = std::string(answer)});
  AnswerClass& voted = classes_[*number];
  ++voted.votes;
  voted.weight += weight;
}

// Whether a class of this weight gets past `target` if every open voter gives it the greatest weight. The
// weights are added one by one as Cast would: rounding is monotone, so this is the largest sum that any votes
// can reach.
bool Ballot::CanOvertake(double weight, bool wins_ties, double target) const {
  const auto overtakes = [&] { return wins_ties ? weight >= target : weight > target; };
  for (int64_t voter = 0; voter < open() && !overtakes(); ++voter) weight += options_.max_weight;
  return overtakes();
}

bool Ballot::Decided() const {
  if (open() == 0) return true;
  const AnswerClass* leader = Leader();
  if (leader == nullptr || CanOvertake(0, false, leader->weight)) return false;  // by an answer not yet given
  return std::none_of(classes_.begin(), classes_.end(), [&](const AnswerClass& rival) {
    return &rival != leader && CanOvertake(rival.weight, &rival < leader, leader->weight);
  });
}

bool Ballot::ShouldStop() const {
  switch (options_.stop_rule) {
    case StopRule::kNone:
      return open() == 0;
    case StopRule::kDecided:
      return Decided();
  }
  return false;
}

std::string Ballot::Winner() const {
  const AnswerClass* leader = Leader();
  return leader == nullptr ? "" : leader->answer;
}

double Ballot::Margin() const {
  const AnswerClass* leader = Leader();
  if (leader == nullptr) return 0;
  double runner_up = 0;
  for (const AnswerClass& rival : classes_) {
    if (&rival != leader) runner_up = std::max(runner_up, rival.weight);
  }
  return leader->weight - runner_up;
}

double Ballot::Certainty() const {
  std::vector<int64_t> votes;
  for (const AnswerClass& answers : classes_) votes.push_back(answers.votes);
  return Certaindex(votes);
}

const AnswerClass* Ballot::Leader() const {
  const auto leader =
      std::max_element(classes_.begin(), classes_.end(), [](const AnswerClass& a, const AnswerClass& b) {
        return a.weight < b.weight;  // max_element keeps the first of equals
      });
  return leader == classes_.end() ? nullptr : &*leader;
}

}  // namespace espalier
