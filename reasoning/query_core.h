// The inside of a running query: its branches, its logical time, its tasks. Programs see Query and Branch
// only.
//
// Invariants of logical order (DESIGN: determinism):
//  - An operation's events lie at (start_clock + tokens drawn, branch path); later events of it lie later.
//  - DeliverDue hands an end to the program only when no operation that still runs can produce an earlier
//  event.
//    So the order of events depends on tokens alone, never on batches, memory or threads.
//  - now() is the time of the event being handled. What a branch has drawn beyond now() does not exist for
//  the
//    program: LogicalLength hides it, and cancelling discards it.
#ifndef ESPALIER_REASONING_QUERY_CORE_H_
#define ESPALIER_REASONING_QUERY_CORE_H_

#include <coroutine>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer.h"
#include "reasoning/branch.h"
#include "reasoning/generate.h"
#include "reasoning/prompt_format.h"
#include "reasoning/query.h"
#include "reasoning/query_result.h"
#include "reasoning/score.h"
#include "scheduler/scheduler.h"

namespace espalier {

class QueryCore;

// What a branch handle points to. Removed from the scheduler when the last handle goes.
struct BranchState {
  BranchState(QueryCore& owner, BranchPath branch_path);
  ~BranchState();
  BranchState(const BranchState&) = delete;

  // Over `statistics`, 0 if there are none.
  double Mean(float TokenStatistics::*field) const;

  QueryCore* core;  // null once the query is over
  BranchPath path;
  uint64_t random_key = 0;
  BranchId id{};
  bool scheduled = false;    // the scheduler still has it
  int64_t start_length = 0;  // tokens at birth
  int64_t clock = 0;         // logical time of its last event
  int64_t generated = 0;     // generated tokens on its path, for max_tokens
  int32_t forks = 0;
  std::vector<TokenStatistics> statistics;  // of the generated tokens on its path
  EndReason end_reason = EndReason::kNotEnded;
  std::string stop_note;  // "decided_vote"
  StepScores scores;      // of the last Score
  GenerateOperation* operation = nullptr;
};

struct QueryEnvironment {
  Scheduler& scheduler;
  const Tokenizer& tokenizer;
  Scorer& scorer;
};

class QueryCore {
 public:
  QueryCore(QueryEnvironment environment, QueryId id, uint64_t seed, std::string problem, PromptFormat format,
            GenerationOptions generation);
  ~QueryCore();
  QueryCore(const QueryCore&) = delete;

  // Adds the prompt and runs the program to its first suspension.
  absl::Status Start(std::vector<TokenId> prompt, const std::function<Task<Answer>(Query&)>& program);
  // Destroys the program: everything below it is cancelled and its pages are free.
  void Cancel();
  bool finished() const { return !program_.valid() || program_.done(); }
  // After finished(): the answer or the error. Destroys the program.
  absl::StatusOr<Answer> TakeAnswer();

  // A step of the scheduler drew a token for one of this query's branches.
  void OnEvent(const BranchEvent& event);
  // Handles every event whose logical time has come.
  void DeliverDue();

  // For branches.
  std::shared_ptr<BranchState> Root() const { return root_; }
  std::shared_ptr<BranchState> Fork(BranchState& parent);
  void Append(BranchState& branch, std::string_view text);
  void Prune(BranchState& branch);
  int64_t LogicalLength(const BranchState& branch) const;
  std::string Text(const BranchState& branch) const;
  void ForgetBranch(BranchState& branch);

  // For operations.
  void StartGenerate(GenerateOperation& operation);
  void SettleGenerate(GenerateOperation& operation);
  void CancelGenerate(GenerateOperation& operation);
  void StartScore(ScoreOperation& operation);
  void SettleScore(ScoreOperation& operation);
  void CancelScore(ScoreOperation& operation);

  // For task scopes.
  ScopedTask* current_task() const { return current_task_; }
  void StopSiblings(std::string_view reason);
  void ResumeSoon(std::coroutine_handle<> handle, ScopedTask* task) { ready_.push_back({handle, task}); }
  void CancelResume(std::coroutine_handle<> handle);
  class CurrentTask {
   public:
    CurrentTask(QueryCore& core, ScopedTask* task) : core_(core), previous_(core.current_task_) {
      core_.current_task_ = task;
    }
    ~CurrentTask() { core_.current_task_ = previous_; }

   private:
    QueryCore& core_;
    ScopedTask* previous_;
  };

  QueryId id() const { return id_; }
  const std::string& problem() const { return problem_; }
  const PromptFormat& format() const { return format_; }
  const GenerationOptions& generation() const { return generation_; }
  const TokenCounts& tokens() const { return tokens_; }
  std::vector<BranchRecord> TakeRecords() { return std::move(records_); }

 private:
  struct ReadyResume {
    std::coroutine_handle<> handle;
    ScopedTask* task;
  };

  void Resume(std::coroutine_handle<> handle, ScopedTask* task);
  void DrainReady();
  void Begin(Operation& operation);
  void End(Operation& operation);
  Operation* NextDue();
  void EndOperation(GenerateOperation& operation, EndReason reason, int64_t kept);
  void Deliver(Operation& operation);
  int64_t LogicalDrawn(const GenerateOperation& operation) const;
  void PrepareStops(GenerateOperation& operation) const;
  bool EndsAtText(GenerateOperation& operation, std::string_view piece);
  void AbsorbStatistics(GenerateOperation& operation, int64_t kept);
  void Record(const BranchState& branch);

  Scheduler& scheduler_;
  const Tokenizer& tokenizer_;
  Scorer& scorer_;
  QueryId id_;
  uint64_t seed_;
  std::string problem_;
  PromptFormat format_;
  GenerationOptions generation_;

  LogicalTime now_;
  std::shared_ptr<BranchState> root_;
  int64_t prompt_length_ = 0;
  std::map<BranchId, BranchState*> branches_;  // live
  std::vector<Operation*> operations_;         // active: running, or ended and not yet delivered
  std::deque<ReadyResume> ready_;
  ScopedTask* current_task_ = nullptr;
  std::string stopping_note_;  // set while StopSiblings cancels
  TokenCounts tokens_;
  std::vector<BranchRecord> records_;
  std::unique_ptr<Query> query_;
  Task<Answer> program_;  // last: destroyed first
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_QUERY_CORE_H_
