#include "tests/engine/reference_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/cat.h"
#include "base/check.h"
#include "engine/model_config.h"
#include "engine/model_file.h"
#include "engine/tokenizer.h"
#include "kernels/kernels.h"

namespace espalier {
namespace {

using Vector = std::vector<double>;

double Silu(double z) { return z / (1 + std::exp(-z)); }
double Gelu(double z) {
  return 0.5 * z * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (z + 0.044715 * z * z * z)));
}

class ReferenceModel {
 public:
  ReferenceModel(const std::string& path, const InputRounding& rounding)
      : file_(ModelFile::Open(path).value()), config_(file_->ReadConfig().value()), rounding_(rounding) {
    Vector divisors = config_.rope.has_divisors ? Row("rope_freqs.weight", 0) : Vector();
    const std::vector<float> floats(divisors.begin(), divisors.end());
    rope_ = MakeRopeTable(config_.rope, config_.head_dim, floats);
    window_rope_ = config_.window_rope ? MakeRopeTable(*config_.window_rope, config_.head_dim, {}) : rope_;
  }

  // Final normed states of every token.
  std::vector<Vector> States(std::span<const TokenId> tokens) {
    keys_.assign(config_.layers, {});
    values_.assign(config_.layers, {});
    std::vector<Vector> states;
    for (size_t position = 0; position < tokens.size(); ++position) {
      Vector x = Row("token_embd.weight", tokens[position]);
      for (double& value : x) value *= config_.embedding_scale;
      for (int32_t layer = 0; layer < config_.layers; ++layer) Layer(layer, static_cast<double>(position), x);
      states.push_back(Norm(x, "output_norm.weight"));
    }
    return states;
  }

  std::vector<Vector> LogProbabilities(std::span<const TokenId> tokens) {
    std::vector<Vector> result;
    for (const Vector& state : States(tokens)) {
      Vector logits = Multiply(config_.tied_output ? "token_embd.weight" : "output.weight", state);
      const double max = *std::max_element(logits.begin(), logits.end());
      double sum = 0;
      for (const double logit : logits) sum += std::exp(logit - max);
      for (double& logit : logits) logit -= max + std::log(sum);
      result.push_back(std::move(logits));
    }
    return result;
  }

  std::vector<Vector> HeadValues(std::span<const TokenId> tokens) {
    std::vector<Vector> result;
    for (Vector state : States(tokens)) {
      if (config_.head_hidden > 0) {
        state = Multiply("cls.weight", state);
        for (double& value : state) value = std::max(value, 0.0);
      }
      result.push_back(Multiply("cls.output.weight", state));
    }
    return result;
  }

 private:
  Vector Row(const std::string& name, int64_t row) const {
    const StoredTensor* tensor = file_->FindTensor(name);
    ESPALIER_CHECK(tensor != nullptr, name);
    std::vector<float> values(tensor->columns());
    DequantizeRow(tensor->type, tensor->data.data() + row * RowBytes(tensor->type, tensor->columns()),
                  values.data(), tensor->columns());
    return {values.begin(), values.end()};
  }

  // weight * x, plus the bias of the same name if there is one.
  Vector Multiply(const std::string& name, Vector x) const {
    if (rounding_) rounding_(x);
    Vector y(file_->FindTensor(name)->rows());
    for (size_t r = 0; r < y.size(); ++r) {
      const Vector row = Row(name, static_cast<int64_t>(r));
      for (size_t i = 0; i < x.size(); ++i) y[r] += row[i] * x[i];
    }
    const std::string bias_name = name.substr(0, name.rfind('.')) + ".bias";
    if (file_->FindTensor(bias_name) != nullptr) Add(Row(bias_name, 0), y);
    return y;
  }

  // Normed in stretches of the weight's size: a whole state, or each head of one.
  Vector Norm(const Vector& x, const std::string& name) const {
    const Vector weight = Row(name, 0);
    Vector y = x;
    for (size_t begin = 0; begin < x.size(); begin += weight.size()) {
      double squares = 0;
      for (size_t i = 0; i < weight.size(); ++i) squares += x[begin + i] * x[begin + i];
      const double size = std::sqrt(squares / static_cast<double>(weight.size()) + config_.rms_epsilon);
      for (size_t i = 0; i < weight.size(); ++i) y[begin + i] *= (weight[i] + config_.norm_offset) / size;
    }
    return y;
  }

  static void Add(const Vector& x, Vector& y) {
    for (size_t i = 0; i < x.size(); ++i) y[i] += x[i];
  }

