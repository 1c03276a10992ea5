// What `espalier bench math` prints of a run.
#ifndef ESPALIER_CLI_MATH_OUTPUT_H_
#define ESPALIER_CLI_MATH_OUTPUT_H_

#include <ostream>
#include <span>

#include "benchmarks/math/record.h"
#include "benchmarks/math/summary.h"

namespace espalier {

// An object a line: MathSummaryJson for each program, then {"summary": ...} with the settings and the prompt.
void WriteMathJson(const MathRun& run, std::span<const MathSummary> summaries, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_MATH_OUTPUT_H_
