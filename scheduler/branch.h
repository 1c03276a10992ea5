// One branch as the scheduler sees it: known tokens, pages, and what is to be done next.
#ifndef ESPALIER_SCHEDULER_BRANCH_H_
#define ESPALIER_SCHEDULER_BRANCH_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "engine/batch.h"
#include "radix_cache/radix_cache.h"

namespace espalier {

// What compute is spent on: growing branches, or folding them into an answer.
enum class Phase { kExpansion, kAggregation };

// Draws one token per step from now on, until StopGenerating.
struct GenerateRequest {
  SamplingParameters sampling;
  uint64_t random_key = 0;  // hash of (query seed, branch path)
  Phase phase = Phase::kExpansion;

  GenerateRequest() {}
};

//   0               lease.length()        tokens.size()
//   |-- KV in place ------|---- to compute ----|
//
// The last known token is always computed (again) by the row that draws the token after it, so that row has
// logits; usable_length() is what need not be computed.
struct ScheduledBranch {
  BranchId id;
  QueryId query;
  std::vector<TokenId> tokens;  // >= 1
  int64_t publish_length = 0;   // prompt tokens that go into the tree, for others to match
  bool published = false;
  int64_t generated_from = 0;  // tokens[generated_from:] were generated or appended
  PageLease lease;
  int64_t computed_peak = 0;  // most tokens whose KV it ever had
  bool generating = false;
  bool in_batch = false;  // of the step that is being built
  GenerateRequest request;

  int64_t usable_length() const {
    return std::min<int64_t>(lease.length(), static_cast<int64_t>(tokens.size()) - 1);
  }
};

}  // namespace espalier

#endif  // ESPALIER_SCHEDULER_BRANCH_H_
