#include "engine/model_config.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "kernels/kernels.h"

namespace espalier {
namespace {

struct Architecture {
  std::string_view name;
  RopeStyle rope_style;
};
constexpr Architecture kArchitectures[] = {{"llama", RopeStyle::kAdjacent}, {"qwen2", RopeStyle::kHalfSplit}};

// No model comes near; a file that says more is broken, and products of two such sizes fit int64.
constexpr int64_t kMaxSize = int64_t{1} << 24;

absl::Status Unsupported(const GgufFile& file, std::string_view what) {
  return absl::UnimplementedError(Cat("'", file.path(), "': ", what));
}
absl::Status Impossible(const GgufFile& file, std::string_view what) {
  return absl::InvalidArgumentError(Cat("'", file.path(), "': ", what, "; convert the model again"));
}

std::string BaseName(const std::string& path) {
  std::string name = path.substr(path.find_last_of('/') + 1);
  if (name.ends_with(".gguf")) name.resize(name.size() - 5);
  return name;
}

// Reads the keys "<architecture>.<name>".
class KeyReader {
 public:
  KeyReader(const GgufFile& file, std::string architecture)
      : file_(file), prefix_(std::move(architecture) + ".") {}

  // Into `value`; `absent` (if any) for a missing key. The result is in [1, kMaxSize].
  absl::Status Size(std::string_view name, int32_t& value,
                    std::optional<int64_t> absent = std::nullopt) const {
    const std::string key = Cat(prefix_, name);
    ESPALIER_ASSIGN_OR_RETURN(const int64_t number,
                              absent ? file_.GetIntOr(key, *absent) : file_.GetInt(key));
    if (number < 1 || number > kMaxSize) {
      return Impossible(file_, Cat("metadata '", key, "' is ", number, ", not in [1, ", kMaxSize, "]"));
    }
    value = static_cast<int32_t>(number);
    return absl::OkStatus();
  }

  absl::Status PositiveFloat(std::string_view name, float& value,
                             std::optional<double> absent = std::nullopt) const {
    const std::string key = Cat(prefix_, name);
    ESPALIER_ASSIGN_OR_RETURN(const double number,
                              absent ? file_.GetFloatOr(key, *absent) : file_.GetFloat(key));
    value = static_cast<float>(number);
    if (!(value > 0) || !std::isfinite(value)) {
      return Impossible(file_, Cat("metadata '", key, "' is ", number, ", not a positive number"));
    }
    return absl::OkStatus();
  }

  // An error unless the integer or float `name` is absent or one of those that change nothing.
  absl::Status Neutral(std::string_view name, std::initializer_list<double> neutral,
                       std::string_view feature) const {
    const std::string key = Cat(prefix_, name);
    if (!file_.Has(key)) return absl::OkStatus();
    absl::StatusOr<double> number = file_.GetFloat(key);
    if (!number.ok()) {
      ESPALIER_ASSIGN_OR_RETURN(number, file_.GetInt(key));
    }
    if (std::find(neutral.begin(), neutral.end(), *number) != neutral.end()) return absl::OkStatus();
    return Unsupported(file_, Cat(feature, " (metadata '", key, "' = ", *number, ") is not supported"));
  }

 private:
  const GgufFile& file_;
  std::string prefix_;
};

absl::StatusOr<Architecture> ReadArchitecture(const GgufFile& file) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view name, file.GetString("general.architecture"));
  std::string supported;
  for (const Architecture& architecture : kArchitectures) {
    if (architecture.name == name) return architecture;
    supported += Cat(supported.empty() ? "" : ", ", architecture.name);
  }
  return Unsupported(file,
                     Cat("architecture '", OneLine(name), "' is not supported; supported: ", supported));
}

