#include "engine/model.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace espalier {
namespace {

std::span<float> Rows(AlignedBuffer<float>& buffer, int64_t rows, int64_t columns) {
  return {buffer.data(), static_cast<size_t>(rows * columns)};
}
std::span<const float> Rows(const AlignedBuffer<float>& buffer, int64_t rows, int64_t columns) {
  return {buffer.data(), static_cast<size_t>(rows * columns)};
}

Rope MakeRope(const RopeConfig& config, int32_t head_dim, std::span<const float> divisors) {
  RopeTable table = MakeRopeTable(config, head_dim, divisors);
  return Rope(std::move(table.frequencies), table.magnitude);
}

MatMulTarget Target(const LinearWeights& weights, float* output) {
  return {.weights = &weights.matrix,
          .output = output,
          .stride = weights.matrix.rows(),
          .bias = weights.bias_or_null()};
}

}  // namespace

Model::Model(const ModelConfig& config, ModelWeights weights, const ModelLimits& limits)
    : config_(config),
      weights_(std::move(weights)),
      limits_(limits),
      attention_({config.heads, config.kv_heads, config.head_dim, config.attention_scale}, limits.threads),
      query_width_(int64_t{config.heads} * config.head_dim),
      kv_width_(int64_t{config.kv_heads} * config.head_dim),
      hidden_(limits.tokens * config.width),
      normed_(std::max(limits.tokens, limits.outputs) * config.width),
      query_(limits.tokens * query_width_),
      key_(limits.tokens * kv_width_),
      value_(limits.tokens * kv_width_),
      attended_(limits.tokens * query_width_),
      gate_(limits.tokens * config.feed_forward),
      up_(limits.tokens * config.feed_forward),
      logits_(config.generates ? limits.outputs * config.vocabulary_size : 0),
      head_hidden_(limits.outputs * config.head_hidden),
      head_values_(limits.outputs * config.head_outputs) {
  const auto add_rotary = [&](const RopeConfig& rope) {
    rotaries_.push_back({MakeRope(rope, config.head_dim, weights_.rope_divisors),
                         AlignedBuffer<float>(limits.tokens * config.head_dim)});
  };
  add_rotary(config.rope);
  if (config.window_rope) add_rotary(*config.window_rope);
}

void Model::Forward(const ForwardInput& input, const KvStore& kv, ThreadPool& pool) {
  const auto tokens = static_cast<int64_t>(input.tokens.size());
  ESPALIER_CHECK(tokens <= limits_.tokens, tokens);
  if (profile_.enabled()) CountLayerWork(input);
  profile_.Enter(Stage::kEmbedding);
  Embed(input.tokens, pool);
  profile_.Enter(Stage::kAttention);
  attention_.Plan(input.sequences, kv.page_size());
  profile_.Enter(Stage::kRope);
  for (RotaryState& rotary : rotaries_) {
    rotary.rope.Angles(input.positions, Rows(rotary.angles, tokens, config_.head_dim), pool);
  }
  for (int32_t i = 0; i < config_.layers; ++i) {
    Attention(i, input, kv.Layer(i), pool);
    FeedForward(weights_.layers[i], tokens, pool);
  }
}

const Model::RotaryState& Model::RotaryOf(int32_t layer) const {
  return config_.window_rope && config_.windows[layer] > 0 ? rotaries_[1] : rotaries_[0];
}

void Model::Embed(std::span<const TokenId> tokens, ThreadPool& pool) {
  const StoredTensor& table = weights_.embedding;
  const int64_t row_bytes = RowBytes(table.type, config_.width);
  pool.ParallelFor(tokens.size(), [&](int64_t t, int) {
    float* row = hidden_.data() + t * config_.width;
    DequantizeRow(table.type, table.data.data() + tokens[t] * row_bytes, row, config_.width);
    if (config_.embedding_scale == 1) return;
    for (int32_t i = 0; i < config_.width; ++i) row[i] *= config_.embedding_scale;
  });
}

