#include "scheduler/scheduler.h"

#include <algorithm>
#include <utility>

#include "base/cat.h"
#include "base/check.h"
#include "base/status.h"

namespace espalier {
namespace {

StepLimits MakeLimits(const ModelInfo& model, const SchedulerOptions& options) {
  StepLimits limits;
  limits.token_budget = model.max_batch_tokens;
  if (options.token_budget > 0)
    limits.token_budget = std::min<int64_t>(limits.token_budget, options.token_budget);
  limits.max_rows = options.max_rows;
  limits.page_size = model.page_size;
  return limits;
}

int64_t PagesFor(int64_t tokens, int64_t page_size) { return (tokens + page_size - 1) / page_size; }

}  // namespace

Scheduler::Scheduler(Engine& engine, const SchedulerOptions& options)
    : engine_(engine),
      limits_(MakeLimits(engine.info(), options)),
      cache_(RadixCacheOptions(engine.info().page_count, engine.info().page_size)) {}

int64_t Scheduler::max_length() const {
  const ModelInfo& model = engine_.info();
  return std::min<int64_t>(model.context_length, int64_t{model.page_count} * model.page_size);
}

absl::StatusOr<BranchId> Scheduler::AddPrompt(QueryId query, std::vector<TokenId> prompt) {
  if (prompt.empty()) return absl::InvalidArgumentError("the prompt has no tokens: give some text");
  const int64_t length = static_cast<int64_t>(prompt.size());
  if (length >= max_length()) {
    // An engine may count its pages into the context it offers.
    const bool by_pages = int64_t{engine_.info().page_count} * engine_.info().page_size <= max_length();
    return absl::InvalidArgumentError(
        Cat("the prompt has ", length, " tokens, but at most ", max_length() - 1, " fit ",
            by_pages ? "into the KV memory: raise --kv-memory" : "into the model's context: shorten it"));
  }
  const BranchId id{next_branch_++};
  ScheduledBranch& added = branches_[id];
  added.id = id;
  added.query = query;
  added.tokens = std::move(prompt);
  added.publish_length = length;
  added.generated_from = length;
  return id;
}

BranchId Scheduler::Fork(BranchId parent_id, int64_t length) {
  ScheduledBranch& parent = branch(parent_id);
  ESPALIER_CHECK(length >= 1 && length <= static_cast<int64_t>(parent.tokens.size()), length, " of ",
                 parent.tokens.size());
  const BranchId id{next_branch_++};
  ScheduledBranch& child = branches_[id];
  child.id = id;
  child.query = parent.query;
  child.tokens.assign(parent.tokens.begin(), parent.tokens.begin() + length);
  child.publish_length = std::min(parent.publish_length, length);
  child.published = parent.published;
  child.generated_from = std::min(parent.generated_from, length);
  if (!parent.lease.empty()) child.lease = cache_.Fork(parent.lease, std::min(parent.lease.length(), length));
  return id;
}

void Scheduler::Append(BranchId id, std::span<const TokenId> tokens) {
  ScheduledBranch& grown = branch(id);
  ESPALIER_CHECK(!grown.generating, "append to a running branch");
  grown.tokens.insert(grown.tokens.end(), tokens.begin(), tokens.end());
}

void Scheduler::Generate(BranchId id, const GenerateRequest& request) {
  ScheduledBranch& started = branch(id);
  ESPALIER_CHECK(!started.generating, "already generating");
  started.generating = true;
  started.request = request;
  ++generating_;
}

void Scheduler::StopGenerating(BranchId id) {
  ScheduledBranch& stopped = branch(id);
  ESPALIER_CHECK(stopped.generating, "not generating");
  stopped.generating = false;
  --generating_;
}

void Scheduler::Truncate(BranchId id, int64_t length) {
  ScheduledBranch& cut = branch(id);
  ESPALIER_CHECK(length >= 1 && length <= static_cast<int64_t>(cut.tokens.size()), length, " of ",
                 cut.tokens.size());
  if (cut.lease.length() > length) cut.lease = cache_.Fork(cut.lease, length);
  cut.tokens.resize(length);
  cut.publish_length = std::min(cut.publish_length, length);
  cut.generated_from = std::min(cut.generated_from, length);
}

void Scheduler::Remove(BranchId id) {
  ScheduledBranch& removed = branch(id);
  if (removed.generating) StopGenerating(id);
  usage_[removed.query].logical_pages += PagesFor(removed.computed_peak, limits_.page_size);
  if (!removed.lease.empty()) cache_.Prune(std::move(removed.lease), removed.tokens, removed.publish_length);
  branches_.erase(id);
}

std::span<const TokenId> Scheduler::tokens(BranchId id) const { return branch(id).tokens; }

QueryUsage Scheduler::usage(QueryId query) const {
  const auto found = usage_.find(query);
  return found == usage_.end() ? QueryUsage() : found->second;
}

void Scheduler::ForgetQuery(QueryId query) { usage_.erase(query); }

void Scheduler::EvictCache() { cache_.Evict(engine_.info().page_count); }

void Scheduler::PreemptAll() {
  for (auto& [id, preempted] : branches_) {
    if (!preempted.lease.empty()) ReleaseLease(preempted);
  }
}

ScheduledBranch& Scheduler::branch(BranchId id) {
  const auto found = branches_.find(id);
  ESPALIER_CHECK(found != branches_.end(), "no branch ", static_cast<int64_t>(id));
  return found->second;
}

const ScheduledBranch& Scheduler::branch(BranchId id) const {
  return const_cast<Scheduler*>(this)->branch(id);
}

absl::StatusOr<std::span<const BranchEvent>> Scheduler::Step() {
  events_.clear();
  report_ = StepReport();
  RankBranches();
  const std::vector<PlannedRow> plan = Plan();
  BuildBatch(plan);
  if (!batched_.empty()) {
    const double started = clock_.Seconds();
    ESPALIER_RETURN_IF_ERROR(engine_.Step(batch_, output_));
    report_.engine_seconds = clock_.Seconds() - started;
    CommitBatch();
  } else if (!plan.empty() && report_.preempted == 0) {
    events_.push_back(
        {branch(plan.front().id).query,
         plan.front().id,
         -1,
         {},
         absl::ResourceExhaustedError(Cat("the branch does not fit into ", engine_.info().page_count,
                                          " KV pages even alone: raise --kv-memory"))});
  }
  return std::span<const BranchEvent>(events_);
}

// First come, first served by query; within a query the older branch first.
void Scheduler::RankBranches() {
  ranked_.clear();
  for (auto& [id, ranked] : branches_) {
    ranked.in_batch = false;
    ranked_.push_back(&ranked);
  }
  std::stable_sort(ranked_.begin(), ranked_.end(),
                   [](const ScheduledBranch* a, const ScheduledBranch* b) { return a->query < b->query; });
}

// Of those that wait only as many are looked at as could be admitted in one step.
std::vector<PlannedRow> Scheduler::Plan() {
  std::vector<BranchView> views;
  int64_t waiting = 0;
  for (const ScheduledBranch* ranked : ranked_) {
    if (!ranked->generating) continue;
    const std::span<const TokenId> tokens = ranked->tokens;
    const bool resident = !ranked->lease.empty();
    if (!resident && ++waiting > limits_.max_rows) continue;
    const int64_t computed =
        resident ? ranked->usable_length() : cache_.MatchLength(tokens.first(tokens.size() - 1));
    views.push_back({ranked->id, tokens, computed, resident});
  }
  return PlanStep(views, limits_);
}

void Scheduler::BuildBatch(const std::vector<PlannedRow>& plan) {
  batch_.copies.clear();
  batch_.rows.clear();
  batched_.clear();
  bool admitting = true;  // until one does not fit: nobody overtakes it
  for (const PlannedRow& row : plan) {
    // An admission in a step that preempted would only be preempted in turn.
    if (row.admission && (!admitting || report_.preempted > 0)) continue;
    ScheduledBranch& leased = branch(row.id);
    if (leased.lease.empty() != row.admission) continue;  // lost its pages to a row before it
    if (!LeaseRow(leased, row)) {
      if (!leased.lease.empty()) ReleaseLease(leased);
      if (row.admission) {
        admitting = false;
      } else {
        ++usage_[leased.query].preemptions;
        ++report_.preempted;
      }
      continue;
    }
    leased.in_batch = true;
    const int64_t start = leased.lease.length();
    const int64_t count = std::min<int64_t>(row.tokens, static_cast<int64_t>(leased.tokens.size()) - start);
    batched_.push_back({&leased, count});
  }
  // Only now: page tables move while leases grow.
  for (const BatchedRow& row : batched_) {
    const ScheduledBranch& computed = *row.branch;
    const std::span<const TokenId> tokens = computed.tokens;
    const int64_t start = computed.lease.length();
    BatchRow& out = batch_.rows.emplace_back();
    out.tokens = tokens.subspan(start, row.tokens);
    out.position = start;
    out.pages = computed.lease.pages();
    out.output.sample = start + row.tokens == static_cast<int64_t>(tokens.size());
    out.output.sampling = &computed.request.sampling;
    out.output.random_key = computed.request.random_key;
    out.output.history = tokens.first(start + row.tokens);
    out.output.generated_from = computed.generated_from;
  }
}

// Gives `leased` the pages that the row needs. False: they cannot be had now.
bool Scheduler::LeaseRow(ScheduledBranch& leased, const PlannedRow& row) {
  QueryUsage& usage = usage_[leased.query];
  const std::span<const TokenId> tokens = leased.tokens;
  if (row.admission) {
    leased.lease = cache_.Acquire(tokens.first(tokens.size() - 1));
    while (!HasRoomToAdmit(leased, static_cast<int64_t>(tokens.size()) - leased.lease.length())) {
      if (!ReclaimIdlePages()) return false;
    }
    usage.cached_tokens += leased.lease.length();
  } else if (leased.lease.length() > leased.usable_length()) {
    leased.lease = cache_.Fork(leased.lease, leased.usable_length());
  }
  const int64_t count =
      std::min<int64_t>(row.tokens, static_cast<int64_t>(tokens.size()) - leased.lease.length());
  const size_t copies = batch_.copies.size();
  const size_t pages = leased.lease.pages().size();
  while (!cache_.Reserve(leased.lease, count, batch_.copies)) {
    if (!ReclaimIdlePages() && (row.admission || !PreemptBelow(leased))) return false;
  }
  const int64_t grown = static_cast<int64_t>(leased.lease.pages().size() - pages);
  usage.allocated_pages += grown + static_cast<int64_t>(batch_.copies.size() - copies);
  return true;
}

// A newcomer must leave one page for every branch that runs already; alone it may use what there is.
bool Scheduler::HasRoomToAdmit(const ScheduledBranch& admitted, int64_t tokens) const {
  int32_t residents = 0;
  for (const auto& [id, other] : branches_) {
    if (other.generating && !other.lease.empty() && &other != &admitted) ++residents;
  }
  if (residents == 0) return true;
  const PageUsage pages = cache_.Usage();
  return cache_.PagesNeeded(admitted.lease, tokens) + residents <= pages.free + pages.cached;
}

// Takes the pages of the last branch that holds some and does not run. False: there is none.
bool Scheduler::ReclaimIdlePages() {
  for (auto it = ranked_.rbegin(); it != ranked_.rend(); ++it) {
    if ((*it)->generating || (*it)->lease.empty()) continue;
    ReleaseLease(**it);
    return true;
  }
  return false;
}

// Takes the pages of the lowest ranked running branch below `for_branch` that is not in this step's batch.
bool Scheduler::PreemptBelow(const ScheduledBranch& for_branch) {
  for (auto it = ranked_.rbegin(); it != ranked_.rend() && *it != &for_branch; ++it) {
    ScheduledBranch& victim = **it;
    if (victim.lease.empty() || victim.in_batch) continue;
    ReleaseLease(victim);
    ++usage_[victim.query].preemptions;
    ++report_.preempted;
    return true;
  }
  return false;
}

// The KV stays in the tree until it is evicted, so that a branch that resumes soon finds it again.
void Scheduler::ReleaseLease(ScheduledBranch& released) {
  cache_.TrimReserve(released.lease);
  cache_.Insert(released.lease, std::span<const TokenId>(released.tokens).first(released.lease.length()));
  released.lease = PageLease();
}

void Scheduler::CommitBatch() {
  for (size_t i = 0; i < batched_.size(); ++i) {
    const auto [computed, count] = batched_[i];
    computed->lease.Advance(count);
    computed->computed_peak = std::max(computed->computed_peak, computed->lease.length());
    usage_[computed->query].computed_tokens += count;
    report_.tokens += count;
    ++report_.rows;
    if (!computed->published && computed->lease.length() >= computed->publish_length) {
      cache_.Insert(computed->lease,
                    std::span<const TokenId>(computed->tokens).first(computed->lease.length()));
      computed->published = true;
    }
    if (!batch_.rows[i].output.sample) continue;
    const RowOutput& drawn = output_.rows[i];
    computed->tokens.push_back(drawn.sampled);
    events_.push_back({computed->query, computed->id, drawn.sampled, drawn.statistics, absl::OkStatus()});
  }
}

}  // namespace espalier
