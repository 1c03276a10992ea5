// What a program would have reached with fewer samples: pass@k, maj@k and best-of-k over all problems.
#ifndef ESPALIER_BENCHMARKS_MATH_SAMPLE_CURVES_H_
#define ESPALIER_BENCHMARKS_MATH_SAMPLE_CURVES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "benchmarks/math/run_records.h"

namespace espalier {

// Shares of problems answered right with k samples.
struct AccuracyAtK {
  int64_t k = 0;
  double pass = 0;                 // any of them is right
  double majority = 0;             // their vote is right
  std::optional<double> weighted;  // their vote by score; unset without scores
  std::optional<double> best;      // the one of the best score is right; unset without scores
};

// Means over the problems with a right answer to compare with. A problem that could not be run is wrong at
// every k; truncated samples are wrong and do not vote.
struct SampleCurves {
  int64_t samples = 0;              // that every problem has: the last k
  std::vector<AccuracyAtK> points;  // k = 1, 2, 4, ..., samples
  double tokens_per_sample = 0;     // mean over problems of the mean over their samples
  int64_t stopped = 0;  // samples cut short by the program, so that short ones are too frequent here

  // By point and problem, in the order of the program's records with a right answer.
  std::vector<std::vector<double>> majority;
};

// Empty curves for a program whose samples are not independent, or when some problem has no sample.
SampleCurves ComputeSampleCurves(const ProgramRecords& program, uint64_t seed);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_SAMPLE_CURVES_H_
