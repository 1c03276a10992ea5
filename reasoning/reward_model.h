// A reward model as a scorer: reads prompt and solution and takes the value of its head after each step.
//
// One output per token is the log-odds that the solution is right so far; of two, the second is (softmax).
// Every text is read from its start, in batches over all that wait, in pages that nothing else shares.
#ifndef ESPALIER_REASONING_REWARD_MODEL_H_
#define ESPALIER_REASONING_REWARD_MODEL_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/engine.h"
#include "reasoning/prompt_format.h"
#include "reasoning/scorer.h"

namespace espalier {

class RewardModel : public Scorer {
 public:
  // InvalidArgument: a model without a head, or with a head of more than two outputs.
  static absl::StatusOr<std::shared_ptr<RewardModel>> Create(std::unique_ptr<Engine> engine);

  Ticket Submit(const ScoreRequest& request, OnScored on_scored) override;
  void Cancel(Ticket ticket) override;
  bool has_work() const override { return !jobs_.empty(); }
  absl::Status Step() override;

  const ModelInfo& info() const { return engine_->info(); }
  const ModelInfo* model() const override { return &engine_->info(); }

 private:
  struct Job {
    Ticket ticket;
    OnScored on_scored;
    std::vector<TokenId> tokens;
    std::vector<int64_t> step_ends;  // positions of the last tokens of the steps
    std::vector<PageId> pages;
    int64_t computed = 0;
    StepScores scores;
  };
  struct Row {
    Job* job;
    int64_t tokens;
  };

  RewardModel(std::unique_ptr<Engine> engine, PromptFormat format);

  absl::StatusOr<Job> MakeJob(const ScoreRequest& request) const;
  bool LeasePages(Job& job);
  void BuildBatch();
  void ReadScores(Row row, const std::vector<float>& values);
  double Probability(const float* head) const;
  void ReleasePages(Job& job);

  std::unique_ptr<Engine> engine_;
  PromptFormat format_;
  std::deque<Job> jobs_;  // first come, first served
  std::vector<PageId> free_pages_;
  Ticket next_ticket_ = 0;

  // One step's state, kept to reuse its memory.
  std::vector<Row> rows_;
  Batch batch_;
  StepOutput output_;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_REWARD_MODEL_H_
