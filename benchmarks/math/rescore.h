// Recorded samples graded and voted on again, without the model: after a change of extraction or equality.
#ifndef ESPALIER_BENCHMARKS_MATH_RESCORE_H_
#define ESPALIER_BENCHMARKS_MATH_RESCORE_H_

#include <cstdint>

#include "benchmarks/math/record.h"

namespace espalier {

// How many came out otherwise than recorded.
struct RegradeChanges {
  int64_t sample_answers = 0;
  int64_t sample_verdicts = 0;  // right or wrong
  int64_t answers = 0;          // of problems
  int64_t verdicts = 0;
  int64_t undecided = 0;  // votes that were ended early and would now have gone on; they count as they stand
};

// Extracts the samples' answers from their texts, grades them, and answers each problem again as its program
// does: `sc` by a vote, plain or weighted, `bon` by the best score, `cot` with its only sample. What cannot
// be had from samples alone (other programs, or records without samples) keeps its answer, and that is graded
// again. Certainty and costs stay as recorded; so do records with an error.
RegradeChanges Regrade(MathRun& run);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_RESCORE_H_
