// Sums over the problems that one program answered: a row of the tables that users see.
#ifndef ESPALIER_BENCHMARKS_PROGRAM_SUMMARY_H_
#define ESPALIER_BENCHMARKS_PROGRAM_SUMMARY_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "benchmarks/problem_runner.h"
#include "reasoning/query_result.h"

namespace espalier {

struct ProgramSummary {
  std::string program;
  int64_t problems = 0;
  int64_t with_gold = 0;  // of those that were not cancelled
  int64_t correct = 0;
  int64_t failed = 0;  // with an error; cancelled ones are only among the stop reasons
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
  double seconds_each() const { return problems == 0 ? 0 : problem_seconds / static_cast<double>(problems); }
  // Tokens drawn per second of the run, discarded ones included.
  double tokens_per_second() const;
};

// Why the query ended: the program's own reason, "cancelled" or "error".
std::string StopReason(const SolvedProblem& solved);

// "decided_vote 5, all_voted 3".
std::string StopReasonsText(const ProgramSummary& summary);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_PROGRAM_SUMMARY_H_