// For the profile: what the layers' products read and compute, and the multiply-adds of attention.
void Model::CountLayerWork(const ForwardInput& input) {
  const auto tokens = static_cast<int64_t>(input.tokens.size());
  profile_.AddTokens(tokens);
  for (const LayerWeights& layer : weights_.layers) {
    for (const LinearWeights* weights : {&layer.query, &layer.key, &layer.value}) {
      profile_.AddWork(Stage::kProjections, weights->matrix, tokens);
    }
    profile_.AddWork(Stage::kAttentionOutput, layer.attention_output.matrix, tokens);
    profile_.AddWork(Stage::kGateUp, layer.gate.matrix, tokens);
    profile_.AddWork(Stage::kGateUp, layer.up.matrix, tokens);
    profile_.AddWork(Stage::kDown, layer.down.matrix, tokens);
  }
  double read = 0;  // positions, over all layers and tokens
  for (const int32_t window : config_.windows) {
    for (const int64_t position : input.positions) {
      read += static_cast<double>(window > 0 ? std::min<int64_t>(window, position + 1) : position + 1);
    }
  }
  profile_.AddWork(Stage::kAttention, 0, 2 * read * static_cast<double>(query_width_));
}

// hidden += post_norm(output(attention(norm(hidden))))
void Model::Attention(int32_t index, const ForwardInput& input, const KvPages& kv, ThreadPool& pool) {
  const auto tokens = static_cast<int64_t>(input.tokens.size());
  const LayerWeights& layer = weights_.layers[index];
  AssignNormed(layer.attention_norm, tokens, pool);
  Project(layer, RotaryOf(index), tokens, pool);
  profile_.Enter(Stage::kKvWrite);
  WriteKv(kv, input.sequences, key_.data(), value_.data(), pool);
  profile_.Enter(Stage::kAttention);
  attention_.Run(kv, query_.data(), attended_.data(), pool);
  profile_.Enter(Stage::kQuantize);
  activations_.Assign(attended_.data(), tokens, query_width_, pool);
  profile_.Enter(Stage::kAttentionOutput);
  AddToHidden(layer.attention_output, layer.attention_post_norm, tokens, pool);
}

// Makes the normed hidden states the input of the next product.
void Model::AssignNormed(const std::vector<float>& norm, int64_t tokens, ThreadPool& pool) {
  profile_.Enter(Stage::kNorm);
  const auto norm_row = [&](int64_t t) { NormRow(norm, t, t); };
  activations_.Assign(normed_.data(), tokens, config_.width, norm_row, pool);
}

// Row `row` of normed_ becomes the normed hidden state of `token`.
void Model::NormRow(const std::vector<float>& norm, int64_t token, int64_t row) {
  const int64_t width = config_.width;
  RmsNormRow(hidden_.data() + token * width, norm, config_.rms_epsilon, normed_.data() + row * width);
}

// Query, key and value of the activations; query and key normed and rotated.
void Model::Project(const LayerWeights& layer, const RotaryState& rotary, int64_t tokens, ThreadPool& pool) {
  const auto query = Rows(query_, tokens, query_width_);
  const auto key = Rows(key_, tokens, kv_width_);
  profile_.Enter(Stage::kProjections);
  const MatMulTarget projections[] = {Target(layer.query, query.data()), Target(layer.key, key.data()),
                                      Target(layer.value, value_.data())};
  MatMul(projections, activations_, pool);
  profile_.Enter(Stage::kRope);
  if (config_.qk_norm) {
    RmsNorm(query, layer.query_norm, config_.rms_epsilon, query, pool);
    RmsNorm(key, layer.key_norm, config_.rms_epsilon, key, pool);
  }
  const auto angles = Rows(rotary.angles, tokens, config_.head_dim);
  rotary.rope.Apply(angles, config_.heads, query, pool);
  rotary.rope.Apply(angles, config_.kv_heads, key, pool);
}