  void Rotate(int32_t layer, double position, Vector& x) const {
    const RopeTable& table = config_.windows[layer] > 0 ? window_rope_ : rope_;
    const int32_t half = config_.head_dim / 2;
    for (size_t head = 0; head < x.size(); head += config_.head_dim) {
      for (int32_t i = 0; i < half; ++i) {
        const double angle = position * table.frequencies[i];
        double& a = x[head + (config_.adjacent_pairs ? 2 * i : i)];
        double& b = x[head + (config_.adjacent_pairs ? 2 * i + 1 : i + half)];
        const double turned = table.magnitude * (a * std::cos(angle) - b * std::sin(angle));
        b = table.magnitude * (a * std::sin(angle) + b * std::cos(angle));
        a = turned;
      }
    }
  }

  Vector Attend(const Vector& query, int32_t layer) const {
    Vector out(query.size());
    const size_t positions = keys_[layer].size();
    const auto window = static_cast<size_t>(config_.windows[layer]);
    const size_t begin = window == 0 || window >= positions ? 0 : positions - window;
    for (int32_t h = 0; h < config_.heads; ++h) {
      const int64_t from = int64_t{h} * config_.head_dim;
      const int64_t kv_from = int64_t{h / (config_.heads / config_.kv_heads)} * config_.head_dim;
      Vector weights;
      double sum = 0;
      for (size_t t = begin; t < positions; ++t) {
        double score = 0;
        for (int32_t d = 0; d < config_.head_dim; ++d)
          score += query[from + d] * keys_[layer][t][kv_from + d];
        weights.push_back(score * config_.attention_scale);
      }
      const double max = *std::max_element(weights.begin(), weights.end());
      for (double& weight : weights) sum += weight = std::exp(weight - max);
      for (size_t t = begin; t < positions; ++t) {
        for (int32_t d = 0; d < config_.head_dim; ++d) {
          out[from + d] += weights[t - begin] / sum * values_[layer][t][kv_from + d];
        }
      }
    }
    return out;
  }

  void Layer(int32_t layer, double position, Vector& x) {
    const std::string prefix = Cat("blk.", layer, ".");
    const Vector attention_in = Norm(x, prefix + "attn_norm.weight");
    Vector query = Multiply(prefix + "attn_q.weight", attention_in);
    Vector key = Multiply(prefix + "attn_k.weight", attention_in);
    if (config_.qk_norm) {
      query = Norm(query, prefix + "attn_q_norm.weight");
      key = Norm(key, prefix + "attn_k_norm.weight");
    }
    Rotate(layer, position, query);
    Rotate(layer, position, key);
    keys_[layer].push_back(std::move(key));
    values_[layer].push_back(Multiply(prefix + "attn_v.weight", attention_in));
    Vector attended = Multiply(prefix + "attn_output.weight", Attend(query, layer));
    Add(config_.post_norms ? Norm(attended, prefix + "post_attention_norm.weight") : attended, x);

    const Vector feed_in = Norm(x, prefix + "ffn_norm.weight");
    Vector gate = Multiply(prefix + "ffn_gate.weight", feed_in);
    const Vector up = Multiply(prefix + "ffn_up.weight", feed_in);
    const auto activate = config_.activation == Activation::kGelu ? Gelu : Silu;
    for (size_t i = 0; i < gate.size(); ++i) gate[i] = activate(gate[i]) * up[i];
    const Vector fed = Multiply(prefix + "ffn_down.weight", gate);
    Add(config_.post_norms ? Norm(fed, prefix + "post_ffw_norm.weight") : fed, x);
  }

  std::unique_ptr<ModelFile> file_;
  ModelConfig config_;
  InputRounding rounding_;
  RopeTable rope_;
  RopeTable window_rope_;
  std::vector<std::vector<Vector>> keys_;  // [layer][position]
  std::vector<std::vector<Vector>> values_;
};

}  // namespace

std::vector<std::vector<double>> ReferenceLogProbabilities(const std::string& path,
                                                           std::span<const TokenId> tokens,
                                                           const InputRounding& rounding) {
  return ReferenceModel(path, rounding).LogProbabilities(tokens);
}

std::vector<std::vector<double>> ReferenceHeadValues(const std::string& path,
                                                     std::span<const TokenId> tokens) {
  return ReferenceModel(path, InputRounding()).HeadValues(tokens);
}

}  // namespace espalier
