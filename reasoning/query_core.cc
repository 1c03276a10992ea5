#include "reasoning/query_core.h"

#include <algorithm>
#include <utility>

#include "base/cat.h"
#include "base/check.h"
#include "base/random.h"
#include "reward/answer.h"

namespace espalier {
namespace {

SamplingParameters ToParameters(const Sampling& sampling) {
  SamplingParameters parameters;
  parameters.temperature = static_cast<float>(sampling.temperature);
  parameters.top_k = static_cast<int32_t>(sampling.top_k);
  parameters.top_p = static_cast<float>(sampling.top_p);
  parameters.min_p = static_cast<float>(sampling.min_p);
  parameters.repetition_penalty = static_cast<float>(sampling.repetition_penalty);
  parameters.presence_penalty = static_cast<float>(sampling.presence_penalty);
  parameters.frequency_penalty = static_cast<float>(sampling.frequency_penalty);
  return parameters;
}

}  // namespace

double BranchState::Mean(float TokenStatistics::*field) const {
  double sum = 0;
  for (const TokenStatistics& token : statistics) sum += token.*field;
  return statistics.empty() ? 0 : sum / static_cast<double>(statistics.size());
}

BranchState::BranchState(QueryCore& owner, BranchPath branch_path)
    : core(&owner), path(std::move(branch_path)) {}

BranchState::~BranchState() {
  if (core != nullptr) core->ForgetBranch(*this);
}

QueryCore::QueryCore(QueryEnvironment environment, QueryId id, uint64_t seed, std::string problem,
                     PromptFormat format, GenerationOptions generation)
    : scheduler_(environment.scheduler),
      tokenizer_(environment.tokenizer),
      scorer_(environment.scorer),
      id_(id),
      seed_(seed),
      problem_(std::move(problem)),
      format_(std::move(format)),
      generation_(std::move(generation)) {}

QueryCore::~QueryCore() { Cancel(); }

absl::Status QueryCore::Start(std::vector<TokenId> prompt,
                              const std::function<Task<Answer>(Query&)>& program) {
  prompt_length_ = static_cast<int64_t>(prompt.size());
  absl::StatusOr<BranchId> root = scheduler_.AddPrompt(id_, std::move(prompt));
  if (!root.ok()) return root.status();
  root_ = std::make_shared<BranchState>(*this, BranchPath());
  root_->random_key = StableHash(root_->path.ToString(), seed_);
  root_->id = *root;
  root_->scheduled = true;
  root_->start_length = prompt_length_;
  branches_[*root] = root_.get();
  tokens_.prefill = prompt_length_;
  query_ = std::make_unique<Query>(*this);
  program_ = program(*query_);
  program_.Start();
  DrainReady();
  DeliverDue();
  return absl::OkStatus();
}

void QueryCore::Cancel() {
  program_ = Task<Answer>();
  root_.reset();
  // What the program handed out and somebody still holds: detached, without pages.
  while (!branches_.empty()) {
    BranchState& branch = *branches_.begin()->second;
    ForgetBranch(branch);
    branch.core = nullptr;
  }
}

absl::StatusOr<Answer> QueryCore::TakeAnswer() {
  ESPALIER_CHECK(finished() && program_.valid(), "the program has not ended");
  absl::StatusOr<Answer> answer = absl::InternalError("no answer");
  try {
    answer = program_.TakeResult();
  } catch (const ProgramError& error) {
    answer = error.status();
  } catch (const std::exception& error) {
    answer = absl::InternalError(Cat("the program threw: ", error.what()));
  } catch (...) {
    answer = absl::InternalError("the program threw an unknown exception");
  }
  Cancel();
  return answer;
}

// ---- Events and logical order ----

void QueryCore::OnEvent(const BranchEvent& event) {
  const auto found = branches_.find(event.branch);
  ESPALIER_CHECK(found != branches_.end() && found->second->operation != nullptr, "event of an idle branch");
  GenerateOperation& operation = *found->second->operation;
  if (!event.status.ok()) {
    operation.error_ = absl::Status(event.status.code(), Cat("branch ", operation.branch_->path.ToString(),
                                                             ": ", ToStd(event.status.message())));
    EndOperation(operation, EndReason::kFailed, operation.drawn_);
    return;
  }
  ++operation.drawn_;
  operation.statistics_.push_back(event.statistics);
  const std::span<const TokenId> ends = tokenizer_.end_ids();
  if (std::binary_search(ends.begin(), ends.end(), event.token)) {
    EndOperation(operation, EndReason::kEndOfTurn, operation.drawn_ - 1);
  } else if (!EndsAtText(operation, tokenizer_.Piece(event.token)) && operation.drawn_ == operation.limit_) {
    const bool context = operation.start_length_ + operation.drawn_ >= scheduler_.max_length();
    EndOperation(operation, context ? EndReason::kContext : EndReason::kMaxTokens, operation.drawn_);
  }
}

bool QueryCore::EndsAtText(GenerateOperation& operation, std::string_view piece) {
  for (StopMatcher* matcher : {operation.stop_matcher_.get(), operation.step_matcher_.get()}) {
    if (matcher == nullptr) continue;
    if (const auto match = matcher->Push(piece)) {
      // The cut lies in this token or an earlier one; the text of the token it splits is added again.
      const std::span<const TokenId> tokens = scheduler_.tokens(operation.branch_->id);
      if (match->partial_bytes > 0) {
        const TokenId split = tokens[operation.start_length_ + match->whole_tokens];
        operation.kept_tail_ = tokenizer_.Piece(split).substr(0, match->partial_bytes);
      }
      EndOperation(operation, EndReason::kStopText, match->whole_tokens);
      return true;
    }
  }
  return false;
}

void QueryCore::EndOperation(GenerateOperation& operation, EndReason reason, int64_t kept) {
  operation.end_reason_ = reason;
  operation.kept_ = kept;
  scheduler_.StopGenerating(operation.branch_->id);
}

// The earliest ended operation, if nothing that still runs can come before it.
Operation* QueryCore::NextDue() {
  Operation* first = nullptr;
  LogicalTime first_time;
  for (Operation* operation : operations_) {
    LogicalTime time = operation->NextEvent();
    if (first == nullptr || time < first_time) {
      first = operation;
      first_time = std::move(time);
    }
  }
  return first != nullptr && first->ended() ? first : nullptr;
}

void QueryCore::DeliverDue() {
  while (Operation* operation = NextDue()) Deliver(*operation);
}

void QueryCore::Deliver(Operation& operation) {
  now_ = operation.NextEvent();
  operation.branch_->clock = now_.clock;
  operation.Settle();
  End(operation);
  Resume(operation.waiter_, operation.task_);
  DrainReady();
}

// ---- Operations ----

void QueryCore::Begin(Operation& operation) {
  const BranchState& branch = *operation.branch_;
  ESPALIER_CHECK(branch.operation == nullptr, "branch ", branch.path.ToString(), " already generates");
  ESPALIER_CHECK(branch.scheduled, "branch ", branch.path.ToString(), " was pruned");
  operation.task_ = current_task_;
  operation.active_ = true;
  operation.start_clock_ = std::max(branch.clock, now_.clock);
  operations_.push_back(&operation);
}

void QueryCore::End(Operation& operation) {
  operation.active_ = false;
  std::erase(operations_, &operation);
}

void QueryCore::SettleGenerate(GenerateOperation& operation) {
  BranchState& branch = *operation.branch_;
  branch.end_reason = operation.end_reason_;
  AbsorbStatistics(operation, operation.kept_);
  tokens_.expansion += operation.drawn_;
  const int64_t kept_length = operation.start_length_ + operation.kept_;
  if (kept_length < static_cast<int64_t>(scheduler_.tokens(branch.id).size())) {
    scheduler_.Truncate(branch.id, kept_length);
  }
  if (!operation.kept_tail_.empty())
    scheduler_.Append(branch.id, tokenizer_.EncodeContinuation(operation.kept_tail_));
  branch.operation = nullptr;
}

void QueryCore::AbsorbStatistics(GenerateOperation& operation, int64_t kept) {
  BranchState& branch = *operation.branch_;
  branch.statistics.insert(branch.statistics.end(), operation.statistics_.begin(),
                           operation.statistics_.begin() + kept);
  branch.generated += kept;
}

// Tokens that an operation has drawn up to now(): those at clock <= now, a tie decided by path.
int64_t QueryCore::LogicalDrawn(const GenerateOperation& operation) const {
  const int64_t elapsed = now_.clock - operation.start_clock_ - (operation.branch_->path > now_.path ? 1 : 0);
  return std::clamp<int64_t>(elapsed, 0, operation.drawn_);
}

int64_t QueryCore::LogicalLength(const BranchState& branch) const {
  if (!branch.scheduled) return branch.start_length;
  if (branch.operation == nullptr) return static_cast<int64_t>(scheduler_.tokens(branch.id).size());
  return branch.operation->start_length_ + LogicalDrawn(*branch.operation);
}

void QueryCore::StartGenerate(GenerateOperation& operation) {
  Begin(operation);
  BranchState& branch = *operation.branch_;
  operation.start_length_ = static_cast<int64_t>(scheduler_.tokens(branch.id).size());
  operation.limit_ = generation_.max_tokens - branch.generated;
  if (operation.until_.kind() == Until::Kind::kTokens) {
    operation.limit_ = std::min(operation.limit_, operation.until_.tokens());
  }
  const int64_t room = scheduler_.max_length() - operation.start_length_;
  operation.limit_ = std::min(operation.limit_, room);
  branch.operation = &operation;
  branch.end_reason = EndReason::kNotEnded;
  if (operation.limit_ <= 0) {
    operation.end_reason_ = room <= 0 ? EndReason::kContext : EndReason::kMaxTokens;
    return;
  }
  PrepareStops(operation);
  GenerateRequest request;
  request.sampling = ToParameters(operation.sampling_);
  request.random_key = branch.random_key;
  scheduler_.Generate(branch.id, request);
}

void QueryCore::PrepareStops(GenerateOperation& operation) const {
  std::vector<std::string> stops;
  const Until& until = operation.until_;
  if (until.kind() == Until::Kind::kAnswer || until.kind() == Until::Kind::kStep) {
    stops = format_.stop;
    stops.insert(stops.end(), generation_.stop.begin(), generation_.stop.end());
  } else if (until.kind() == Until::Kind::kText) {
    stops = {until.text()};
  }
  if (!stops.empty()) {
    operation.stop_set_ = std::make_unique<StopSet>(std::move(stops));
    operation.stop_matcher_ = std::make_unique<StopMatcher>(*operation.stop_set_);
  }
  if (until.kind() == Until::Kind::kStep && !format_.step_delimiter.empty()) {
    operation.step_set_ = std::make_unique<StopSet>(std::vector<std::string>{format_.step_delimiter});
    operation.step_matcher_ = std::make_unique<StopMatcher>(*operation.step_set_, /*include_stop=*/true);
  }
}

void QueryCore::CancelGenerate(GenerateOperation& operation) {
  BranchState& branch = *operation.branch_;
  const int64_t drawn = LogicalDrawn(operation);
  tokens_.expansion += drawn;
  tokens_.discarded += operation.drawn_ - drawn;
  AbsorbStatistics(operation, drawn);
  if (operation.end_reason_ == EndReason::kNotEnded) scheduler_.StopGenerating(branch.id);
  const int64_t length = operation.start_length_ + drawn;
  if (length < static_cast<int64_t>(scheduler_.tokens(branch.id).size()))
    scheduler_.Truncate(branch.id, length);
  branch.clock = std::max(now_.clock, operation.start_clock_);
  branch.end_reason = EndReason::kStopped;
  branch.stop_note = stopping_note_;
  branch.operation = nullptr;
  End(operation);
}

void QueryCore::StartScore(ScoreOperation& operation) {
  Begin(operation);
  const BranchState& branch = *operation.branch_;
  ScoreRequest request;
  request.problem = problem_;
  request.text = Text(branch);
  request.step_delimiter = format_.step_delimiter;
  request.mean_logprob = branch.Mean(&TokenStatistics::logprob);
  operation.ticket_ = scorer_.Submit(
      request, [&operation](absl::StatusOr<StepScores> scores) { operation.scores_ = std::move(scores); });
}

void QueryCore::SettleScore(ScoreOperation& operation) {
  if (!operation.scores_->ok()) return;
  const StepScores& scores = **operation.scores_;
  operation.branch_->scores = scores;
  tokens_.aggregation += scores.tokens;
}

void QueryCore::CancelScore(ScoreOperation& operation) {
  if (operation.ended()) {
    if (operation.scores_->ok()) tokens_.discarded += (*operation.scores_)->tokens;
  } else {
    scorer_.Cancel(operation.ticket_);
  }
  End(operation);
}

// ---- Branches ----

std::shared_ptr<BranchState> QueryCore::Fork(BranchState& parent) {
  if (!parent.scheduled) {
    throw ProgramError(absl::FailedPreconditionError(
        Cat("branch ", parent.path.ToString(), " was pruned and cannot be forked: fork before Prune")));
  }
  auto child = std::make_shared<BranchState>(*this, parent.path.Child(parent.forks++));
  const int64_t length = LogicalLength(parent);
  child->random_key = StableHash(child->path.ToString(), seed_);
  child->id = scheduler_.Fork(parent.id, length);
  child->scheduled = true;
  child->start_length = length;
  child->clock = std::max(parent.operation == nullptr ? parent.clock : now_.clock, now_.clock);
  child->generated = parent.generated;
  child->statistics = parent.statistics;
  if (parent.operation != nullptr) {
    const int64_t drawn = LogicalDrawn(*parent.operation);
    const auto begin = parent.operation->statistics_.begin();
    child->statistics.insert(child->statistics.end(), begin, begin + drawn);
    child->generated += drawn;
  }
  branches_[child->id] = child.get();
  return child;
}

void QueryCore::Append(BranchState& branch, std::string_view text) {
  ESPALIER_CHECK(branch.operation == nullptr && branch.scheduled, "append to a running or pruned branch");
  const std::vector<TokenId> tokens = tokenizer_.EncodeContinuation(text);
  scheduler_.Append(branch.id, tokens);
  branch.clock = std::max(branch.clock, now_.clock) + static_cast<int64_t>(tokens.size());
  tokens_.prefill += static_cast<int64_t>(tokens.size());
}

void QueryCore::Prune(BranchState& branch) {
  if (!branch.scheduled) return;
  ESPALIER_CHECK(branch.operation == nullptr,
                 "prune of a branch that another task generates: use StopSiblings");
  branch.end_reason = EndReason::kPruned;
  ForgetBranch(branch);
}

std::string QueryCore::Text(const BranchState& branch) const {
  if (!branch.scheduled) return "";
  const std::span<const TokenId> tokens = scheduler_.tokens(branch.id);
  return tokenizer_.Decode(tokens.subspan(prompt_length_, LogicalLength(branch) - prompt_length_));
}

void QueryCore::ForgetBranch(BranchState& branch) {
  if (!branch.scheduled) return;
  if (branch.operation != nullptr) CancelGenerate(*branch.operation);
  Record(branch);
  scheduler_.Remove(branch.id);
  branches_.erase(branch.id);
  branch.scheduled = false;
}

void QueryCore::Record(const BranchState& branch) {
  const std::span<const TokenId> tokens = scheduler_.tokens(branch.id);
  const int64_t own = static_cast<int64_t>(tokens.size()) - branch.start_length;
  const bool untouched = own == 0 && branch.end_reason == EndReason::kNotEnded;
  if (untouched && branch.path == BranchPath()) return;  // a root that was only forked
  BranchRecord& record = records_.emplace_back();
  record.path = branch.path;
  record.text = tokenizer_.Decode(tokens.subspan(branch.start_length));
  record.inherited = tokenizer_.Decode(tokens.subspan(prompt_length_, branch.start_length - prompt_length_));
  record.answer = ExtractAnswer(Text(branch));
  record.end = branch.stop_note.empty() ? EndReasonName(branch.end_reason) : branch.stop_note;
  record.start = branch.start_length - prompt_length_;
  record.tokens = own;
  record.mean_logprob = branch.Mean(&TokenStatistics::logprob);
  record.step_scores = branch.scores.steps;
}

// ---- Tasks ----

void QueryCore::StopSiblings(std::string_view reason) {
  if (current_task_ == nullptr) {
    throw ProgramError(absl::FailedPreconditionError("StopSiblings is for tasks inside ForEach"));
  }
  stopping_note_ = reason;
  current_task_->scope->CancelOthers(current_task_);
  stopping_note_.clear();
}

void QueryCore::CancelResume(std::coroutine_handle<> handle) {
  std::erase_if(ready_, [&](const ReadyResume& ready) { return ready.handle == handle; });
}

void QueryCore::Resume(std::coroutine_handle<> handle, ScopedTask* task) {
  const CurrentTask current(*this, task);
  handle.resume();
}

void QueryCore::DrainReady() {
  while (!ready_.empty()) {
    const ReadyResume next = ready_.front();
    ready_.pop_front();
    Resume(next.handle, next.task);
  }
}

}  // namespace espalier
