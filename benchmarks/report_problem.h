// The part of a report about one problem.
#ifndef ESPALIER_BENCHMARKS_REPORT_PROBLEM_H_
#define ESPALIER_BENCHMARKS_REPORT_PROBLEM_H_

#include <string>
#include <vector>

#include "benchmarks/problem_runner.h"

namespace espalier {

struct ReportProblem {
  const Problem* problem = nullptr;
  std::vector<const SolvedProblem*> results;  // one per program
};

// A <details> element. `open`: unfolded at first.
std::string ProblemHtml(const ReportProblem& problem, bool open);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_REPORT_PROBLEM_H_