// hidden += post_norm(down(activation(gate(norm(hidden))) * up(norm(hidden))))
void Model::FeedForward(const LayerWeights& layer, int64_t tokens, ThreadPool& pool) {
  const auto gate = Rows(gate_, tokens, config_.feed_forward);
  const auto up = Rows(up_, tokens, config_.feed_forward);
  AssignNormed(layer.feed_forward_norm, tokens, pool);
  profile_.Enter(Stage::kGateUp);
  const MatMulTarget projections[] = {Target(layer.gate, gate.data()), Target(layer.up, up.data())};
  MatMul(projections, activations_, pool);

  profile_.Enter(Stage::kActivation);
  const auto activate = config_.activation == Activation::kGelu ? GeGluRow : SwiGluRow;
  const int64_t columns = config_.feed_forward;
  const auto activate_row = [&](int64_t t) {
    activate(&gate[t * columns], &up[t * columns], columns, &gate[t * columns]);
  };
  activations_.Assign(gate.data(), tokens, columns, activate_row, pool);
  profile_.Enter(Stage::kDown);
  AddToHidden(layer.down, layer.feed_forward_post_norm, tokens, pool);
}

// hidden += post_norm(weights(activations)); without the norm where `post_norm` is empty.
void Model::AddToHidden(const LinearWeights& weights, const std::vector<float>& post_norm, int64_t tokens,
                        ThreadPool& pool) {
  const auto hidden = Rows(hidden_, tokens, config_.width);
  MatMulTarget target = Target(weights, hidden.data());
  if (post_norm.empty()) {
    target.accumulate = true;
    return MatMul(target, activations_, pool);
  }
  const auto added = Rows(normed_, tokens, config_.width);
  target.output = added.data();
  MatMul(target, activations_, pool);
  RmsNorm(added, post_norm, config_.rms_epsilon, added, pool);
  AddTo(added, hidden, pool);
}

// Makes the normed final states of the given tokens the input of the next product.
void Model::AssignFinalStates(std::span<const int64_t> tokens, ThreadPool& pool) {
  const auto rows = static_cast<int64_t>(tokens.size());
  ESPALIER_CHECK(rows <= limits_.outputs, rows);
  profile_.Enter(Stage::kNorm);
  const auto norm_row = [&](int64_t i) { NormRow(weights_.output_norm, tokens[i], i); };
  activations_.Assign(normed_.data(), rows, config_.width, norm_row, pool);
}

std::span<const float> Model::Logits(std::span<const int64_t> tokens, ThreadPool& pool) {
  ESPALIER_CHECK(config_.generates);
  AssignFinalStates(tokens, pool);
  profile_.Enter(Stage::kLogits);
  profile_.AddWork(Stage::kLogits, weights_.output.matrix, static_cast<int64_t>(tokens.size()));
  MatMul(Target(weights_.output, logits_.data()), activations_, pool);
  return Rows(logits_, static_cast<int64_t>(tokens.size()), config_.vocabulary_size);
}

std::span<const float> Model::HeadValues(std::span<const int64_t> tokens, ThreadPool& pool) {
  ESPALIER_CHECK(config_.head_outputs > 0);
  const auto rows = static_cast<int64_t>(tokens.size());
  AssignFinalStates(tokens, pool);
  profile_.Enter(Stage::kHead);
  if (config_.head_hidden > 0) {
    const auto hidden = Rows(head_hidden_, rows, config_.head_hidden);
    MatMul(Target(weights_.head.hidden, hidden.data()), activations_, pool);
    for (float& value : hidden) value = std::max(value, 0.0f);
    activations_.Assign(hidden.data(), rows, config_.head_hidden, pool);
  }
  MatMul(Target(weights_.head.output, head_values_.data()), activations_, pool);
  return Rows(head_values_, rows, config_.head_outputs);
}

}  // namespace espalier
