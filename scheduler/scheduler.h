// START HERE for the step loop: plan -> lease pages -> batch -> engine -> commit. One thread only.
//
// The scheduler knows branches, tokens and pages. It does not know programs, text or when to stop: whoever
// owns the branches reads the events of each step and answers with Fork, Append, Generate, StopGenerating
// and Remove before the next step. It never drops a branch and never changes a token: a branch that loses
// its pages waits and is recomputed, bit for bit.
#ifndef ESPALIER_SCHEDULER_SCHEDULER_H_
#define ESPALIER_SCHEDULER_SCHEDULER_H_

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/ids.h"
#include "engine/engine.h"
#include "radix_cache/radix_cache.h"
#include "scheduler/branch.h"
#include "scheduler/planner.h"

namespace espalier {

struct SchedulerOptions {
  int64_t token_budget = 0;  // 0: the engine's max_batch_tokens, which is also the most
  int64_t max_rows = 256;

  SchedulerOptions() {}
};

// A token was drawn and belongs to the branch now; or, if status is an error, the branch can never run.
struct BranchEvent {
  QueryId query;
  BranchId branch;
  TokenId token = -1;
  TokenStatistics statistics;
  absl::Status status;
};

// What one query has cost so far. Physical work: it depends on cache and memory, tokens do not.
struct QueryUsage {
  int64_t computed_tokens = 0;  // run through the model, recomputation included
  int64_t cached_tokens = 0;    // prompt tokens found in the cache
  int64_t logical_pages = 0;    // pages its removed branches would have needed with nothing shared
  int64_t allocated_pages = 0;  // pages taken for it, copies included
  int64_t preemptions = 0;
};

struct StepReport {
  int64_t rows = 0;
  int64_t tokens = 0;
  int64_t preempted = 0;
  double engine_seconds = 0;  // inside Engine::Step
};

class Scheduler {
 public:
  Scheduler(Engine& engine, const SchedulerOptions& options);

  // The longest branch that can ever be computed: limited by the model's context and by the page pool.
  int64_t max_length() const;

  // A new branch that starts with `prompt`; its pages are taken when it first generates.
  // InvalidArgument: empty, or longer than max_length() allows with one token to draw.
  absl::StatusOr<BranchId> AddPrompt(QueryId query, std::vector<TokenId> prompt);

  // A new branch with the first `length` tokens of `parent`, 1 <= length <= tokens(parent).size(). The parent
  // may be running. Shares all its pages.
  BranchId Fork(BranchId parent, int64_t length);

  void Append(BranchId branch, std::span<const TokenId> tokens);
  void Generate(BranchId branch, const GenerateRequest& request);
  void StopGenerating(BranchId branch);
  // Drops the tokens after the first `length`, 1 <= length <= tokens(branch).size().
  void Truncate(BranchId branch, int64_t length);
  // Frees everything that only this branch used, at once.
  void Remove(BranchId branch);

  std::span<const TokenId> tokens(BranchId branch) const;

  // Runs one step. The events stay valid until the next call. An error status: the engine is lost.
  absl::StatusOr<std::span<const BranchEvent>> Step();

  // True if some branch generates.
  bool has_work() const { return generating_ > 0; }

  QueryUsage usage(QueryId query) const;
  // Removes what is kept of a query that has no branches left.
  void ForgetQuery(QueryId query);
  const StepReport& last_step() const { return report_; }
  const RadixCache& cache() const { return cache_; }
  // Throws away every cached page that no lease holds: for tests, and before a measurement.
  void EvictCache();
  // For tests: takes the pages of every branch, as a shortage of memory would.
  void PreemptAll();

 private:
  ScheduledBranch& branch(BranchId id);
  const ScheduledBranch& branch(BranchId id) const;
  void RankBranches();

  std::vector<PlannedRow> Plan();
  void BuildBatch(const std::vector<PlannedRow>& plan);
  bool LeaseRow(ScheduledBranch& branch, const PlannedRow& row);
  bool HasRoomToAdmit(const ScheduledBranch& branch, int64_t tokens) const;
  bool ReclaimIdlePages();
  bool PreemptBelow(const ScheduledBranch& for_branch);
  void ReleaseLease(ScheduledBranch& branch);
  void CommitBatch();

  Engine& engine_;
  MonotonicClock clock_;
  StepLimits limits_;
  RadixCache cache_;
  std::map<BranchId, ScheduledBranch> branches_;
  std::map<QueryId, QueryUsage> usage_;
  int64_t next_branch_ = 0;
  int64_t generating_ = 0;

  // One step's state, kept to reuse its memory.
  struct BatchedRow {
    ScheduledBranch* branch;
    int64_t tokens;
  };
  std::vector<ScheduledBranch*> ranked_;  // all branches, best rank first
  std::vector<BatchedRow> batched_;
  Batch batch_;
  StepOutput output_;
  std::vector<BranchEvent> events_;
  StepReport report_;
};

}  // namespace espalier

#endif  // ESPALIER_SCHEDULER_SCHEDULER_H_
