#include "reasoning/reward_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/cat.h"
#include "base/check.h"
#include "base/status.h"
#include "engine/tokenizer.h"

namespace espalier {

absl::StatusOr<std::shared_ptr<RewardModel>> RewardModel::Create(std::unique_ptr<Engine> engine) {
  const ModelInfo& info = engine->info();
  if (info.head_outputs < 1 || info.head_outputs > 2) {
    return absl::InvalidArgumentError(
        Cat("'", info.name, "' cannot score: it has ", info.head_outputs,
            " head outputs and 1 or 2 are understood; give a reward model, checker or logprob"));
  }
  ESPALIER_ASSIGN_OR_RETURN(PromptFormat format, FindPromptFormat("", *engine));
  return std::shared_ptr<RewardModel>(new RewardModel(std::move(engine), std::move(format)));
}

RewardModel::RewardModel(std::unique_ptr<Engine> engine, PromptFormat format)
    : engine_(std::move(engine)), format_(std::move(format)) {
  for (PageId page = engine_->info().page_count; page > 0; --page) free_pages_.push_back(page - 1);
}

absl::StatusOr<RewardModel::Job> RewardModel::MakeJob(const ScoreRequest& request) const {
  Job job;
  ESPALIER_ASSIGN_OR_RETURN(job.tokens, MakePrompt(format_, request.problem, *engine_));
  const std::vector<TokenId> delimiter = engine_->tokenizer().EncodeContinuation(request.step_delimiter);
  for (const std::string_view step : SplitSteps(request.text, request.step_delimiter)) {
    if (!job.step_ends.empty()) job.tokens.insert(job.tokens.end(), delimiter.begin(), delimiter.end());
    const std::vector<TokenId> tokens = engine_->tokenizer().EncodeContinuation(step);
    job.tokens.insert(job.tokens.end(), tokens.begin(), tokens.end());
    job.step_ends.push_back(static_cast<int64_t>(job.tokens.size()) - 1);
  }
  const auto length = static_cast<int64_t>(job.tokens.size());
  if (length > engine_->info().context_length) {
    return absl::InvalidArgumentError(Cat("the scorer '", engine_->info().name, "' reads ",
                                          engine_->info().context_length, " tokens and the text has ", length,
                                          "; lower max_tokens or choose another --reward"));
  }
  job.scores.tokens = job.step_ends.empty() ? 0 : length;
  return job;
}

Scorer::Ticket RewardModel::Submit(const ScoreRequest& request, OnScored on_scored) {
  absl::StatusOr<Job> job = MakeJob(request);
  if (!job.ok()) {
    on_scored(job.status());
  } else if (job->step_ends.empty()) {
    on_scored(std::move(job->scores));
  } else {
    job->ticket = next_ticket_;
    job->on_scored = std::move(on_scored);
    jobs_.push_back(*std::move(job));
  }
  return next_ticket_++;
}

void RewardModel::Cancel(Ticket ticket) {
  const auto found =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.ticket == ticket; });
  if (found == jobs_.end()) return;
  ReleasePages(*found);
  jobs_.erase(found);
}

// All pages of the text at once: a job that has begun can always end.
bool RewardModel::LeasePages(Job& job) {
  const auto size = static_cast<size_t>(engine_->info().page_size);
  const size_t wanted = (job.tokens.size() + size - 1) / size;
  if (!job.pages.empty()) return true;
  if (wanted > free_pages_.size()) return false;
  job.pages.assign(free_pages_.end() - static_cast<int64_t>(wanted), free_pages_.end());
  free_pages_.resize(free_pages_.size() - wanted);
  return true;
}

void RewardModel::ReleasePages(Job& job) {
  free_pages_.insert(free_pages_.end(), job.pages.begin(), job.pages.end());
  job.pages.clear();
}

void RewardModel::BuildBatch() {
  int64_t budget = engine_->info().max_batch_tokens;
  rows_.clear();
  batch_.rows.clear();
  for (Job& job : jobs_) {
    if (budget == 0 || !LeasePages(job)) break;
    const int64_t tokens = std::min(budget, static_cast<int64_t>(job.tokens.size()) - job.computed);
    BatchRow& row = batch_.rows.emplace_back();
    row.tokens = std::span(job.tokens).subspan(job.computed, tokens);
    row.position = job.computed;
    row.pages = job.pages;
    row.output.head_from = 0;
    rows_.push_back({&job, tokens});
    budget -= tokens;
  }
  ESPALIER_CHECK(!rows_.empty(), "no pages for ", jobs_.front().tokens.size(), " tokens, ",
                 free_pages_.size(), " free");
}

double RewardModel::Probability(const float* head) const {
  const double log_odds = engine_->info().head_outputs == 1 ? head[0] : double{head[1]} - double{head[0]};
  return 1 / (1 + std::exp(-log_odds));
}

void RewardModel::ReadScores(Row row, const std::vector<float>& values) {
  for (const int64_t end : row.job->step_ends) {
    const int64_t at = end - row.job->computed;
    if (at < 0 || at >= row.tokens) continue;
    row.job->scores.steps.push_back(Probability(&values[at * engine_->info().head_outputs]));
  }
  row.job->computed += row.tokens;
}

absl::Status RewardModel::Step() {
  if (jobs_.empty()) return absl::OkStatus();
  BuildBatch();
  if (const absl::Status status = engine_->Step(batch_, output_); !status.ok()) {
    for (Job& job : jobs_) job.on_scored(status);
    jobs_.clear();
    return status;
  }
  for (size_t i = 0; i < rows_.size(); ++i) ReadScores(rows_[i], output_.rows[i].head_values);
  while (!jobs_.empty() && jobs_.front().computed == static_cast<int64_t>(jobs_.front().tokens.size())) {
    ReleasePages(jobs_.front());
    jobs_.front().on_scored(std::move(jobs_.front().scores));
    jobs_.pop_front();
  }
  return absl::OkStatus();
}

}  // namespace espalier
