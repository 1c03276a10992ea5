#include "tests/engine/reference_model.h"

#include <algorithm>
#include <cmath>

#include "base/cat.h"
#include "base/check.h"
#include "engine/gguf.h"
#include "engine/model_config.h"
#include "kernels/kernels.h"

namespace espalier {
namespace {

using Vector = std::vector<double>;

class ReferenceModel {
 public:
  ReferenceModel(const std::string& path, const InputRounding& rounding)
      : file_(GgufFile::Open(path).value()),
        config_(ModelConfig::FromGguf(file_).value()),
        rounding_(rounding) {}

  std::vector<Vector> LogProbabilities(std::span<const TokenId> tokens) {
    keys_.assign(config_.layers, {});
    values_.assign(config_.layers, {});
    std::vector<Vector> result;
    for (size_t position = 0; position < tokens.size(); ++position) {
      Vector x = Row("token_embd.weight", tokens[position]);
      for (int32_t layer = 0; layer < config_.layers; ++layer) Layer(layer, static_cast<double>(position), x);
      Vector logits = Multiply(config_.tied_output ? "token_embd.weight" : "output.weight",
                               Norm(x, "output_norm.weight"));
      const double max = *std::max_element(logits.begin(), logits.end());
      double sum = 0;
      for (const double logit : logits) sum += std::exp(logit - max);
      for (double& logit : logits) logit -= max + std::log(sum);
      result.push_back(std::move(logits));
    }
    return result;
  }

 private:
  Vector Row(const std::string& name, int64_t row) const {
    const GgufTensor* tensor = file_.FindTensor(name);
    ESPALIER_CHECK(tensor != nullptr, name);
    std::vector<float> values(tensor->columns());
    DequantizeRow(tensor->type, tensor->data.data() + row * RowBytes(tensor->type, tensor->columns()),
                  values.data(), tensor->columns());
    return {values.begin(), values.end()};
  }

  // weight * x, plus the bias of the same name if there is one.
  Vector Multiply(const std::string& name, Vector x) const {
    if (rounding_) rounding_(x);
    Vector y(file_.FindTensor(name)->rows());
    for (size_t r = 0; r < y.size(); ++r) {
      const Vector row = Row(name, static_cast<int64_t>(r));
      for (size_t i = 0; i < x.size(); ++i) y[r] += row[i] * x[i];
    }
    const std::string bias_name = name.substr(0, name.rfind('.')) + ".bias";
    if (file_.FindTensor(bias_name) != nullptr) Add(Row(bias_name, 0), y);
    return y;
  }

  Vector Norm(const Vector& x, const std::string& name) const {
    double squares = 0;
    for (const double value : x) squares += value * value;
    Vector y = Row(name, 0);
    for (size_t i = 0; i < x.size(); ++i) {
      y[i] *= x[i] / std::sqrt(squares / static_cast<double>(x.size()) + config_.rms_epsilon);
    }
    return y;
  }

  static void Add(const Vector& x, Vector& y) {
    for (size_t i = 0; i < x.size(); ++i) y[i] += x[i];
  }

  void Rotate(double position, Vector& x) const {
    const int32_t half = config_.head_dim / 2;
    for (size_t head = 0; head < x.size(); head += config_.head_dim) {
      for (int32_t i = 0; i < half; ++i) {
        const double angle = position * std::pow(config_.rope_base, -2.0 * i / config_.head_dim);
        const bool adjacent = config_.rope_style == RopeStyle::kAdjacent;
        double& a = x[head + (adjacent ? 2 * i : i)];
        double& b = x[head + (adjacent ? 2 * i + 1 : i + half)];
        const double turned = a * std::cos(angle) - b * std::sin(angle);
        b = a * std::sin(angle) + b * std::cos(angle);
        a = turned;
      }
    }
  }

  Vector Attend(const Vector& query, int32_t layer) const {
    Vector out(query.size());
    for (int32_t h = 0; h < config_.heads; ++h) {
      const int64_t from = int64_t{h} * config_.head_dim;
      const int64_t kv_from = int64_t{h / (config_.heads / config_.kv_heads)} * config_.head_dim;
      Vector weights;
      double sum = 0;
      for (const Vector& key : keys_[layer]) {
        double score = 0;
        for (int32_t d = 0; d < config_.head_dim; ++d) score += query[from + d] * key[kv_from + d];
        weights.push_back(std::exp(score / std::sqrt(config_.head_dim)));
        sum += weights.back();
      }
      for (size_t t = 0; t < weights.size(); ++t) {
        for (int32_t d = 0; d < config_.head_dim; ++d) {
          out[from + d] += weights[t] / sum * values_[layer][t][kv_from + d];
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
    Rotate(position, query);
    Rotate(position, key);
    keys_[layer].push_back(std::move(key));
    values_[layer].push_back(Multiply(prefix + "attn_v.weight", attention_in));
    Add(Multiply(prefix + "attn_output.weight", Attend(query, layer)), x);

    const Vector feed_in = Norm(x, prefix + "ffn_norm.weight");
    Vector gate = Multiply(prefix + "ffn_gate.weight", feed_in);
    const Vector up = Multiply(prefix + "ffn_up.weight", feed_in);
    for (size_t i = 0; i < gate.size(); ++i) gate[i] *= up[i] / (1 + std::exp(-gate[i]));
    Add(Multiply(prefix + "ffn_down.weight", gate), x);
  }

  GgufFile file_;
  ModelConfig config_;
  InputRounding rounding_;
  std::vector<std::vector<Vector>> keys_;  // [layer][position]
  std::vector<std::vector<Vector>> values_;
};

}  // namespace

std::vector<std::vector<double>> ReferenceLogProbabilities(const std::string& path,
                                                           std::span<const TokenId> tokens,
                                                           const InputRounding& rounding) {
  return ReferenceModel(path, rounding).LogProbabilities(tokens);
}

}  // namespace espalier
