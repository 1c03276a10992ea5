// The records of a run, put together by program and by problem.
#ifndef ESPALIER_BENCHMARKS_MATH_RUN_RECORDS_H_
#define ESPALIER_BENCHMARKS_MATH_RUN_RECORDS_H_

#include <string>
#include <utility>
#include <vector>

#include "benchmarks/math/record.h"

namespace espalier {

struct ProgramRecords {
  std::string program;
  std::vector<const MathRecord*> records;
};

// In the order of the settings, then of the records. Programs without records are left out. The records must
// outlive the result, here and below.
std::vector<ProgramRecords> GroupByProgram(const MathRun& run);

// Records of the same problem with a right answer to compare with, in the order of `a`. Problems of the same
// id are told apart by their order.
std::vector<std::pair<const MathRecord*, const MathRecord*>> PairByProblem(const ProgramRecords& a,
                                                                           const ProgramRecords& b);

struct ProblemRecords {
  std::string problem;
  std::vector<const MathRecord*> records;  // one for each program, null where it has none
};

// In the order in which problems first appear.
std::vector<ProblemRecords> GroupByProblem(const std::vector<ProgramRecords>& programs);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_RUN_RECORDS_H_
