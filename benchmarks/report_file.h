// Files of reports.
#ifndef ESPALIER_BENCHMARKS_REPORT_FILE_H_
#define ESPALIER_BENCHMARKS_REPORT_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace espalier {

// Whether a report can be written to `path`; makes its folder. To be called before the work begins.
// InvalidArgument, with remedy: not a name in .html, a folder, no permission.
absl::Status PrepareReportFile(const std::string& path);

// Writes the whole page or leaves what was there. Errors as above; Unavailable when the disk is full.
absl::Status WriteReportFile(std::string_view html, const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_REPORT_FILE_H_
