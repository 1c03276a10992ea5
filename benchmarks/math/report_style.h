// What the style sheet of math reports adds to kReportStyle.
#ifndef ESPALIER_BENCHMARKS_MATH_REPORT_STYLE_H_
#define ESPALIER_BENCHMARKS_MATH_REPORT_STYLE_H_

namespace espalier {

extern const char kMathReportStyle[];

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_REPORT_STYLE_H_
