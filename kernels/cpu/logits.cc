#include "kernels/logits.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/check.h"
#include "kernels/cpu/row_kernels.h"

namespace espalier {
namespace {

bool MoreLikely(const TokenLogit& a, const TokenLogit& b) {
  return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

// Candidates of a draw hold weights in place of logits: exp((logit - max) / temperature).

// The shortest prefix, by falling weight, whose weights sum to at least top_p * total. Usually short: the
// order of the rest is found only as far as it is needed.
void KeepNucleus(float top_p, double total, std::vector<TokenLogit>& candidates) {
  double mass = 0;
  size_t kept = 0;
  for (size_t sorted = 0, next = 128; kept < candidates.size(); next *= 4) {
    const auto begin = candidates.begin() + sorted;
    const auto end = candidates.begin() + std::min(next, candidates.size());
    if (end != candidates.end()) std::nth_element(begin, end, candidates.end(), MoreLikely);
    std::sort(begin, end, MoreLikely);
    sorted = static_cast<size_t>(end - candidates.begin());
    while (kept < sorted && (kept == 0 || mass < top_p * total)) mass += candidates[kept++].logit;
    if (kept < sorted) break;
  }
  candidates.resize(kept);
}

// The first of `count` entries at which the running sum of weight(i) passes `target`; takes what lies before
// that entry from `target`. Where rounding left the sum below the target, the last entry that has weight.
template <typename Weight>
size_t PickByWeight(size_t count, double& target, const Weight& weight) {
  double sum = 0;
  double before = 0;
  size_t last = 0;
  for (size_t i = 0; i < count; ++i) {
    const double own = weight(i);
    if (!(own > 0)) continue;
    before = sum;
    sum += own;
    last = i;
    if (sum > target) break;
  }
  target -= before;
  return last;
}

}  // namespace

void LogitScan::Read(std::span<const float> logits, float temperature) {
  ESPALIER_CHECK(!logits.empty() && temperature > 0, temperature);
  const auto size = static_cast<int64_t>(logits.size());
  logits_ = logits;
  temperature_ = temperature;
  maxima_.resize((size + kLogitStretch - 1) / kLogitStretch);
  blocks_.resize((size + kLogitBlock - 1) / kLogitBlock);
  ActiveRowKernels().scan_logits(logits.data(), size, 1.0f / temperature, maxima_.data(), blocks_.data());

  max_ = -std::numeric_limits<float>::infinity();
  for (const LogitBlock& block : blocks_) max_ = std::max(max_, block.max);
  sum_ = weighted_ = tempered_ = 0;
  for (const LogitBlock& block : blocks_) {
    if (!(block.sum > 0)) continue;  // no finite logit
    const double below = static_cast<double>(block.max) - max_;
    const double share = std::exp(below);
    sum_ += share * block.sum;
    weighted_ += share * (block.weighted + below * block.sum);
    tempered_ += (temperature == 1.0f ? share : std::exp(below / temperature)) * block.tempered;
  }
}

float LogitScan::LogSumExp() const { return static_cast<float>(max_ + std::log(sum_)); }

LogitSummary LogitScan::Summarize() {
  const std::span<const TokenLogit> top = Top(kConfidenceTokens);
  double top_sum = 0;
  for (const TokenLogit& token : top) top_sum += token.logit;

  const double log_sum = std::log(sum_);
  LogitSummary summary;
  summary.log_sum_exp = static_cast<float>(max_ + log_sum);
  summary.entropy = static_cast<float>(log_sum - weighted_ / sum_);
  summary.margin = top.size() < 2 ? 0.0f : top[0].logit - top[1].logit;
  summary.confidence =
      static_cast<float>(max_ + log_sum - top_sum / static_cast<double>(std::max<size_t>(top.size(), 1)));
  return summary;
}

// Every token whose logit is at least `bar` becomes a candidate, by ascending id. Stretches whose maximum is
// below the bar are not looked at.
void LogitScan::CollectAtLeast(float bar) {
  candidates_.clear();
  for (size_t stretch = 0; stretch < maxima_.size(); ++stretch) {
    if (!(maxima_[stretch] >= bar)) continue;
    const size_t end = std::min(logits_.size(), (stretch + 1) * kLogitStretch);
    for (size_t i = stretch * kLogitStretch; i < end; ++i) {
      if (logits_[i] >= bar) candidates_.push_back({static_cast<TokenId>(i), logits_[i]});
    }
  }
}

// The count-th largest stretch maximum is a bar that at least `count` logits reach.
std::span<const TokenLogit> LogitScan::Top(int64_t count) {
  candidates_.clear();
  if (count <= 0) return {};
  float bar = -std::numeric_limits<float>::infinity();
  if (count < static_cast<int64_t>(maxima_.size())) {
    weights_.assign(maxima_.begin(), maxima_.end());
    const auto nth = weights_.begin() + (count - 1);
    std::nth_element(weights_.begin(), nth, weights_.end(), std::greater<float>());
    bar = *nth;
  }
  CollectAtLeast(bar);
  const size_t kept = std::min<size_t>(count, candidates_.size());
  std::partial_sort(candidates_.begin(), candidates_.begin() + kept, candidates_.end(), MoreLikely);
  candidates_.resize(kept);
  return candidates_;
}

TokenId LogitScan::ArgMax() const {
  const auto stretch = std::find(maxima_.begin(), maxima_.end(), max_);
  if (stretch == maxima_.end()) return 0;
  const auto begin = logits_.begin() + (stretch - maxima_.begin()) * kLogitStretch;
  const auto found = std::find(begin, logits_.end(), max_);
  return found == logits_.end() ? 0 : static_cast<TokenId>(found - logits_.begin());
}

// Block, then stretch, then token, each picked by its share of what is left of the target. Within a block
// weights are relative to its own maximum, so that at least one of them is 1.
TokenId LogitScan::DrawFromAll(double uniform) {
  const auto share = [&](const LogitBlock& block) {
    return std::exp((static_cast<double>(block.max) - max_) / temperature_);
  };
  double target = uniform * tempered_;
  const size_t index = PickByWeight(blocks_.size(), target, [&](size_t i) {
    return blocks_[i].sum > 0 ? share(blocks_[i]) * blocks_[i].tempered : 0.0;
  });
  const LogitBlock& block = blocks_[index];
  target /= share(block);

  const std::span<const float> logits = logits_.subspan(
      index * kLogitBlock, std::min<size_t>(kLogitBlock, logits_.size() - index * kLogitBlock));
  weights_.resize(kLogitBlock);
  const auto stretch_logits = [&](size_t stretch) {
    return logits.subspan(stretch * kLogitStretch,
                          std::min<size_t>(kLogitStretch, logits.size() - stretch * kLogitStretch));
  };
  const size_t stretch =
      PickByWeight((logits.size() + kLogitStretch - 1) / kLogitStretch, target, [&](size_t stretch) {
        const std::span<const float> part = stretch_logits(stretch);
        return ActiveRowKernels().exp_weights(part.data(), static_cast<int64_t>(part.size()), block.max,
                                              1.0f / temperature_, weights_.data() + stretch * kLogitStretch);
      });
  const float* weights = weights_.data() + stretch * kLogitStretch;
  const size_t token =
      PickByWeight(stretch_logits(stretch).size(), target, [&](size_t i) { return double{weights[i]}; });
  return static_cast<TokenId>(index * kLogitBlock + stretch * kLogitStretch + token);
}

// Replaces the candidates' logits by their weights. Returns the sum.
double LogitScan::WeighCandidates() {
  weights_.resize(candidates_.size());
  for (size_t i = 0; i < candidates_.size(); ++i) weights_[i] = candidates_[i].logit;
  const double total = ActiveRowKernels().exp_weights(weights_.data(), static_cast<int64_t>(weights_.size()),
                                                      max_, 1.0f / temperature_, weights_.data());
  for (size_t i = 0; i < candidates_.size(); ++i) candidates_[i].logit = weights_[i];
  return total;
}

// Without top_k: the tokens that top_p and min_p might keep. All tokens lighter than
// (1 - top_p) * total / size weigh less than (1 - top_p) * total together, so the nucleus lies above that;
// half of it, here and in the logarithm, leaves room for rounding.
void LogitScan::CollectLikely(const DrawFilter& filter) {
  const double negligible = 0.5 * (1.0 - filter.top_p) * tempered_ / static_cast<double>(logits_.size());
  const double bar = std::max<double>(negligible, filter.min_p);
  const auto logit_bar = static_cast<float>(max_ + temperature_ * std::log(0.5 * bar));
  CollectAtLeast(std::nextafter(logit_bar, -std::numeric_limits<float>::infinity()));
  WeighCandidates();
}

TokenId LogitScan::Draw(const DrawFilter& filter, double uniform) {
  ESPALIER_CHECK(filter.temperature == temperature_ && filter.top_p > 0 && filter.min_p < 1,
                 filter.temperature, " ", filter.top_p, " ", filter.min_p);
  const bool top_k = filter.top_k > 0 && filter.top_k < static_cast<int64_t>(logits_.size());
  if (!(tempered_ > 0)) return ArgMax();  // no finite logit
  if (!top_k && filter.top_p >= 1.0f && filter.min_p <= 0.0f) return DrawFromAll(uniform);

  double total = tempered_;
  if (top_k) {
    Top(filter.top_k);
    total = WeighCandidates();
  } else {
    CollectLikely(filter);
  }
  if (filter.top_p < 1.0f) KeepNucleus(filter.top_p, total, candidates_);
  std::erase_if(candidates_, [&](const TokenLogit& token) { return token.logit < filter.min_p; });
  std::sort(candidates_.begin(), candidates_.end(), [](auto& a, auto& b) { return a.id < b.id; });
  double mass = 0;
  for (const TokenLogit& token : candidates_) mass += token.logit;
  double target = uniform * mass;
  return candidates_[PickByWeight(candidates_.size(), target, [&](size_t i) { return candidates_[i].logit; })]
      .id;
}

}  // namespace espalier
