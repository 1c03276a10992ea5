// Where a branch stands in its query's tree: the root is "0", its third fork "0.2", that one's first "0.2.0".
// Paths name branches in errors, records and random keys, and order events of one clock: by program order.
#ifndef ESPALIER_REASONING_BRANCH_PATH_H_
#define ESPALIER_REASONING_BRANCH_PATH_H_

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

class BranchPath {
 public:
  BranchPath() = default;
  BranchPath Child(int32_t index) const;
  std::string ToString() const;

  friend std::strong_ordering operator<=>(const BranchPath& a, const BranchPath& b) = default;
  friend bool operator==(const BranchPath& a, const BranchPath& b) = default;

 private:
  std::vector<int32_t> indices_;
};

// A point of a query's logical time. Clocks count tokens: a branch's clock starts at the clock of the event
// that created it and grows by one per token generated or appended.
struct LogicalTime {
  int64_t clock = 0;
  BranchPath path;

  friend std::strong_ordering operator<=>(const LogicalTime& a, const LogicalTime& b) = default;
  friend bool operator==(const LogicalTime& a, const LogicalTime& b) = default;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_BRANCH_PATH_H_
