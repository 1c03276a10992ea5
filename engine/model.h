// The forward pass of all architectures: one sequence of layers (Touvron et al., "LLaMA", 2023), in which the
// config switches on what a family adds. engine/architectures/ says which family adds what.
#ifndef ESPALIER_ENGINE_MODEL_H_
#define ESPALIER_ENGINE_MODEL_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "engine/kv_store.h"
#include "engine/model_config.h"
#include "engine/step_profile.h"
#include "engine/weights.h"
#include "kernels/kernels.h"

namespace espalier {

// What one step computes: tokens of several sequences, one sequence after the other.
struct ForwardInput {
  std::span<const TokenId> tokens;          // of all sequences
  std::span<const int64_t> positions;       // of each token in its sequence
  std::span<const SequenceSpan> sequences;  // cover `tokens` in order
};

// What a model keeps room for.
struct ModelLimits {
  int64_t tokens;   // of one Forward
  int64_t outputs;  // rows of one Logits or HeadValues
  int threads;
};

class Model {
 public:
  Model(const ModelConfig& config, ModelWeights weights, const ModelLimits& limits);

  const ModelConfig& config() const { return config_; }

  // Computes the final hidden state of every token and stores its keys and values in `kv`.
  void Forward(const ForwardInput& input, const KvStore& kv, ThreadPool& pool);

  // Logits after the given tokens (indices into ForwardInput::tokens of the last Forward).
  // The result, [tokens.size()][vocabulary], is valid until the next call. config().generates.
  std::span<const float> Logits(std::span<const int64_t> tokens, ThreadPool& pool);

  // The same for the classification head, raw: [tokens.size()][head_outputs]. config().head_outputs > 0.
  std::span<const float> HeadValues(std::span<const int64_t> tokens, ThreadPool& pool);

  // Of the packed matrices.
  int64_t weight_bytes() const { return weights_.PackedBytes(); }

  // Off until enabled. Whoever calls Forward, Logits and HeadValues ends the step with Leave().
  StepProfile& profile() { return profile_; }

 private:
  // A rotary table and, in the current Forward, its angles: [tokens][head_dim].
  struct RotaryState {
    Rope rope;
    AlignedBuffer<float> angles;
  };

  const RotaryState& RotaryOf(int32_t layer) const;
  void Embed(std::span<const TokenId> tokens, ThreadPool& pool);
  void Attention(int32_t index, const ForwardInput& input, const KvPages& kv, ThreadPool& pool);
  void AssignNormed(const std::vector<float>& norm, int64_t tokens, ThreadPool& pool);
  void Project(const LayerWeights& layer, const RotaryState& rotary, int64_t tokens, ThreadPool& pool);
  void FeedForward(const LayerWeights& layer, int64_t tokens, ThreadPool& pool);
  void AddToHidden(const LinearWeights& weights, const std::vector<float>& post_norm, int64_t tokens,
                   ThreadPool& pool);
  void AssignFinalStates(std::span<const int64_t> tokens, ThreadPool& pool);
  void NormRow(const std::vector<float>& norm, int64_t token, int64_t row);
  void CountLayerWork(const ForwardInput& input);

  ModelConfig config_;
  ModelWeights weights_;
  ModelLimits limits_;
  StepProfile profile_;
  std::vector<RotaryState>
      rotaries_;  // of the layers that read everything; of those with a window, if another
  PagedAttention attention_;
  int64_t query_width_;  // heads * head_dim
  int64_t kv_width_;     // kv_heads * head_dim

  // Workspace, [limits_.tokens][...]:
  AlignedBuffer<float> hidden_;    // [width], the residual stream
  AlignedBuffer<float> normed_;    // [width]
  AlignedBuffer<float> query_;     // [query_width]
  AlignedBuffer<float> key_;       // [kv_width]
  AlignedBuffer<float> value_;     // [kv_width]
  AlignedBuffer<float> attended_;  // [query_width]
  AlignedBuffer<float> gate_;      // [feed_forward]
  AlignedBuffer<float> up_;        // [feed_forward]
  ActivationMatrix activations_;   // what the next product reads

  // [limits_.outputs][...]:
  AlignedBuffer<float> logits_;       // [vocabulary]
  AlignedBuffer<float> head_hidden_;  // [head_hidden]
  AlignedBuffer<float> head_values_;  // [head_outputs]
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_MODEL_H_
