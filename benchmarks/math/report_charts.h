// The charts of a math report: accuracy against four costs.
#ifndef ESPALIER_BENCHMARKS_MATH_REPORT_CHARTS_H_
#define ESPALIER_BENCHMARKS_MATH_REPORT_CHARTS_H_

#include <span>
#include <string>

#include "benchmarks/math/summary.h"

namespace espalier {

// A section; "" when no problem has a right answer to compare with.
std::string CostChartsHtml(std::span<const MathSummary> summaries);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_REPORT_CHARTS_H_
