#include "engine/weights.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/cat.h"
#include "base/check.h"

namespace espalier {
namespace {

// Gives the memory of mapped file data back; it is read from the file again if it is touched again.
void Release(std::span<const std::byte> data) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<uintptr_t>(data.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<uintptr_t>(data.data() + data.size()) / page * page;
  if (begin < end)
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // advice: cannot harm
}

// GGUF's llama files interleave the halves of a head, so that rows 2i and 2i + 1 rotate together. Gives the
// rows
// (`row_bytes` each) back in the order of the published weights, where i and i + head_dim / 2 do.
std::vector<std::byte> RowsInHalves(std::span<const std::byte> rows, size_t row_bytes, size_t head_dim) {
  std::vector<std::byte> halves(rows.size());
  const size_t count = rows.size() / row_bytes;
  for (size_t row = 0; row < count; ++row) {
    const size_t in_head = row % head_dim;
    const size_t target = row - in_head + in_head / 2 + in_head % 2 * (head_dim / 2);
    std::copy_n(rows.data() + row * row_bytes, row_bytes, halves.data() + target * row_bytes);
  }
  return halves;
}

// Reads the tensors of one model by name.
class TensorReader {
 public:
  TensorReader(const ModelFile& file, const ModelConfig& config, ThreadPool& pool)
      : file_(file), config_(config), pool_(pool) {}

  const StoredTensor& Tensor(std::string_view name) const {
    const StoredTensor* tensor = file_.FindTensor(name);
    ESPALIER_CHECK(tensor != nullptr, "tensor '", name, "' was not checked");
    return *tensor;
  }

  std::vector<float> Vector(std::string_view name) const {
    const StoredTensor& tensor = Tensor(name);
    std::vector<float> values(static_cast<size_t>(tensor.elements()));
    DequantizeRow(tensor.type, tensor.data.data(), values.data(), tensor.elements());
    return values;
  }

  // Of the final and the per-layer norms.
  std::vector<float> Norm(std::string_view name) const {
    std::vector<float> weight = Vector(name);
    for (float& value : weight) value += config_.norm_offset;
    return weight;
  }

  // `name` + ".weight", and ".bias" where there is one.
  LinearWeights Linear(const std::string& name) {
    const StoredTensor& tensor = Tensor(name + ".weight");
    return Pack(tensor, tensor.data, Bias(name));
  }

  // The same for query and key, whose rows rotate.
  LinearWeights Rotated(const std::string& name) {
    if (!config_.adjacent_pairs) return Linear(name);
    const StoredTensor& tensor = Tensor(name + ".weight");
    const auto head_dim = static_cast<size_t>(config_.head_dim);
    const auto row_bytes = static_cast<size_t>(RowBytes(tensor.type, tensor.columns()));
    std::vector<float> bias = Bias(name);
    const std::vector<std::byte> ordered =
        RowsInHalves(std::as_bytes(std::span(bias)), sizeof(float), head_dim);
    std::copy(ordered.begin(), ordered.end(), std::as_writable_bytes(std::span(bias)).begin());
    return Pack(tensor, RowsInHalves(tensor.data, row_bytes, head_dim), std::move(bias));
  }

 private:
  // `data`: the tensor's rows, in the order wanted.
  LinearWeights Pack(const StoredTensor& tensor, std::span<const std::byte> data, std::vector<float> bias) {
    const StoredMatrix stored{tensor.type, data.data(), tensor.rows(), tensor.columns()};
    LinearWeights linear{WeightMatrix::Pack(stored, arena_, pool_), std::move(bias)};
    Release(tensor.data);
    return linear;
  }
  std::vector<float> Bias(const std::string& name) const {
    return file_.FindTensor(name + ".bias") == nullptr ? std::vector<float>() : Vector(name + ".bias");
  }

  const ModelFile& file_;
  const ModelConfig& config_;
  ThreadPool& pool_;
  TensorArena arena_;
};

LayerWeights LoadLayer(TensorReader& reader, const ModelConfig& config, int32_t index) {
  const auto name = [index](std::string_view tensor) { return Cat("blk.", index, ".", tensor); };
  LayerWeights layer;
  layer.attention_norm = reader.Norm(name("attn_norm.weight"));
  layer.query = reader.Rotated(name("attn_q"));
  layer.key = reader.Rotated(name("attn_k"));
  layer.value = reader.Linear(name("attn_v"));
  if (config.qk_norm) {
    layer.query_norm = reader.Norm(name("attn_q_norm.weight"));
    layer.key_norm = reader.Norm(name("attn_k_norm.weight"));
  }
  layer.attention_output = reader.Linear(name("attn_output"));
  layer.feed_forward_norm = reader.Norm(name("ffn_norm.weight"));
  layer.gate = reader.Linear(name("ffn_gate"));
  layer.up = reader.Linear(name("ffn_up"));
  layer.down = reader.Linear(name("ffn_down"));
  if (config.post_norms) {
    layer.attention_post_norm = reader.Norm(name("post_attention_norm.weight"));
    layer.feed_forward_post_norm = reader.Norm(name("post_ffw_norm.weight"));
  }
  return layer;
}

}  // namespace

ModelWeights ModelWeights::Load(const ModelFile& file, const ModelConfig& config, ThreadPool& pool) {
  TensorReader reader(file, config, pool);
  ModelWeights weights;
  weights.embedding = reader.Tensor("token_embd.weight");
  if (config.rope.has_divisors) weights.rope_divisors = reader.Vector("rope_freqs.weight");
  for (int32_t i = 0; i < config.layers; ++i) weights.layers.push_back(LoadLayer(reader, config, i));
  weights.output_norm = reader.Norm("output_norm.weight");
  if (config.generates) weights.output = reader.Linear(config.tied_output ? "token_embd" : "output");
  if (config.head_hidden > 0) weights.head.hidden = reader.Linear("cls");
  if (config.head_outputs > 0) weights.head.output = reader.Linear("cls.output");
  return weights;
}

int64_t ModelWeights::PackedBytes() const {
  int64_t bytes =
      output.matrix.packed_bytes() + head.hidden.matrix.packed_bytes() + head.output.matrix.packed_bytes();
  for (const LayerWeights& layer : layers) {
    for (const LinearWeights* weights : {&layer.query, &layer.key, &layer.value, &layer.attention_output,
                                         &layer.gate, &layer.up, &layer.down}) {
      bytes += weights->matrix.packed_bytes();
    }
  }
  return bytes;
}

}  // namespace espalier
