// The forward pass of the Llama family (Touvron et al., 2023) and of Qwen2 (Yang et al., 2024), which differs
// in the biases of query, key and value and in the rotary pairs.
#ifndef ESPALIER_ENGINE_MODEL_H_
#define ESPALIER_ENGINE_MODEL_H_

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "engine/kv_store.h"
#include "engine/model_config.h"
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
  int64_t tokens;  // of one Forward
  int64_t logits;  // rows of one Logits
  int threads;
};

class Model {
 public:
  Model(const ModelConfig& config, ModelWeights weights, const ModelLimits& limits);

  const ModelConfig& config() const { return config_; }

  // Computes the final hidden state of every token and stores its keys and values in `kv`.
  void Forward(const ForwardInput& input, const KvStore& kv, ThreadPool& pool);

  // Logits after the given tokens (indices into ForwardInput::tokens of the last Forward).
  // The result, [tokens.size()][vocabulary], is valid until the next call.
  std::span<const float> Logits(std::span<const int64_t> tokens, ThreadPool& pool);

 private:
  void Embed(std::span<const TokenId> tokens, ThreadPool& pool);
  void Attention(const LayerWeights& layer, const ForwardInput& input, const KvPages& kv, ThreadPool& pool);
  void FeedForward(const LayerWeights& layer, int64_t tokens, ThreadPool& pool);

  ModelConfig config_;
  ModelWeights weights_;
  ModelLimits limits_;
  Rope rope_;
  PagedAttention attention_;
  int64_t query_width_;  // heads * head_dim
  int64_t kv_width_;     // kv_heads * head_dim

  // Workspace, [limits_.tokens][...]:
  AlignedBuffer<float> hidden_;    // [width], the residual stream
  AlignedBuffer<float> normed_;    // [width]
  AlignedBuffer<float> angles_;    // [head_dim]
  AlignedBuffer<float> query_;     // [query_width]
  AlignedBuffer<float> key_;       // [kv_width]
  AlignedBuffer<float> value_;     // [kv_width]
  AlignedBuffer<float> attended_;  // [query_width]
  AlignedBuffer<float> gate_;      // [feed_forward]
  AlignedBuffer<float> up_;        // [feed_forward]
  AlignedBuffer<float> logits_;    // [limits_.logits][vocabulary]
  ActivationMatrix activations_;   // what the next product reads
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_MODEL_H_
