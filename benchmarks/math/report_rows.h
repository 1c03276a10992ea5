// Parts of a math report that are rows of bars: difficulty, differences, reasons to stop.
#ifndef ESPALIER_BENCHMARKS_MATH_REPORT_ROWS_H_
#define ESPALIER_BENCHMARKS_MATH_REPORT_ROWS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/math/summary.h"

namespace espalier {

// A small mark of a program in text, as in the charts.
std::string SeriesKey(size_t series);

// Sections; "" when there is nothing to show.
std::string GroupBarsHtml(std::span<const MathSummary> summaries, std::string_view heading,
                          std::vector<GroupAccuracy> MathSummary::*groups);
std::string DifferencesHtml(std::span<const MathSummary> summaries);
std::string StopReasonsHtml(std::span<const MathSummary> summaries);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_REPORT_ROWS_H_