// Features that would change the numbers and that the forward pass does not compute.
absl::Status CheckFeatures(const GgufFile& file, const KeyReader& keys, const ModelConfig& config) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view scaling,
                            file.GetStringOr(Cat(config.architecture, ".rope.scaling.type"), "none"));
  if (scaling != "none") {
    return Unsupported(file,
                       Cat("rope scaling '", OneLine(scaling), "' is not supported; use a model without it"));
  }
  ESPALIER_RETURN_IF_ERROR(keys.Neutral("rope.scaling.factor", {0, 1}, "rope scaling"));
  ESPALIER_RETURN_IF_ERROR(keys.Neutral("rope.scale_linear", {0, 1}, "rope scaling"));
  ESPALIER_RETURN_IF_ERROR(keys.Neutral("expert_count", {0}, "a mixture of experts"));
  const double context = config.context_length;
  ESPALIER_RETURN_IF_ERROR(
      keys.Neutral("attention.sliding_window", {0, context}, "sliding-window attention"));
  const double head_dim = config.head_dim;
  ESPALIER_RETURN_IF_ERROR(keys.Neutral("rope.dimension_count", {head_dim}, "rotating a part of each head"));
  ESPALIER_RETURN_IF_ERROR(keys.Neutral("attention.key_length", {head_dim}, "another key length"));
  ESPALIER_RETURN_IF_ERROR(
      keys.Neutral("attention.value_length", {head_dim}, "a value length unlike the key's"));
  ESPALIER_ASSIGN_OR_RETURN(const int64_t parts, file.GetIntOr("split.count", 0));
  if (parts > 1) {
    return Unsupported(
        file, Cat("the file is one of ", parts, " parts; merge them with 'llama-gguf-split --merge'"));
  }
  return absl::OkStatus();
}

absl::Status CheckHeads(const GgufFile& file, const ModelConfig& config) {
  if (config.heads % config.kv_heads != 0) {
    return Impossible(file, Cat(config.heads, " heads cannot share ", config.kv_heads, " key-value heads"));
  }
  if (config.head_dim % 2 != 0) return Impossible(file, Cat("the head size ", config.head_dim, " is odd"));
  if (int64_t{config.heads} * config.head_dim > kMaxSize) {
    return Impossible(file, Cat(config.heads, " heads of ", config.head_dim, " are too many"));
  }
  return absl::OkStatus();
}

// Collects what is wrong with the tensors, and remembers which ones the forward pass reads.
class TensorChecker {
 public:
  explicit TensorChecker(const GgufFile& file) : file_(file) {}

  void Matrix(const std::string& name, int64_t columns, int64_t rows) {
    const GgufTensor* tensor = Require(name, {columns, rows});
    if (tensor == nullptr) return;
    const TensorTypeInfo info = GetTensorTypeInfo(tensor->type);
    if (!info.supported)
      problems_.push_back(Cat("tensor '", name, "' is stored as ", info.name, ", which is not supported"));
  }

  void Vector(const std::string& name, int64_t size) {
    const GgufTensor* tensor = Require(name, {size});
    if (tensor == nullptr || tensor->type == TensorType::kF32) return;
    problems_.push_back(
        Cat("tensor '", name, "' is stored as ", GetTensorTypeInfo(tensor->type).name, ", not F32"));
  }

  std::vector<std::string> Finish() && {
    for (const GgufTensor& tensor : file_.tensors()) {
      if (used_.count(tensor.name) == 0) {
        problems_.push_back(
            Cat("tensor '", tensor.name, "' is unknown: the model needs more than is supported"));
      }
    }
    return std::move(problems_);
  }

 private:
  const GgufTensor* Require(const std::string& name, std::vector<int64_t> shape) {
    const GgufTensor* tensor = file_.FindTensor(name);
    if (tensor == nullptr) {
      problems_.push_back(Cat("tensor '", name, "' is missing"));
      return nullptr;
    }
    used_.insert(tensor->name);
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

  const GgufFile& file_;
  std::vector<std::string> problems_;
  std::unordered_set<std::string_view> used_;
};

void CheckLayer(const ModelConfig& config, const std::string& prefix, TensorChecker& checker) {
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
  checker.Matrix(prefix + "attn_output.weight", query, config.width);
  checker.Vector(prefix + "ffn_norm.weight", config.width);
  checker.Matrix(prefix + "ffn_gate.weight", config.width, config.feed_forward);
  checker.Matrix(prefix + "ffn_up.weight", config.width, config.feed_forward);
  checker.Matrix(prefix + "ffn_down.weight", config.feed_forward, config.width);
}

}  // namespace

