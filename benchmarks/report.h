// One HTML page about a run: a table, accuracy against tokens, and every problem with its search trees. It
// refers to no other file and runs no scripts, whatever the problems and the model's texts hold.
#ifndef ESPALIER_BENCHMARKS_REPORT_H_
#define ESPALIER_BENCHMARKS_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/problem_runner.h"
#include "benchmarks/program_summary.h"
#include "benchmarks/report_file.h"
#include "reasoning/sampling.h"

namespace espalier {

struct ReportProgram {
  ProgramSummary summary;
  GenerationOptions generation;
  std::vector<SolvedProblem> solved;  // their problems must outlive the report
};

struct Report {
  std::string model;
  std::string prompt_format;
  uint64_t seed = 0;
  bool interrupted = false;  // says that problems may be missing
  std::vector<ReportProgram> programs;

  Report() {}
};

std::string ReportHtml(const Report& report);

// Writes the whole page or leaves what was there. Errors as of PrepareReportFile; Unavailable when the disk
// is full.
absl::Status WriteReport(const Report& report, const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_REPORT_H_
