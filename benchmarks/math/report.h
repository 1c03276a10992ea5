// One HTML page about a math run: what each program reached and at what cost, with every problem's answers.
// It refers to no other file and runs no scripts, whatever the records hold.
#ifndef ESPALIER_BENCHMARKS_MATH_REPORT_H_
#define ESPALIER_BENCHMARKS_MATH_REPORT_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "benchmarks/math/record.h"
#include "benchmarks/math/summary.h"

namespace espalier {

// `summaries`: those of SummarizeMath(run).
std::string MathReportHtml(const MathRun& run, std::span<const MathSummary> summaries);

// Writes the whole page or leaves what was there. Errors as of WriteReportFile (benchmarks/report_file.h).
absl::Status WriteMathReport(const MathRun& run, std::span<const MathSummary> summaries,
                             const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_REPORT_H_
