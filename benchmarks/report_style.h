// The style sheet of reports, for light and dark screens of any width.
#ifndef ESPALIER_BENCHMARKS_REPORT_STYLE_H_
#define ESPALIER_BENCHMARKS_REPORT_STYLE_H_

namespace espalier {

extern const char kReportStyle[];

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_REPORT_STYLE_H_
