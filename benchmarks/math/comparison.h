// Programs against each other on the same problems, and against a plain vote at equal cost.
#ifndef ESPALIER_BENCHMARKS_MATH_COMPARISON_H_
#define ESPALIER_BENCHMARKS_MATH_COMPARISON_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "benchmarks/math/bootstrap.h"
#include "benchmarks/math/run_records.h"
#include "benchmarks/math/sample_curves.h"

namespace espalier {

struct ProgramComparison {
  std::string other;
  int64_t problems = 0;   // that both answered
  int64_t better = 0;     // only this program is right
  int64_t worse = 0;      // only the other is
  double difference = 0;  // of the accuracies
  Interval interval;      // 95 %, paired bootstrap
  double p_value = 1;     // exact McNemar
};

// No problems in common: all zero.
ProgramComparison ComparePrograms(const ProgramRecords& program, const ProgramRecords& other, uint64_t seed);

// What a plain majority vote reaches with as many tokens as a program draws for a problem.
struct EqualCostBaseline {
  std::string run;  // the program whose samples vote; "" when there is none: see `note`
  double samples =
      0;  // how many of them cost as much; maj@k is interpolated linearly between the k of the curve
  double accuracy = 0;    // of the vote
  double difference = 0;  // of the program to it
  Interval interval;      // 95 %, paired bootstrap
  std::string note;       // what limits the comparison and which run would give a better one; may be ""
};

// A run of a plain vote, or of other independent samples, with its curves.
struct BaselineRun {
  const ProgramRecords* records = nullptr;
  const SampleCurves* curves = nullptr;
};

// The best of the runs to compare with: most samples, of them all before those that were stopped; records is
// null if there is none. `except`, if not null, is passed over.
BaselineRun ChooseBaseline(std::span<const BaselineRun> runs, const ProgramRecords* except);

// `baseline.records` may be null.
EqualCostBaseline CompareAtEqualCost(const ProgramRecords& program, const BaselineRun& baseline,
                                     uint64_t seed);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_COMPARISON_H_
