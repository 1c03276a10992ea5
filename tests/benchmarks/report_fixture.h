// Finished problems.
#ifndef ESPALIER_TESTS_BENCHMARKS_REPORT_FIXTURE_H_
#define ESPALIER_TESTS_BENCHMARKS_REPORT_FIXTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/report.h"
#include "tests/benchmarks/markup_reader.h"

namespace espalier {

// A branch below the root; `path` without the root's 0.
BranchRecord MakeBranch(const std::vector<int32_t>& path, int64_t start, int64_t tokens,
                        const std::string& end);

}  // namespace espalier

#endif  // ESPALIER_TESTS_BENCHMARKS_REPORT_FIXTURE_H_
