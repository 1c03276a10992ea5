// TensorProblems: what a forward pass needs of a file, tensor by tensor.
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/cat.h"
#include "engine/model_config.h"
#include "engine/model_file.h"
#include "kernels/kernels.h"

namespace espalier {
namespace {

// Collects what is wrong with the tensors, and remembers which ones the forward pass reads.
class TensorChecker {
 public:
  explicit TensorChecker(const ModelFile& file) : file_(file) {}

  void Matrix(const std::string& name, int64_t columns, int64_t rows) {
    const StoredTensor* tensor = Require(name, {columns, rows});
    if (tensor == nullptr) return;
    const TensorTypeInfo info = GetTensorTypeInfo(tensor->type);
    if (!info.supported)
      problems_.push_back(Cat("tensor '", name, "' is stored as ", info.name, ", which is not supported"));
  }

  void Vector(const std::string& name, int64_t size) {
    const StoredTensor* tensor = Require(name, {size});
    if (tensor == nullptr) return;
    const TensorType type = tensor->type;
    if (type == TensorType::kF32 || type == TensorType::kF16 || type == TensorType::kBF16) return;
    problems_.push_back(
        Cat("tensor '", name, "' is stored as ", GetTensorTypeInfo(type).name, ", not as F32, F16 or BF16"));
  }

  std::vector<std::string> Finish() && {
    for (size_t i = 0; i < file_.tensors().size(); ++i) {
      if (used_.count(file_.tensor_name(i)) > 0) continue;
      problems_.push_back(
          Cat("tensor '", file_.tensor_name(i), "' is unknown: the model needs more than is supported"));
    }
    return std::move(problems_);
  }

 private:
  const StoredTensor* Require(const std::string& name, const std::vector<int64_t>& shape) {
    used_.insert(name);
    const StoredTensor* tensor = file_.FindTensor(name);
    if (tensor == nullptr) {
      problems_.push_back(Cat("tensor '", name, "' is missing"));
      return nullptr;
    }
    if (tensor->shape != shape) {
      problems_.push_back(
          Cat("tensor '", name, "' has shape ", Shape(tensor->shape), ", not ", Shape(shape)));
      return nullptr;
    }
    return tensor;
  }

  static std::string Shape(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t size : shape) text += Cat(text.empty() ? "" : " x ", size);
    return text;
  }

  const ModelFile& file_;
  std::vector<std::string> problems_;
  std::unordered_set<std::string> used_;
};

void CheckAttention(const ModelConfig& config, const std::string& prefix, TensorChecker& checker) {
  const int64_t query = int64_t{config.heads} * config.head_dim;
  const int64_t key = int64_t{config.kv_heads} * config.head_dim;
  checker.Vector(prefix + "attn_norm.weight", config.width);
  checker.Matrix(prefix + "attn_q.weight", config.width, query);
  checker.Matrix(prefix + "attn_k.weight", config.width, key);
  checker.Matrix(prefix + "attn_v.weight", config.width, key);
  if (config.qkv_bias) {
    checker.Vector(prefix + "attn_q.bias", query);
    checker.Vector(prefix + "attn_k.bias", key);
    checker.Vector(prefix + "attn_v.bias", key);
  }
  if (config.qk_norm) {
    checker.Vector(prefix + "attn_q_norm.weight", config.head_dim);
    checker.Vector(prefix + "attn_k_norm.weight", config.head_dim);
  }
  checker.Matrix(prefix + "attn_output.weight", query, config.width);
  if (config.attention_output_bias) checker.Vector(prefix + "attn_output.bias", config.width);
  if (config.post_norms) checker.Vector(prefix + "post_attention_norm.weight", config.width);
}

void CheckFeedForward(const ModelConfig& config, const std::string& prefix, TensorChecker& checker) {
  checker.Vector(prefix + "ffn_norm.weight", config.width);
  checker.Matrix(prefix + "ffn_gate.weight", config.width, config.feed_forward);
  checker.Matrix(prefix + "ffn_up.weight", config.width, config.feed_forward);
  checker.Matrix(prefix + "ffn_down.weight", config.feed_forward, config.width);
  if (config.feed_forward_bias) {
    checker.Vector(prefix + "ffn_gate.bias", config.feed_forward);
    checker.Vector(prefix + "ffn_up.bias", config.feed_forward);
    checker.Vector(prefix + "ffn_down.bias", config.width);
  }
  if (config.post_norms) checker.Vector(prefix + "post_ffw_norm.weight", config.width);
}

void CheckHead(const ModelConfig& config, TensorChecker& checker) {
  const int64_t hidden = config.head_hidden > 0 ? config.head_hidden : config.width;
  if (config.head_hidden > 0) {
    checker.Matrix("cls.weight", config.width, hidden);
    checker.Vector("cls.bias", hidden);
  }
  checker.Matrix("cls.output.weight", hidden, config.head_outputs);
  if (config.head_output_bias) checker.Vector("cls.output.bias", config.head_outputs);
}

}  // namespace

std::vector<std::string> TensorProblems(const ModelFile& file, const ModelConfig& config) {
  if (file.tensors().empty()) return {"the file holds a vocabulary only, no tensors"};
  if (config.layers > static_cast<int64_t>(file.tensors().size())) {
    return {Cat("the file says ", config.layers, " layers but holds ", file.tensors().size(), " tensors")};
  }
  TensorChecker checker(file);
  checker.Matrix("token_embd.weight", config.width, config.vocabulary_size);
  if (config.rope.has_divisors) checker.Vector("rope_freqs.weight", config.head_dim / 2);
  for (int32_t layer = 0; layer < config.layers; ++layer) {
    const std::string prefix = Cat("blk.", layer, ".");
    CheckAttention(config, prefix, checker);
    CheckFeedForward(config, prefix, checker);
  }
  checker.Vector("output_norm.weight", config.width);
  if (config.generates && !config.tied_output) {
    checker.Matrix("output.weight", config.width, config.vocabulary_size);
  }
  if (config.head_outputs > 0) CheckHead(config, checker);
  return std::move(checker).Finish();
}

absl::Status CheckTensors(const ModelFile& file, const ModelConfig& config) {
  const std::vector<std::string> problems = TensorProblems(file, config);
  if (problems.empty()) return absl::OkStatus();
  const std::string more = problems.size() > 1 ? Cat(" (and ", problems.size() - 1, " more)") : "";
  return absl::UnimplementedError(Cat("'", file.path(), "': ", problems[0], more,
                                      "; 'espalier inspect' lists what a model's files hold"));
}

}  // namespace espalier
