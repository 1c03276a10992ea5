#include "engine/sampler.h"

#include <algorithm>

#include "base/check.h"
#include "base/random.h"

namespace espalier {
namespace {

bool ReadsHistory(const SamplingParameters& sampling) {
  return sampling.repetition_penalty != 1.0f || sampling.presence_penalty != 0.0f ||
         sampling.frequency_penalty != 0.0f;
}

// Calls body(token, count) for each distinct token, by ascending id.
template <typename Body>
void ForEachDistinct(std::span<const TokenId> tokens, std::vector<TokenId>& sorted, const Body& body) {
  sorted.assign(tokens.begin(), tokens.end());
  std::sort(sorted.begin(), sorted.end());
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::upper_bound(begin, sorted.end(), *begin);
    body(*begin, end - begin);
    begin = end;
  }
}

void ApplyPenalties(const RowOutputRequest& request, SamplerWorkspace& workspace) {
  const SamplingParameters& sampling = *request.sampling;
  const auto logit = [&](TokenId id) -> float& {
    ESPALIER_CHECK(id >= 0 && id < static_cast<int64_t>(workspace.adjusted.size()), id);
    return workspace.adjusted[id];
  };
  if (sampling.repetition_penalty != 1.0f) {
    ForEachDistinct(request.history, workspace.history, [&](TokenId id, int64_t) {
      float& value = logit(id);
      value = value > 0 ? value / sampling.repetition_penalty : value * sampling.repetition_penalty;
    });
  }
  ESPALIER_CHECK(request.generated_from <= static_cast<int64_t>(request.history.size()),
                 request.generated_from);
  ForEachDistinct(
      request.history.subspan(request.generated_from), workspace.history, [&](TokenId id, int64_t count) {
        logit(id) -= sampling.presence_penalty + sampling.frequency_penalty * static_cast<float>(count);
      });
}

// Whether the row is drawn from as it is.
bool AsTheyAre(const SamplingParameters& sampling) {
  return sampling.logit_bias.empty() && !ReadsHistory(sampling);
}

// The logits to draw from: as they are, or a changed copy.
std::span<const float> Adjust(std::span<const float> logits, const RowOutputRequest& request,
                              SamplerWorkspace& workspace) {
  const SamplingParameters& sampling = *request.sampling;
  if (AsTheyAre(sampling)) return logits;
  workspace.adjusted.assign(logits.begin(), logits.end());
  for (const auto& [id, bias] : sampling.logit_bias) {
    ESPALIER_CHECK(id >= 0 && id < static_cast<int64_t>(logits.size()), id);
    workspace.adjusted[id] += bias;
  }
  if (ReadsHistory(sampling)) ApplyPenalties(request, workspace);
  return workspace.adjusted;
}

// With which a row is read; greedy rows are not drawn from.
float ScanTemperature(const SamplingParameters& sampling) {
  return sampling.temperature == 0.0f ? 1.0f : sampling.temperature;
}

TokenId Pick(const RowOutputRequest& request, int64_t position, LogitScan& scan) {
  const SamplingParameters& sampling = *request.sampling;
  if (sampling.temperature == 0.0f) return scan.ArgMax();
  const DrawFilter filter = {.temperature = sampling.temperature,
                             .top_k = sampling.top_k,
                             .top_p = sampling.top_p,
                             .min_p = sampling.min_p};
  return scan.Draw(filter, UniformDraw(request.random_key, position));
}

}  // namespace

TokenId SampleToken(std::span<const float> logits, const RowOutputRequest& request, int64_t position,
                    SamplerWorkspace& workspace) {
  ESPALIER_CHECK(request.sampling != nullptr);
  workspace.scan.Read(Adjust(logits, request, workspace), ScanTemperature(*request.sampling));
  return Pick(request, position, workspace.scan);
}

void FillRowOutput(std::span<const float> logits, const RowOutputRequest& request, int64_t position,
                   SamplerWorkspace& workspace, RowOutput& output) {
  LogitScan& scan = workspace.scan;
  scan.Read(logits, request.sample ? ScanTemperature(*request.sampling) : 1.0f);
  const LogitSummary summary = scan.Summarize();
  for (const TokenLogit& token : scan.Top(request.top_count)) {
    output.top.push_back({.id = token.id, .logprob = token.logit - summary.log_sum_exp});
  }
  if (!request.sample) return;
  output.sampled = AsTheyAre(*request.sampling) ? Pick(request, position, scan)
                                                : SampleToken(logits, request, position, workspace);
  output.statistics = {.logprob = logits[output.sampled] - summary.log_sum_exp,
                       .entropy = summary.entropy,
                       .margin = summary.margin,
                       .confidence = summary.confidence};
}

}  // namespace espalier
