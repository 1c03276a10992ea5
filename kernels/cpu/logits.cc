#include "kernels/logits.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/check.h"
#include "kernels/cpu/row_kernels.h"

namespace espalier {
namespace {

constexpr int64_t kStretch = 64;

bool MoreLikely(const TokenLogit& a, const TokenLogit& b) {
  return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

// Fills workspace.maxima; returns the largest logit.
float FindMaxima(std::span<const float> logits, LogitsWorkspace& workspace) {
  ESPALIER_CHECK(!logits.empty());
  workspace.maxima.resize((logits.size() + kStretch - 1) / kStretch);
  ActiveRowKernels().stretch_maxima(logits.data(), logits.size(), workspace.maxima.data());
  return *std::max_element(workspace.maxima.begin(), workspace.maxima.end());
}

// Appends every token whose value is at least `bar` to workspace.candidates, by ascending id. Stretches whose
// maximum is below the bar are not looked at.
void CollectAtLeast(std::span<const float> logits, float bar, LogitsWorkspace& workspace) {
  workspace.candidates.clear();
  for (size_t stretch = 0; stretch < workspace.maxima.size(); ++stretch) {
    if (!(workspace.maxima[stretch] >= bar)) continue;
    const size_t end = std::min(logits.size(), (stretch + 1) * kStretch);
    for (size_t i = stretch * kStretch; i < end; ++i) {
      if (logits[i] >= bar) workspace.candidates.push_back({static_cast<TokenId>(i), logits[i]});
    }
  }
}

// TopLogits once the maxima are known. The count-th largest stretch maximum is a bar that at least `count`
// logits reach.
void SelectTop(std::span<const float> logits, int64_t count, LogitsWorkspace& workspace) {
  float bar = -std::numeric_limits<float>::infinity();
  if (count < static_cast<int64_t>(workspace.maxima.size())) {
    workspace.weights.assign(workspace.maxima.begin(), workspace.maxima.end());
    const auto nth = workspace.weights.begin() + (count - 1);
    std::nth_element(workspace.weights.begin(), nth, workspace.weights.end(), std::greater<float>());
    bar = *nth;
  }
  CollectAtLeast(logits, bar, workspace);
  std::vector<TokenLogit>& found = workspace.candidates;
  const size_t kept = std::min<size_t>(count, found.size());
  std::partial_sort(found.begin(), found.begin() + kept, found.end(), MoreLikely);
  workspace.top.assign(found.begin(), found.begin() + kept);
}

// Candidates of a draw hold weights in place of logits: exp((logit - largest) / temperature).

// The shortest prefix, by falling weight, whose weights sum to at least top_p * total.
void KeepNucleus(float top_p, double total, std::vector<TokenLogit>& candidates) {
  std::sort(candidates.begin(), candidates.end(), MoreLikely);
  double mass = 0;
  size_t kept = 0;
  while (kept < candidates.size() && (kept == 0 || mass < top_p * total)) mass += candidates[kept++].logit;
  candidates.resize(kept);
}

// The weights of the top_k tokens become the candidates. Returns their sum.
double WeighTop(std::span<const float> logits, const DrawFilter& filter, LogitsWorkspace& workspace) {
  SelectTop(logits, filter.top_k, workspace);
  std::vector<TokenLogit>& top = workspace.top;
  if (top.empty()) return 0;
  std::vector<float>& weights = workspace.weights;
  weights.resize(top.size());
  for (size_t i = 0; i < top.size(); ++i) weights[i] = top[i].logit;
  const double total = ActiveRowKernels().exp_weights(weights.data(), weights.size(), top[0].logit,
                                                      1.0f / filter.temperature, weights.data());
  for (size_t i = 0; i < top.size(); ++i) top[i].logit = weights[i];
  workspace.candidates = top;
  return total;
}

// Without top_k: of the weighed row, the tokens that top_p and min_p might keep. All tokens lighter than
// (1 - top_p) * total / size weigh less than (1 - top_p) * total together, so the nucleus lies above that;
// half of it leaves room for rounding.
void CollectLikely(const DrawFilter& filter, double total, LogitsWorkspace& workspace) {
  const std::span<const float> weights = workspace.weights;
  const double negligible = 0.5 * (1.0 - filter.top_p) * total / static_cast<double>(weights.size());
  FindMaxima(weights, workspace);
  CollectAtLeast(weights, std::max(static_cast<float>(negligible), filter.min_p), workspace);
}

// The first of `count` entries at which the running sum of weight(i) passes `target`.
template <typename Weight>
size_t PickByWeight(size_t count, double target, const Weight& weight) {
  double sum = 0;
  size_t last = 0;
  for (size_t i = 0; i < count; ++i) {
    if (weight(i) <= 0) continue;
    sum += weight(i);
    last = i;
    if (sum > target) break;
  }
  return last;  // where rounding left the sum at the target, the last one that has weight
}

}  // namespace

void TopLogits(std::span<const float> logits, int64_t count, LogitsWorkspace& workspace) {
  workspace.top.clear();
  if (count <= 0) return;
  FindMaxima(logits, workspace);
  SelectTop(logits, count, workspace);
}

float LogSumExp(std::span<const float> logits, LogitsWorkspace& workspace) {
  const float max = FindMaxima(logits, workspace);
  const ExpSums sums = ActiveRowKernels().exp_sums(logits.data(), logits.size(), max);
  return static_cast<float>(max + std::log(sums.sum));
}

LogitSummary SummarizeLogits(std::span<const float> logits, LogitsWorkspace& workspace) {
  const float max = FindMaxima(logits, workspace);
  const ExpSums sums = ActiveRowKernels().exp_sums(logits.data(), logits.size(), max);
  SelectTop(logits, kConfidenceTokens, workspace);
  const std::vector<TokenLogit>& top = workspace.top;
  double top_sum = 0;
  for (const TokenLogit& token : top) top_sum += token.logit;

  const double log_sum = std::log(sums.sum);
  LogitSummary summary;
  summary.log_sum_exp = static_cast<float>(max + log_sum);
  summary.entropy = static_cast<float>(log_sum - sums.weighted / sums.sum);
  summary.margin = top.size() < 2 ? 0.0f : top[0].logit - top[1].logit;
  summary.confidence =
      static_cast<float>(max + log_sum - top_sum / static_cast<double>(std::max<size_t>(top.size(), 1)));
  return summary;
}

TokenId ArgMax(std::span<const float> logits, LogitsWorkspace& workspace) {
  const float max = FindMaxima(logits, workspace);
  const auto stretch = std::find(workspace.maxima.begin(), workspace.maxima.end(), max);
  const auto begin = logits.begin() + (stretch - workspace.maxima.begin()) * kStretch;
  const auto found = std::find(begin, logits.end(), max);
  return found == logits.end() ? 0 : static_cast<TokenId>(found - logits.begin());
}

TokenId DrawToken(std::span<const float> logits, const DrawFilter& filter, double uniform,
                  LogitsWorkspace& workspace) {
  ESPALIER_CHECK(filter.temperature > 0 && filter.top_p > 0 && filter.min_p < 1, filter.temperature, " ",
                 filter.top_p, " ", filter.min_p);
  const float max = FindMaxima(logits, workspace);
  const bool top_k = filter.top_k > 0 && filter.top_k < static_cast<int64_t>(logits.size());
  double total = 0;
  if (top_k) {
    total = WeighTop(logits, filter, workspace);
  } else {
    workspace.weights.resize(logits.size());
    total = ActiveRowKernels().exp_weights(logits.data(), logits.size(), max, 1.0f / filter.temperature,
                                           workspace.weights.data());
  }
  if (!(total > 0)) return ArgMax(logits, workspace);  // no finite logit
  const std::vector<float>& weights = workspace.weights;
  if (!top_k && filter.top_p >= 1.0f && filter.min_p <= 0.0f) {
    return static_cast<TokenId>(
        PickByWeight(logits.size(), uniform * total, [&](size_t i) { return weights[i]; }));
  }

  std::vector<TokenLogit>& candidates = workspace.candidates;
  if (!top_k) CollectLikely(filter, total, workspace);
  if (filter.top_p < 1.0f) KeepNucleus(filter.top_p, total, candidates);
  std::erase_if(candidates, [&](const TokenLogit& token) { return token.logit < filter.min_p; });
  std::sort(candidates.begin(), candidates.end(), [](auto& a, auto& b) { return a.id < b.id; });
  double mass = 0;
  for (const TokenLogit& token : candidates) mass += token.logit;
  const auto weight = [&](size_t i) { return candidates[i].logit; };
  return candidates[PickByWeight(candidates.size(), uniform * mass, weight)].id;
}

}  // namespace espalier
