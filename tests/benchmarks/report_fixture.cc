#include "tests/benchmarks/report_fixture.h"

namespace espalier {

BranchRecord MakeBranch(const std::vector<int32_t>& path, int64_t start, int64_t tokens,
                        const std::string& end) {
  BranchRecord branch;
  for (const int32_t index : path) branch.path = branch.path.Child(index);
  branch.start = start;
  branch.tokens = tokens;
  branch.end = end;
  return branch;
}

}  // namespace espalier
