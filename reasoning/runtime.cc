#include "reasoning/runtime.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/check.h"
#include "base/random.h"
#include "base/status.h"
#include "base/text.h"
#include "reasoning/prompt_format.h"
#include "reasoning/query_core.h"

namespace espalier {

struct Runtime::RunningQuery {
  RunningQuery(QueryEnvironment environment, QueryId id, uint64_t seed, std::string problem,
               PromptFormat format, Program bound)
      : program(std::move(bound)),
        core(environment, id, seed, std::move(problem), std::move(format), program.generation) {}

  Program program;  // outlives the coroutine that its body made
  QueryCore core;
  OnResult on_result;
  double submitted = 0;
  double first_token = 0;
};

std::string DefaultReward(const Engine& engine) {
  const std::string& of_model = engine.info().reward;
  return MakeTextScorer(of_model) != nullptr ? of_model : "logprob";
}

Runtime::Runtime(Engine& engine, const RuntimeOptions& options)
    : engine_(engine),
      clock_(options.clock != nullptr ? *options.clock : monotonic_clock_),
      default_reward_(options.reward.empty() ? DefaultReward(engine) : options.reward),
      scheduler_(engine, options.scheduler) {
  for (const std::string_view name : kTextScorers) RegisterScorer(std::string(name), MakeTextScorer(name));
}

void Runtime::RegisterScorer(const std::string& name, std::shared_ptr<Scorer> scorer) {
  scorers_[name] = std::move(scorer);
}

absl::StatusOr<Scorer*> Runtime::FindScorer(const std::string& given) const {
  const std::string& name = given.empty() ? default_reward_ : given;
  const auto found = scorers_.find(name);
  if (found != scorers_.end()) return found->second.get();
  std::vector<std::string> names;
  for (const auto& [known, scorer] : scorers_) names.push_back(known);
  return absl::InvalidArgumentError(Cat("unknown scorer '", name, "'", DidYouMean(name, names),
                                        ": there are ", absl::StrJoin(names, ", ")));
}

Runtime::~Runtime() {
  while (!queries_.empty()) Cancel(queries_.begin()->first);
}

absl::StatusOr<QueryId> Runtime::Submit(const QueryRequest& request, OnResult on_result) {
  ESPALIER_RETURN_IF_ERROR(CheckGenerates(engine_.info()));
  ESPALIER_ASSIGN_OR_RETURN(Program program, programs_.Make(request.program));
  ESPALIER_ASSIGN_OR_RETURN(PromptFormat format, FindPromptFormat(request.prompt_format, engine_));
  ESPALIER_ASSIGN_OR_RETURN(std::vector<TokenId> prompt, MakePrompt(format, request.problem, engine_));
  ESPALIER_ASSIGN_OR_RETURN(Scorer* const scorer, FindScorer(program.generation.reward));
  const QueryId id{next_query_++};
  const uint64_t seed = StableHash(request.problem, request.seed);
  auto query = std::make_unique<RunningQuery>(QueryEnvironment{scheduler_, engine_.tokenizer(), *scorer}, id,
                                              seed, request.problem, std::move(format), std::move(program));
  query->submitted = clock_.Seconds();
  ESPALIER_RETURN_IF_ERROR(query->core.Start(std::move(prompt), query->program.body));
  query->on_result = std::move(on_result);
  queries_[id] = std::move(query);
  return id;
}

QueryResult Runtime::Run(const QueryRequest& request) {
  std::optional<QueryResult> result;
  const auto id = Submit(request, [&](QueryId, QueryResult finished) { result = std::move(finished); });
  if (!id.ok()) {
    QueryResult rejected;
    rejected.status = id.status();
    return rejected;
  }
  while (!result.has_value()) ESPALIER_CHECK(Step() || result.has_value(), "the query was lost");
  return *std::move(result);
}

void Runtime::FinishAll(const absl::Status& status) {
  while (!queries_.empty()) Finish(queries_.begin()->first, status);
}

absl::Status Runtime::StepScorers() {
  for (const auto& [name, scorer] : scorers_) {
    if (scorer->has_work()) ESPALIER_RETURN_IF_ERROR(scorer->Step());
  }
  return absl::OkStatus();
}

absl::Status Runtime::StepScheduler() {
  if (!scheduler_.has_work()) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const std::span<const BranchEvent> events, scheduler_.Step());
  ++counters_.steps;
  counters_.rows += scheduler_.last_step().rows;
  counters_.computed_tokens += scheduler_.last_step().tokens;
  counters_.engine_seconds += scheduler_.last_step().engine_seconds;
  for (const BranchEvent& event : events) Route(event);
  return absl::OkStatus();
}

bool Runtime::Step() {
  FinishEnded();
  if (queries_.empty()) return false;
  const bool scores =
      std::any_of(scorers_.begin(), scorers_.end(), [](const auto& s) { return s.second->has_work(); });
  if (!scores && !scheduler_.has_work()) {
    FinishAll(absl::FailedPreconditionError(
        "the program waits for nothing that can happen: it awaits no operation"));
    return false;
  }
  absl::Status status = StepScorers();
  if (status.ok()) status = StepScheduler();
  if (!status.ok()) {
    FinishAll(status);
    return false;
  }
  for (auto& [id, query] : queries_) query->core.DeliverDue();
  FinishEnded();
  return !queries_.empty();
}

void Runtime::Route(const BranchEvent& event) {
  RunningQuery& query = *queries_.at(event.query);
  if (event.status.ok()) {
    ++counters_.drawn_tokens;
    if (query.first_token == 0) query.first_token = clock_.Seconds();
  }
  query.core.OnEvent(event);
}

void Runtime::FinishEnded() {
  std::vector<QueryId> ended;
  for (const auto& [id, query] : queries_) {
    if (query->core.finished()) ended.push_back(id);
  }
  for (const QueryId id : ended) Finish(id, queries_.at(id)->core.TakeAnswer());
}

void Runtime::Cancel(QueryId id) {
  if (queries_.contains(id)) Finish(id, absl::CancelledError("cancelled"));
}

void Runtime::Finish(QueryId id, absl::StatusOr<Answer> answer) {
  const auto found = queries_.find(id);
  ESPALIER_CHECK(found != queries_.end());
  const std::unique_ptr<RunningQuery> query = std::move(found->second);
  queries_.erase(found);
  query->core.Cancel();
  QueryResult result;
  result.status = answer.status();
  if (answer.ok()) result.answer = *std::move(answer);
  result.tokens = query->core.tokens();
  result.usage = scheduler_.usage(id);
  scheduler_.ForgetQuery(id);
  result.branches = query->core.TakeRecords();
  std::stable_sort(result.branches.begin(), result.branches.end(),
                   [](const BranchRecord& a, const BranchRecord& b) { return a.path < b.path; });
  result.seconds = clock_.Seconds() - query->submitted;
  if (query->first_token > 0) result.first_token_seconds = query->first_token - query->submitted;
  query->on_result(id, std::move(result));
}

}  // namespace espalier