absl::StatusOr<ModelConfig> ModelConfig::FromGguf(const GgufFile& file) {
  ESPALIER_ASSIGN_OR_RETURN(const Architecture architecture, ReadArchitecture(file));
  ModelConfig config;
  config.architecture = architecture.name;
  config.rope_style = architecture.rope_style;
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view name, file.GetStringOr("general.name", ""));
  config.name = OneLine(name);
  if (config.name.empty()) config.name = BaseName(file.path());

  const KeyReader keys(file, config.architecture);
  ESPALIER_RETURN_IF_ERROR(keys.Size("block_count", config.layers));
  ESPALIER_RETURN_IF_ERROR(keys.Size("embedding_length", config.width));
  ESPALIER_RETURN_IF_ERROR(keys.Size("attention.head_count", config.heads));
  ESPALIER_RETURN_IF_ERROR(keys.Size("attention.head_count_kv", config.kv_heads, config.heads));
  if (!file.Has(config.architecture + ".attention.key_length") && config.width % config.heads != 0) {
    return Impossible(file,
                      Cat("a width of ", config.width, " does not divide into ", config.heads, " heads"));
  }
  ESPALIER_RETURN_IF_ERROR(keys.Size("attention.key_length", config.head_dim, config.width / config.heads));
  ESPALIER_RETURN_IF_ERROR(keys.Size("feed_forward_length", config.feed_forward));
  ESPALIER_RETURN_IF_ERROR(keys.Size("context_length", config.context_length));
  ESPALIER_RETURN_IF_ERROR(keys.PositiveFloat("rope.freq_base", config.rope_base, 10000.0));
  ESPALIER_RETURN_IF_ERROR(keys.PositiveFloat("attention.layer_norm_rms_epsilon", config.rms_epsilon));
  ESPALIER_RETURN_IF_ERROR(CheckHeads(file, config));
  ESPALIER_RETURN_IF_ERROR(CheckFeatures(file, keys, config));

  const GgufValue* tokens = file.Find("tokenizer.ggml.tokens");
  if (tokens == nullptr || tokens->type != GgufType::kArray || tokens->count < 1 ||
      tokens->count > kMaxSize) {
    return Impossible(file, "metadata 'tokenizer.ggml.tokens' is missing or no list of tokens");
  }
  config.vocabulary_size = static_cast<int32_t>(tokens->count);
  config.qkv_bias = file.FindTensor("blk.0.attn_q.bias") != nullptr;
  config.tied_output = file.FindTensor("output.weight") == nullptr;
  return config;
}

std::vector<std::string> TensorProblems(const GgufFile& file, const ModelConfig& config) {
  if (file.tensors().empty()) return {"the file holds a vocabulary only, no tensors"};
  if (config.layers > static_cast<int64_t>(file.tensors().size())) {
    return {Cat("the file says ", config.layers, " layers but holds ", file.tensors().size(), " tensors")};
  }
  TensorChecker checker(file);
  checker.Matrix("token_embd.weight", config.width, config.vocabulary_size);
  for (int32_t layer = 0; layer < config.layers; ++layer)
    CheckLayer(config, Cat("blk.", layer, "."), checker);
  checker.Vector("output_norm.weight", config.width);
  if (!config.tied_output) checker.Matrix("output.weight", config.width, config.vocabulary_size);
  return std::move(checker).Finish();
}

absl::Status CheckTensors(const GgufFile& file, const ModelConfig& config) {
  const std::vector<std::string> problems = TensorProblems(file, config);
  if (problems.empty()) return absl::OkStatus();
  const std::string more = problems.size() > 1 ? Cat(" (and ", problems.size() - 1, " more)") : "";
  return absl::UnimplementedError(
      Cat("'", file.path(), "': ", problems[0], more, "; 'espalier inspect FILE' lists what a file holds"));
}

}  // namespace espalier
