// The problems of a math report, with every program's answer.
#ifndef ESPALIER_BENCHMARKS_MATH_REPORT_PROBLEMS_H_
#define ESPALIER_BENCHMARKS_MATH_REPORT_PROBLEMS_H_

#include <string>
#include <vector>

#include "benchmarks/math/run_records.h"

namespace espalier {

// A section with a folded table; "" without records.
std::string ProblemsHtml(const std::vector<ProgramRecords>& programs);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_REPORT_PROBLEMS_H_
