#include "engine/model.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace espalier {
namespace {

std::span<float> Rows(AlignedBuffer<float>& buffer, int64_t rows, int64_t columns) {
  return {buffer.data(), static_cast<size_t>(rows * columns)};
}

}  // namespace

Model::Model(const ModelConfig& config, ModelWeights weights, const ModelLimits& limits)
    : config_(config),
      weights_(std::move(weights)),
      limits_(limits),
      rope_(config.rope_style, config.head_dim, config.rope_base),
      attention_({config.heads, config.kv_heads, config.head_dim}, limits.threads),
      query_width_(int64_t{config.heads} * config.head_dim),
      kv_width_(int64_t{config.kv_heads} * config.head_dim),
      hidden_(limits.tokens * config.width),
      normed_(std::max(limits.tokens, limits.logits) * config.width),
      angles_(limits.tokens * config.head_dim),
      query_(limits.tokens * query_width_),
      key_(limits.tokens * kv_width_),
      value_(limits.tokens * kv_width_),
      attended_(limits.tokens * query_width_),
      gate_(limits.tokens * config.feed_forward),
      up_(limits.tokens * config.feed_forward),
      logits_(limits.logits * config.vocabulary_size) {}

void Model::Forward(const ForwardInput& input, const KvStore& kv, ThreadPool& pool) {
  const auto tokens = static_cast<int64_t>(input.tokens.size());
  ESPALIER_CHECK(tokens <= limits_.tokens, tokens);
  Embed(input.tokens, pool);
  rope_.Angles(input.positions, Rows(angles_, tokens, config_.head_dim), pool);
  for (int32_t i = 0; i < config_.layers; ++i) {
    Attention(weights_.layers[i], input, kv.Layer(i), pool);
    FeedForward(weights_.layers[i], tokens, pool);
  }
}

void Model::Embed(std::span<const TokenId> tokens, ThreadPool& pool) {
  const GgufTensor& table = weights_.embedding;
  const int64_t row_bytes = RowBytes(table.type, config_.width);
  pool.ParallelFor(tokens.size(), [&](int64_t t, int) {
    DequantizeRow(table.type, table.data.data() + tokens[t] * row_bytes, hidden_.data() + t * config_.width,
                  config_.width);
  });
}

// hidden += output(attention(norm(hidden)))
void Model::Attention(const LayerWeights& layer, const ForwardInput& input, const KvPages& kv,
                      ThreadPool& pool) {
  const auto tokens = static_cast<int64_t>(input.tokens.size());
  const auto hidden = Rows(hidden_, tokens, config_.width);
  const auto angles = Rows(angles_, tokens, config_.head_dim);

  RmsNorm(hidden, layer.attention_norm, config_.rms_epsilon, Rows(normed_, tokens, config_.width), pool);
  activations_.Assign(normed_.data(), tokens, config_.width, pool);
  const MatMulTarget projections[] = {
      {.weights = &layer.query, .output = query_.data(), .stride = query_width_, .bias = layer.query_bias},
      {.weights = &layer.key, .output = key_.data(), .stride = kv_width_, .bias = layer.key_bias},
      {.weights = &layer.value, .output = value_.data(), .stride = kv_width_, .bias = layer.value_bias}};
  MatMul(projections, activations_, pool);

  rope_.Apply(angles, config_.heads, Rows(query_, tokens, query_width_), pool);
  rope_.Apply(angles, config_.kv_heads, Rows(key_, tokens, kv_width_), pool);
  WriteKv(kv, input.sequences, key_.data(), value_.data(), pool);
  attention_.Run(kv, input.sequences, query_.data(), attended_.data(), pool);

  activations_.Assign(attended_.data(), tokens, query_width_, pool);
  MatMul({.weights = &layer.attention_output,
          .output = hidden.data(),
          .stride = config_.width,
          .accumulate = true},
         activations_, pool);
}

// hidden += down(silu(gate(norm(hidden))) * up(norm(hidden)))
void Model::FeedForward(const LayerWeights& layer, int64_t tokens, ThreadPool& pool) {
  const auto hidden = Rows(hidden_, tokens, config_.width);
  const auto gate = Rows(gate_, tokens, config_.feed_forward);
  const auto up = Rows(up_, tokens, config_.feed_forward);

  RmsNorm(hidden, layer.feed_forward_norm, config_.rms_epsilon, Rows(normed_, tokens, config_.width), pool);
  activations_.Assign(normed_.data(), tokens, config_.width, pool);
  const MatMulTarget projections[] = {
      {.weights = &layer.gate, .output = gate.data(), .stride = config_.feed_forward},
      {.weights = &layer.up, .output = up.data(), .stride = config_.feed_forward}};
  MatMul(projections, activations_, pool);

  SwiGlu(gate, up, config_.feed_forward, gate, pool);
  activations_.Assign(gate.data(), tokens, config_.feed_forward, pool);
  MatMul({.weights = &layer.down, .output = hidden.data(), .stride = config_.width, .accumulate = true},
         activations_, pool);
}

std::span<const float> Model::Logits(std::span<const int64_t> tokens, ThreadPool& pool) {
  const auto rows = static_cast<int64_t>(tokens.size());
  ESPALIER_CHECK(rows <= limits_.logits, rows);
  const auto normed = Rows(normed_, rows, config_.width);
  for (int64_t i = 0; i < rows; ++i) {
    std::copy_n(hidden_.data() + tokens[i] * config_.width, config_.width, normed.data() + i * config_.width);
  }
  RmsNorm(normed, weights_.output_norm, config_.rms_epsilon, normed, pool);
  activations_.Assign(normed.data(), rows, config_.width, pool);
  MatMul({.weights = &weights_.output, .output = logits_.data(), .stride = config_.vocabulary_size},
         activations_, pool);
  return Rows(logits_, rows, config_.vocabulary_size);
}

}  // namespace espalier
