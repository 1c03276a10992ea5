#include "engine/model_config.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/architectures/architecture.h"
#include "engine/model_file.h"

namespace espalier {
namespace {

const Architecture* const kArchitectures[] = {&kLlama, &kQwen2, &kQwen3, &kGemma3};

absl::StatusOr<const Architecture*> FindArchitecture(std::string_view name, const ConfigKeys& keys) {
  std::string supported;
  for (const Architecture* architecture : kArchitectures) {
    const auto& types = architecture->hub_types;
    if (architecture->name == name || std::count(types.begin(), types.end(), name) > 0) return architecture;
    supported += Cat(supported.empty() ? "" : ", ", architecture->name);
  }
  return keys.Unsupported(Cat("architecture '", OneLine(name), "' is not supported; supported: ", supported));
}

absl::Status ReadShape(const ConfigKeys& keys, ModelConfig& config) {
  ESPALIER_RETURN_IF_ERROR(keys.Size({"block_count", "num_hidden_layers"}, config.layers));
  ESPALIER_RETURN_IF_ERROR(keys.Size({"embedding_length", "hidden_size"}, config.width));
  ESPALIER_RETURN_IF_ERROR(keys.Size({"attention.head_count", "num_attention_heads"}, config.heads));
  if (config.kv_heads == 0) config.kv_heads = config.heads;
  ESPALIER_RETURN_IF_ERROR(keys.Size({"attention.head_count_kv", "num_key_value_heads"}, config.kv_heads));
  const ConfigKey head_dim = {"attention.key_length", "head_dim"};
  if (config.head_dim == 0 && !keys.Has(head_dim) && config.width % config.heads != 0) {
    return keys.Impossible(
        Cat("a width of ", config.width, " does not divide into ", config.heads, " heads"));
  }
  if (config.head_dim == 0) config.head_dim = config.width / config.heads;
  ESPALIER_RETURN_IF_ERROR(keys.Size(head_dim, config.head_dim));
  ESPALIER_RETURN_IF_ERROR(keys.Size({"feed_forward_length", "intermediate_size"}, config.feed_forward));
  ESPALIER_RETURN_IF_ERROR(keys.Size({"context_length", "max_position_embeddings"}, config.context_length));
  return keys.Positive({"attention.layer_norm_rms_epsilon", "rms_norm_eps"}, config.rms_epsilon);
}

absl::Status CheckHeads(const ConfigKeys& keys, const ModelConfig& config) {
  if (config.heads % config.kv_heads != 0) {
    return keys.Impossible(Cat(config.heads, " heads cannot share ", config.kv_heads, " key-value heads"));
  }
  if (config.head_dim % 2 != 0) return keys.Impossible(Cat("the head size ", config.head_dim, " is odd"));
  if (int64_t{config.heads} * config.head_dim > kMaxModelSize) {
    return keys.Impossible(Cat(config.heads, " heads of ", config.head_dim, " are too many"));
  }
  return absl::OkStatus();
}

// Features that would change the numbers and that the forward pass does not compute.
absl::Status CheckFeatures(const ConfigKeys& keys, const ModelConfig& config) {
  for (const ConfigKey& experts :
       {ConfigKey{"expert_count", "num_local_experts"}, ConfigKey{"", "num_experts"}}) {
    ESPALIER_RETURN_IF_ERROR(keys.Refuse(experts, {0}, "a mixture of experts"));
  }
  const double head_dim = config.head_dim;
  ESPALIER_RETURN_IF_ERROR(
      keys.Refuse({"rope.dimension_count", ""}, {head_dim}, "rotating a part of each head"));
  ESPALIER_RETURN_IF_ERROR(keys.Refuse({"", "partial_rotary_factor"}, {1}, "rotating a part of each head"));
  ESPALIER_RETURN_IF_ERROR(
      keys.Refuse({"attention.value_length", ""}, {head_dim}, "a value length unlike the key's"));
  for (const std::string_view key : {"hidden_act", "hidden_activation"}) {
    const bool gelu = config.activation == Activation::kGelu;
    const std::string_view expected = gelu ? "gelu_pytorch_tanh" : "silu";
    ESPALIER_ASSIGN_OR_RETURN(const std::string name, keys.TextOr({"", key}, expected));
    const bool same = name == expected || (gelu && name == "gelu") || (!gelu && name == "swish");
    if (!same) return keys.Unsupported(Cat("the activation '", OneLine(name), "' is not supported here"));
  }
  ESPALIER_ASSIGN_OR_RETURN(const std::string quantizer,
                            keys.TextOr({"", "quantization_config.quant_method"}, ""));
  if (!quantizer.empty()) {
    return keys.Unsupported(Cat("weights quantised by '", OneLine(quantizer),
                                "' are not supported; use the model's float weights or a GGUF file"));
  }
  return absl::OkStatus();
}

int32_t RowCount(const StoredTensor* tensor) {
  return tensor == nullptr || tensor->rows() > kMaxModelSize ? 0 : static_cast<int32_t>(tensor->rows());
}

// What shows in the tensors alone. TensorProblems then holds every layer to it.
void ReadFromTensors(const ModelFile& file, ModelConfig& config) {
  const auto has = [&](std::string_view name) { return file.FindTensor(name) != nullptr; };
  config.qkv_bias = has("blk.0.attn_q.bias");
  config.attention_output_bias = has("blk.0.attn_output.bias");
  config.feed_forward_bias = has("blk.0.ffn_gate.bias");
  config.tied_output = !has("output.weight");
  config.rope.has_divisors = has("rope_freqs.weight");
  config.head_outputs = RowCount(file.FindTensor("cls.output.weight"));
  config.head_output_bias = has("cls.output.bias");
  config.head_hidden = RowCount(file.FindTensor("cls.weight"));
  if (config.vocabulary_size == 0) config.vocabulary_size = RowCount(file.FindTensor("token_embd.weight"));
}

}  // namespace

absl::StatusOr<ModelConfig> ReadModelConfig(std::string_view architecture_name, const ConfigKeys& keys,
                                            const ModelFile& file) {
  ESPALIER_ASSIGN_OR_RETURN(const Architecture* architecture, FindArchitecture(architecture_name, keys));
  ModelConfig config;
  config.architecture = architecture->name;
  if (keys.has_defaults()) {
    config.rms_epsilon = 1e-6f;
    architecture->set_defaults(config);
  }
  ESPALIER_RETURN_IF_ERROR(ReadShape(keys, config));
  ESPALIER_RETURN_IF_ERROR(CheckHeads(keys, config));
  ESPALIER_RETURN_IF_ERROR(ReadRope(keys, config));
  config.attention_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  ESPALIER_RETURN_IF_ERROR(architecture->read(keys, config));
  ESPALIER_RETURN_IF_ERROR(CheckFeatures(keys, config));
  if (config.windows.empty()) config.windows.assign(static_cast<size_t>(config.layers), 0);
  ReadFromTensors(file, config);
  return config;
}

}  // namespace espalier
