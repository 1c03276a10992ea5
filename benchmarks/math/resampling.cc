#include "benchmarks/math/resampling.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "benchmarks/math/random_words.h"

namespace espalier {
namespace {

void CheckSubset(std::span<const SampleVote> votes, int64_t k) {
  ESPALIER_CHECK(k >= 1 && k <= static_cast<int64_t>(votes.size()), k, " of ", votes.size(), " samples");
}

// C(n, k), or a number above `most` where it is greater than that.
int64_t CountSubsets(int64_t n, int64_t k, int64_t most) {
  double count = 1;
  for (int64_t i = 1; i <= std::min(k, n - k) && count <= static_cast<double>(most); ++i) {
    count = count * static_cast<double>(n - i + 1) / static_cast<double>(i);
  }
  return count > static_cast<double>(most) ? most + 1 : static_cast<int64_t>(count + 0.5);
}

// Counts the votes of one subset after another. Invariant: weights_ and is_open_ are 0 between the calls.
class Tally {
 public:
  explicit Tally(std::span<const SampleVote> votes)
      : votes_(votes), weights_(votes.size(), 0), is_open_(votes.size(), 0) {
    for (const SampleVote& vote : votes) {
      ESPALIER_CHECK(vote.answer_class < static_cast<int64_t>(votes.size()), "class ", vote.answer_class);
    }
  }

  // `subset`: places of the votes, ascending.
  bool IsRight(std::span<const int64_t> subset) {
    first_votes_.clear();
    for (const int64_t place : subset) {
      const SampleVote& vote = votes_[place];
      if (vote.answer_class == SampleVote::kNone) continue;
      if (is_open_[vote.answer_class] == 0) first_votes_.push_back(place);
      is_open_[vote.answer_class] = 1;
      weights_[vote.answer_class] += vote.weight;
    }
    const SampleVote* winner = nullptr;
    double greatest = 0;
    for (const int64_t place : first_votes_) {
      const SampleVote& vote = votes_[place];
      if (winner == nullptr || weights_[vote.answer_class] > greatest) {
        winner = &vote;
        greatest = weights_[vote.answer_class];
      }
    }
    for (const int64_t place : first_votes_) {
      weights_[votes_[place].answer_class] = 0;
      is_open_[votes_[place].answer_class] = 0;
    }
    return winner != nullptr && winner->correct;
  }

 private:
  std::span<const SampleVote> votes_;
  std::vector<double> weights_;       // by class
  std::vector<uint8_t> is_open_;      // by class: whether it has a vote
  std::vector<int64_t> first_votes_;  // of the classes of this subset, in order
};

// Makes `subset`, ascending numbers below n, the next one in lexical order; false after the last.
bool NextSubset(int64_t n, std::vector<int64_t>& subset) {
  const int64_t k = static_cast<int64_t>(subset.size());
  int64_t at = k - 1;
  while (at >= 0 && subset[at] == n - k + at) --at;
  if (at < 0) return false;
  ++subset[at];
  for (int64_t next = at + 1; next < k; ++next) subset[next] = subset[next - 1] + 1;
  return true;
}

// A uniform subset, ascending (Knuth, The Art of Computer Programming, vol. 2, 3.4.2, algorithm S).
void DrawSubset(int64_t n, RandomWords& random, std::vector<int64_t>& subset) {
  size_t chosen = 0;
  for (int64_t place = 0; chosen < subset.size(); ++place) {
    if (random.Below(n - place) < static_cast<int64_t>(subset.size() - chosen)) subset[chosen++] = place;
  }
}

}  // namespace

double PassAtK(int64_t n, int64_t c, int64_t k) {
  ESPALIER_CHECK(0 <= c && c <= n && 1 <= k && k <= n, "pass@", k, " of ", n, " samples, ", c, " right");
  if (n - c < k) return 1;
  double all_wrong = 1;
  for (int64_t i = n - c + 1; i <= n; ++i) all_wrong *= 1 - static_cast<double>(k) / static_cast<double>(i);
  return 1 - all_wrong;
}

double MajorityAtK(std::span<const SampleVote> votes, int64_t k, const ResamplingOptions& options) {
  CheckSubset(votes, k);
  ESPALIER_CHECK(options.subsets > 0, options.subsets, " subsets");
  const int64_t n = static_cast<int64_t>(votes.size());
  Tally tally(votes);
  std::vector<int64_t> subset(k);
  std::iota(subset.begin(), subset.end(), 0);
  int64_t subsets = 0, right = 0;
  if (CountSubsets(n, k, options.exact_up_to) <= options.exact_up_to) {
    do {
      ++subsets;
      right += tally.IsRight(subset) ? 1 : 0;
    } while (NextSubset(n, subset));
  } else {
    RandomWords random(options.key);
    for (; subsets < options.subsets; ++subsets) {
      DrawSubset(n, random, subset);
      right += tally.IsRight(subset) ? 1 : 0;
    }
  }
  return static_cast<double>(right) / static_cast<double>(subsets);
}

double BestAtK(std::span<const SampleVote> votes, int64_t k) {
  CheckSubset(votes, k);
  std::vector<const SampleVote*> ranking;
  for (const SampleVote& vote : votes) {
    if (vote.score >= 0) ranking.push_back(&vote);
  }
  std::ranges::stable_sort(ranking,
                           [](const SampleVote* a, const SampleVote* b) { return a->score > b->score; });
  // none_better: the probability that none of the samples ranked so far is among the k.
  const int64_t n = static_cast<int64_t>(votes.size());
  double none_better = 1, right = 0;
  for (int64_t rank = 0; rank < static_cast<int64_t>(ranking.size()); ++rank) {
    const double is_best = none_better * static_cast<double>(k) / static_cast<double>(n - rank);
    if (ranking[rank]->correct) right += is_best;
    none_better -= is_best;
    if (n - rank - 1 < k) break;  // one of those is always there
  }
  return std::clamp(right, 0.0, 1.0);
}

}  // namespace espalier
