#include "kernels/reference/transformer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace espalier {

std::vector<double> ReferenceRmsNorm(std::span<const float> x, std::span<const float> weight,
                                     double epsilon) {
  double squares = 0;
  for (const double value : x) squares += value * value;
  const double scale = 1.0 / std::sqrt(squares / static_cast<double>(x.size()) + epsilon);
  std::vector<double> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) y[i] = double{x[i]} * scale * weight[i];
  return y;
}

std::vector<double> ReferenceSwiGlu(std::span<const float> gate, std::span<const float> up) {
  std::vector<double> out(gate.size());
  for (size_t i = 0; i < gate.size(); ++i) out[i] = gate[i] / (1.0 + std::exp(-double{gate[i]})) * up[i];
  return out;
}

std::vector<double> ReferenceGeGlu(std::span<const float> gate, std::span<const float> up) {
  const double root = std::sqrt(2.0 / std::numbers::pi);
  std::vector<double> out(gate.size());
  for (size_t i = 0; i < gate.size(); ++i) {
    const double z = gate[i];
    out[i] = 0.5 * z * (1.0 + std::tanh(root * (z + 0.044715 * z * z * z))) * up[i];
  }
  return out;
}

std::vector<double> ReferenceRope(std::span<const double> frequencies, double magnitude, int64_t position,
                                  std::span<const float> head) {
  const size_t half = frequencies.size();
  std::vector<double> out(head.size());
  for (size_t i = 0; i < half; ++i) {
    const double angle = static_cast<double>(position) * frequencies[i];
    out[i] = magnitude * (head[i] * std::cos(angle) - head[i + half] * std::sin(angle));
    out[i + half] = magnitude * (head[i] * std::sin(angle) + head[i + half] * std::cos(angle));
  }
  return out;
}

std::vector<double> ReferenceAttention(std::span<const float> query, std::span<const float> keys,
                                       std::span<const float> values, double scale) {
  const size_t head_dim = query.size();
  const size_t positions = keys.size() / head_dim;
  std::vector<double> weights(positions);
  for (size_t t = 0; t < positions; ++t) {
    for (size_t d = 0; d < head_dim; ++d) weights[t] += double{query[d]} * keys[t * head_dim + d];
    weights[t] *= scale;
  }
  const double max = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight - max);
  std::vector<double> out(head_dim);
  for (size_t t = 0; t < positions; ++t) {
    for (size_t d = 0; d < head_dim; ++d) out[d] += weights[t] / sum * values[t * head_dim + d];
  }
  return out;
}

ReferenceLogitSummary ReferenceSummary(std::span<const float> logits) {
  std::vector<double> sorted(logits.begin(), logits.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<double>());
  double sum = 0;
  for (const double logit : sorted) sum += std::exp(logit - sorted[0]);
  const double log_sum_exp = sorted[0] + std::log(sum);
  double entropy = 0;
  for (const double logit : sorted) entropy -= std::exp(logit - log_sum_exp) * (logit - log_sum_exp);
  const size_t kept = std::min<size_t>(kConfidenceTokens, sorted.size());
  double confidence = 0;
  for (size_t i = 0; i < kept; ++i) confidence += (log_sum_exp - sorted[i]) / static_cast<double>(kept);
  return {log_sum_exp, entropy, sorted.size() < 2 ? 0.0 : sorted[0] - sorted[1], confidence};
}

std::vector<double> ReferenceDrawProbabilities(std::span<const float> logits, const DrawFilter& filter) {
  std::vector<size_t> order(logits.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return logits[a] > logits[b]; });
  if (filter.top_k > 0) order.resize(std::min<size_t>(order.size(), filter.top_k));

  const double best = logits[order[0]];
  const auto weight = [&](size_t id) { return std::exp((logits[id] - best) / filter.temperature); };
  const auto total = [&] {
    double sum = 0;
    for (const size_t id : order) sum += weight(id);
    return sum;
  };
  if (filter.top_p < 1.0f) {
    const double enough = filter.top_p * total();
    double mass = 0;
    size_t kept = 0;
    while (kept < order.size() && (kept == 0 || mass < enough)) mass += weight(order[kept++]);
    order.resize(kept);
  }
  std::erase_if(order, [&](size_t id) { return weight(id) < filter.min_p; });

  std::vector<double> probabilities(logits.size());
  const double sum = total();
  for (const size_t id : order) probabilities[id] = weight(id) / sum;
  return probabilities;
}

}  // namespace espalier
