// Answers many problems with one program, several at a time: what `espalier solve` and the math harness
// share.
#ifndef ESPALIER_BENCHMARKS_PROBLEM_RUNNER_H_
#define ESPALIER_BENCHMARKS_PROBLEM_RUNNER_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "benchmarks/problems.h"
#include "reasoning/query_result.h"
#include "reasoning/runtime.h"

namespace espalier {

struct SolvedProblem {
  const Problem* problem = nullptr;
  std::string program;
  QueryResult result;
  bool correct = false;  // the answer equals the gold answer; false without gold
};

struct RunnerProgress {
  int64_t solved = 0;
  int64_t under_way = 0;
  int64_t problems = 0;
  int64_t drawn_tokens = 0;  // physical, of this run
  double seconds = 0;        // since the run began
};

struct RunnerOptions {
  int64_t in_flight = 8;  // problems under way at once; changes the time they take, not their answers
  uint64_t seed = 0;
  std::string prompt_format;
  bool in_order = true;  // whether a problem that is done waits for those before it in the list
  // Called for every problem that is done.
  std::function<void(const SolvedProblem&)> on_solved = [](const SolvedProblem&) {};
  // Called after every step.
  std::function<void(const RunnerProgress&)> on_progress = [](const RunnerProgress&) {};
  // True: stop now. Problems under way come out as Cancelled, those not begun do not come out.
  std::function<bool()> cancelled = [] { return false; };

  RunnerOptions() {}
};

// A problem that cannot be run (its prompt is too long, say) comes out with its error; the others go on.
void RunProblems(Runtime& runtime, std::span<const Problem> problems, const std::string& program,
                 const RunnerOptions& options);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_PROBLEM_RUNNER_H_
