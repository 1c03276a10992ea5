// What `espalier solve` prints: a line per problem and a summary per program, as JSON or as a table.
#ifndef ESPALIER_CLI_SOLVE_OUTPUT_H_
#define ESPALIER_CLI_SOLVE_OUTPUT_H_

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "benchmarks/problem_runner.h"
#include "reasoning/program.h"
#include "reasoning/prompt_format.h"

namespace espalier {

// Sums over the problems of one program.
struct ProgramSummary {
  std::string program;
  int64_t problems = 0;
  int64_t with_gold = 0;
  int64_t correct = 0;
  int64_t failed = 0;
  TokenCounts tokens;
  QueryUsage usage;
  double problem_seconds = 0;  // sum of the problems' latencies
  double wall_seconds = 0;     // of the whole run
  std::map<std::string, int64_t> stop_reasons;

  void Add(const SolvedProblem& solved);
  double accuracy() const {
    return with_gold == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(with_gold);
  }
  int64_t shared_pages() const { return std::max<int64_t>(0, usage.logical_pages - usage.allocated_pages); }
};

// What stays the same for all problems of a run and is printed with every result.
struct SolveContext {
  std::string model;
  PromptFormat format;
  uint64_t seed = 0;

  SolveContext() {}
};

void WriteProblemJson(const SolveContext& context, const Program& program, const SolvedProblem& solved,
                      std::ostream& out);
void WriteSummaryJson(const SolveContext& context, const ProgramSummary& summary, std::ostream& out);

void WriteProblemLine(const SolvedProblem& solved, std::ostream& out);
void WriteSummaryTable(const SolveContext& context, const std::vector<ProgramSummary>& summaries,
                       std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_SOLVE_OUTPUT_H_
