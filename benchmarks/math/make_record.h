// From a solved problem to what the harness keeps of it.
#ifndef ESPALIER_BENCHMARKS_MATH_MAKE_RECORD_H_
#define ESPALIER_BENCHMARKS_MATH_MAKE_RECORD_H_

#include "benchmarks/math/record.h"
#include "benchmarks/problem_runner.h"
#include "engine/engine.h"
#include "reasoning/program.h"

namespace espalier {

// What all problems of a program share.
struct RecordContext {
  const Program& program;
  const ModelInfo& model;
  const ModelInfo* scorer_model;  // null: the scorer has none
};

// The samples are the leaves of the tree, and their scores are aggregated as the program's option says.
MathRecord MakeMathRecord(const SolvedProblem& solved, const RecordContext& context);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_MAKE_RECORD_H_
