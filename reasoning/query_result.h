// What a query cost and what its tree looked like.
#ifndef ESPALIER_REASONING_QUERY_RESULT_H_
#define ESPALIER_REASONING_QUERY_RESULT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "reasoning/query.h"
#include "reasoning/sampling.h"
#include "scheduler/scheduler.h"

namespace espalier {

// Logical work: the same in every run with the same seed. Only `discarded` depends on timing.
struct TokenCounts {
  int64_t prefill = 0;      // prompt tokens, once for the whole tree, and appended ones
  int64_t expansion = 0;    // generated to grow branches, each tree node once
  int64_t aggregation = 0;  // generated to score, probe or judge
  int64_t discarded = 0;    // drawn beyond the logical time at which their branch was stopped
};

// One branch of the finished tree.
struct BranchRecord {
  BranchPath path;
  std::string text;                 // its own part: after the fork
  std::string inherited;            // between the prompt and its own part: from its parent
  std::string answer;               // extracted from the whole path
  std::string end;                  // EndReasonName, or the note of the stop ("decided_vote")
  int64_t start = 0;                // tokens between the prompt and its own part: where it left its parent
  int64_t tokens = 0;               // of its own part
  double mean_logprob = 0;          // over its whole path
  std::vector<double> step_scores;  // of its whole path, if it was scored
};

struct QueryResult {
  absl::Status status;
  Answer answer;
  TokenCounts tokens;
  QueryUsage usage;                    // physical: cache hits, pages, preemptions
  std::vector<BranchRecord> branches;  // in order of path
  double seconds = 0;                  // from Submit to the answer
  double first_token_seconds = 0;      // from Submit to the first token drawn, 0 if none was

  int64_t shared_pages() const {
    return usage.logical_pages > usage.allocated_pages ? usage.logical_pages - usage.allocated_pages : 0;
  }
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_QUERY_RESULT_H_
