// The tables of a math report.
#ifndef ESPALIER_BENCHMARKS_MATH_REPORT_TABLES_H_
#define ESPALIER_BENCHMARKS_MATH_REPORT_TABLES_H_

#include <span>
#include <string>

#include "benchmarks/math/summary.h"

namespace espalier {

// Sections; "" when there is nothing to show.
std::string HeadlineHtml(std::span<const MathSummary> summaries);
std::string CostTableHtml(std::span<const MathSummary> summaries);
std::string FewerSamplesHtml(std::span<const MathSummary> summaries);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_REPORT_TABLES_H_
