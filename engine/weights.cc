#include "engine/weights.h"

#include <sys/mman.h>
#include <unistd.h>

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

// Reads the tensors of one file by name.
class TensorReader {
 public:
  TensorReader(const GgufFile& file, ThreadPool& pool) : file_(file), pool_(pool) {}

  const GgufTensor& Tensor(std::string_view name) const {
    const GgufTensor* tensor = file_.FindTensor(name);
    ESPALIER_CHECK(tensor != nullptr, "tensor '", name, "' was not checked");
    return *tensor;
  }

  WeightMatrix Matrix(std::string_view name) const {
    const GgufTensor& tensor = Tensor(name);
    WeightMatrix matrix =
        WeightMatrix::Pack(tensor.type, tensor.data.data(), tensor.rows(), tensor.columns(), pool_);
    Release(tensor.data);
    return matrix;
  }

  std::span<const float> Vector(std::string_view name) const {
    const GgufTensor& tensor = Tensor(name);
    ESPALIER_CHECK(tensor.type == TensorType::kF32, name);
    return {reinterpret_cast<const float*>(tensor.data.data()), static_cast<size_t>(tensor.elements())};
  }

 private:
  const GgufFile& file_;
  ThreadPool& pool_;
};

LayerWeights LoadLayer(const TensorReader& reader, const ModelConfig& config, int32_t index) {
  const auto name = [index](std::string_view tensor) { return Cat("blk.", index, ".", tensor); };
  LayerWeights layer;
  layer.attention_norm = reader.Vector(name("attn_norm.weight"));
  layer.query = reader.Matrix(name("attn_q.weight"));
  layer.key = reader.Matrix(name("attn_k.weight"));
  layer.value = reader.Matrix(name("attn_v.weight"));
  if (config.qkv_bias) {
    layer.query_bias = reader.Vector(name("attn_q.bias")).data();
    layer.key_bias = reader.Vector(name("attn_k.bias")).data();
    layer.value_bias = reader.Vector(name("attn_v.bias")).data();
  }
  layer.attention_output = reader.Matrix(name("attn_output.weight"));
  layer.feed_forward_norm = reader.Vector(name("ffn_norm.weight"));
  layer.gate = reader.Matrix(name("ffn_gate.weight"));
  layer.up = reader.Matrix(name("ffn_up.weight"));
  layer.down = reader.Matrix(name("ffn_down.weight"));
  return layer;
}

}  // namespace

ModelWeights ModelWeights::Load(const GgufFile& file, const ModelConfig& config, ThreadPool& pool) {
  const TensorReader reader(file, pool);
  ModelWeights weights;
  weights.embedding = reader.Tensor("token_embd.weight");
  for (int32_t i = 0; i < config.layers; ++i) weights.layers.push_back(LoadLayer(reader, config, i));
  weights.output_norm = reader.Vector("output_norm.weight");
  weights.output = reader.Matrix(config.tied_output ? "token_embd.weight" : "output.weight");
  return weights;
}

}  // namespace espalier
