// What a program with fewer samples would have reached, from the n samples of a problem that are there.
#ifndef ESPALIER_BENCHMARKS_MATH_RESAMPLING_H_
#define ESPALIER_BENCHMARKS_MATH_RESAMPLING_H_

#include <cstdint>
#include <span>

namespace espalier {

// One sample of a problem as a vote sees it.
struct SampleVote {
  static constexpr int32_t kNone = -1;

  int32_t answer_class = kNone;  // in [0, number of samples); kNone does not vote
  bool correct = false;          // false where answer_class is kNone
  double weight = 1;             // >= 0, of the vote
  double score = 0;              // of the scorer; negative: best-of-k cannot choose it
};

struct ResamplingOptions {
  uint64_t key = 0;            // of the random subsets
  int64_t subsets = 1000;      // > 0, drawn where not all are counted
  int64_t exact_up_to = 5000;  // all subsets are counted if there are at most so many

  ResamplingOptions() {}
};

// The probability that of k samples out of n, c of them right, at least one is right: the unbiased estimator
// 1 - C(n-c, k) / C(n, k) (Chen et al., "Evaluating Large Language Models Trained on Code", 2021).
// 0 <= c <= n, 1 <= k <= n.
double PassAtK(int64_t n, int64_t c, int64_t k);

// The share of the subsets of k samples, drawn without replacement, whose vote comes out right. `votes` are
// in the order in which they would be cast: as in a Ballot the class of the greatest weight wins, of equal
// ones that with the earliest vote in the subset, and its earliest answer is the answer. A subset without
// votes is wrong. 1 <= k <= votes.size() < 2^31. With equal weights this is maj@k, else weighted maj@k.
double MajorityAtK(std::span<const SampleVote> votes, int64_t k, const ResamplingOptions& options);

// The same for best-of-k, exact: the sample of the greatest score has the answer, of equal ones the earliest.
// Samples of a negative score are never chosen.
double BestAtK(std::span<const SampleVote> votes, int64_t k);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_RESAMPLING_H_
