// The engine that computes a real model: one model file, its KV pages, a thread pool.
#ifndef ESPALIER_ENGINE_MODEL_ENGINE_H_
#define ESPALIER_ENGINE_MODEL_ENGINE_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/thread_pool.h"
#include "engine/chat_template.h"
#include "engine/engine.h"
#include "engine/kv_store.h"
#include "engine/model.h"
#include "engine/model_file.h"
#include "engine/sampler.h"
#include "engine/tokenizer.h"

namespace espalier {

class ModelEngine : public Engine {
 public:
  // Errors as Engine::Open.
  static absl::StatusOr<std::unique_ptr<ModelEngine>> Open(const std::string& path,
                                                           const EngineOptions& options);

  const ModelInfo& info() const override { return info_; }
  const Tokenizer& tokenizer() const override { return *tokenizer_; }
  const ChatTemplate* chat_template() const override { return chat_template_.get(); }
  absl::Status Step(const Batch& batch, StepOutput& output) override;
  StepProfile* profile() override { return model_->profile().enabled() ? &model_->profile() : nullptr; }

 private:
  // One row of logits or head values that the step needs: after step token `token` of batch row `row`.
  struct OutputRequest {
    int64_t row;
    int64_t token;
    int64_t scored;  // index in the row's token_logprobs, or -1: the row's last token; unused by the head
  };

  ModelEngine(std::unique_ptr<ModelFile> file, KvStore kv, std::unique_ptr<ThreadPool> pool);

  void CheckRow(const BatchRow& row) const;
  void Flatten(const Batch& batch);
  void ListRequests(const Batch& batch);
  // At most kOutputRows requests at a time.
  void AnswerLogits(const Batch& batch, std::span<const OutputRequest> requests, StepOutput& output);
  void AnswerHead(std::span<const OutputRequest> requests, StepOutput& output);

  std::unique_ptr<ModelFile> file_;
  KvStore kv_;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<Tokenizer> tokenizer_;
  std::unique_ptr<ChatTemplate> chat_template_;
  std::unique_ptr<Model> model_;
  ModelInfo info_;
  std::vector<SamplerWorkspace> workspaces_;  // one per thread

  // The current step, flattened.
  std::vector<TokenId> tokens_;
  std::vector<int64_t> positions_;
  std::vector<SequenceSpan> sequences_;
  std::vector<OutputRequest> logits_requests_;
  std::vector<OutputRequest> head_requests_;
  std::vector<int64_t> requested_tokens_;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_MODEL_ENGINE_H_
