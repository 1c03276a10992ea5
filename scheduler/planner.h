// Which branches run in the next step and how many tokens of each: a pure function, no I/O, no cache calls.
#ifndef ESPALIER_SCHEDULER_PLANNER_H_
#define ESPALIER_SCHEDULER_PLANNER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"

namespace espalier {

// A branch with work to do. computed < tokens.size().
struct BranchView {
  BranchId id;
  std::span<const TokenId> tokens;
  int64_t computed = 0;   // leading tokens whose KV is in place (resident) or cached (waiting)
  bool resident = false;  // holds a lease; otherwise it waits for admission
};

struct StepLimits {
  int64_t token_budget = 512;  // tokens computed in one step, over all rows
  int64_t max_rows = 256;      // branches in one step
  int64_t page_size = 16;
};

struct PlannedRow {
  BranchId id;
  int64_t tokens;  // the next `tokens` uncomputed tokens, >= 1
  bool admission;  // was waiting: gets pages only if nobody is preempted for it

  friend bool operator==(const PlannedRow&, const PlannedRow&) = default;
};

// Rows in the order in which they get pages. `views` are in rank order, best first.
//
// Decodes first, so that a long prompt stalls nobody; then prompts that are under way, then new ones, in
// chunks that fill the budget (Sarathi-Serve, OSDI 2024). A waiting branch whose uncached prefix is being
// computed by another branch right now is deferred: it will find that prefix in the cache.
std::vector<PlannedRow> PlanStep(std::span<const BranchView> views, const StepLimits& limits);

}  // namespace espalier

#endif  // ESPALIER_SCHEDULER_PLANNER_H_
