// What `espalier solve` prints: a line per problem and a summary per program, as JSON or as a table.
#ifndef ESPALIER_CLI_SOLVE_OUTPUT_H_
#define ESPALIER_CLI_SOLVE_OUTPUT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "benchmarks/problem_runner.h"
#include "benchmarks/program_summary.h"
#include "reasoning/program.h"
#include "reasoning/prompt_format.h"

namespace espalier {

// What stays the same for all problems of a run and is printed with every result.
struct SolveContext {
  std::string model;
  PromptFormat format;
  std::string reward;  // the scorer of programs that name none
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
