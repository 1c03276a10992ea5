// START HERE to use Espalier from C++: runs queries on an engine.
//
//   auto engine = espalier::Engine::Open("model.gguf", {});
//   espalier::Runtime runtime(**engine);
//   espalier::QueryResult result = runtime.Run(espalier::QueryRequest("What is 17 * 3?", "sc:n=8"));
//
// Owns the scheduler, and with it the cache. One thread only.
#ifndef ESPALIER_REASONING_RUNTIME_H_
#define ESPALIER_REASONING_RUNTIME_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "engine/engine.h"
#include "reasoning/program.h"
#include "reasoning/query_result.h"
#include "reasoning/scorer.h"
#include "scheduler/scheduler.h"

namespace espalier {

class QueryCore;

struct QueryRequest {
  std::string problem;
  std::string program = "cot";  // "name" or "name:key=value,..."
  uint64_t seed = 0;            // the query's own seed is a hash of this and the problem's text
  std::string prompt_format;    // "" : chosen by the model

  QueryRequest() {}
  QueryRequest(std::string problem, std::string program)
      : problem(std::move(problem)), program(std::move(program)) {}
};

// The text scorer that the model file asks for, else "logprob".
std::string DefaultReward(const Engine& engine);

struct RuntimeOptions {
  SchedulerOptions scheduler;
  std::string reward;            // the scorer of queries that name none; "" : DefaultReward
  const Clock* clock = nullptr;  // null: the monotonic clock

  RuntimeOptions() {}
};

// Totals since construction.
struct RuntimeCounters {
  int64_t steps = 0;
  int64_t rows = 0;
  int64_t computed_tokens = 0;
  int64_t drawn_tokens = 0;
  double engine_seconds = 0;  // of the steps' time, inside the engine
};

class Runtime {
 public:
  using OnResult = std::function<void(QueryId, QueryResult)>;

  explicit Runtime(Engine& engine, const RuntimeOptions& options = RuntimeOptions());
  ~Runtime();
  Runtime(const Runtime&) = delete;

  void RegisterProgram(ProgramDescription description, ProgramFactory factory) {
    programs_.Register(std::move(description), std::move(factory));
  }
  const ProgramRegistry& programs() const { return programs_; }

  // Makes a scorer known to programs by `name`, in place of any of that name. It must not be replaced while
  // queries use it. The text scorers (scorer.h) are there from the start.
  void RegisterScorer(const std::string& name, std::shared_ptr<Scorer> scorer);
  const std::string& default_reward() const { return default_reward_; }
  // The scorer of that name; "" : the default one. InvalidArgument, with the nearest name: unknown.
  absl::StatusOr<Scorer*> FindScorer(const std::string& name) const;

  // Runs one query to its end, with any others that are under way.
  QueryResult Run(const QueryRequest& request);

  // Starts a query; `on_result` is called once, from Step, Cancel or the destructor.
  // InvalidArgument: unknown program, option or scorer, prompt too long. FailedPrecondition: a reward model.
  absl::StatusOr<QueryId> Submit(const QueryRequest& request, OnResult on_result);

  // Ends a query now: its pages are free, its result is Cancelled with the records so far.
  void Cancel(QueryId query);

  // One step of the scheduler and everything that follows from it. True while queries are under way.
  // If the engine fails, every query ends with its error.
  bool Step();

  const RuntimeCounters& counters() const { return counters_; }
  Scheduler& scheduler() { return scheduler_; }
  Engine& engine() { return engine_; }

 private:
  struct RunningQuery;

  absl::Status StepScorers();
  absl::Status StepScheduler();
  void FinishAll(const absl::Status& status);
  void Route(const BranchEvent& event);
  void Finish(QueryId id, absl::StatusOr<Answer> answer);
  void FinishEnded();

  Engine& engine_;
  MonotonicClock monotonic_clock_;
  const Clock& clock_;
  ProgramRegistry programs_;
  std::map<std::string, std::shared_ptr<Scorer>> scorers_;
  std::string default_reward_;
  Scheduler scheduler_;
  std::map<QueryId, std::unique_ptr<RunningQuery>> queries_;
  int64_t next_query_ = 0;
  RuntimeCounters counters_;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_RUNTIME_H_
