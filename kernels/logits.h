// A row of logits: its statistics, its most likely tokens, and a draw from it.
//
// One arithmetic for every dispatch level (see transformer.h): a row's results depend on the row alone.
#ifndef ESPALIER_KERNELS_LOGITS_H_
#define ESPALIER_KERNELS_LOGITS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"

namespace espalier {

struct TokenLogit {
  TokenId id = 0;
  float logit = 0;
};

// Scratch of one thread, reused from row to row: allocates for the first row only.
struct LogitsWorkspace {
  std::vector<float> maxima;   // of each stretch of 64 logits
  std::vector<float> weights;  // exp((logit - maximum) / temperature)
  std::vector<TokenLogit> candidates;
  std::vector<TokenLogit> top;
};

// How many of the most likely tokens TokenStatistics::confidence averages over (DeepConf's top-k).
inline constexpr int64_t kConfidenceTokens = 20;

struct LogitSummary {
  float log_sum_exp = 0;
  float entropy = 0;     // of softmax(logits), nats
  float margin = 0;      // best minus second best; 0 when there is only one
  float confidence = 0;  // log_sum_exp minus the mean of the kConfidenceTokens largest logits
};

// log(sum(exp(logits))).
float LogSumExp(std::span<const float> logits, LogitsWorkspace& workspace);

// Leaves the largest kConfidenceTokens logits in workspace.top.
LogitSummary SummarizeLogits(std::span<const float> logits, LogitsWorkspace& workspace);

// The `count` largest logits in workspace.top, largest first, equal ones by ascending id; all of them when
// there are fewer.
void TopLogits(std::span<const float> logits, int64_t count, LogitsWorkspace& workspace);

// The token with the largest logit; of equal ones the lowest id; 0 if all are NaN.
TokenId ArgMax(std::span<const float> logits, LogitsWorkspace& workspace);

// Which tokens a draw may return. Filters apply in this order, each to what the one before has left:
//   top_k  the k largest logits; of equal ones at the border the lower ids. 0: off.
//   top_p  the shortest prefix, by falling probability (equal ones by ascending id), whose probabilities
//          sum to top_p or more; never less than one token. 1: off.
//   min_p  tokens at least min_p times as likely as the most likely one. 0: off.
struct DrawFilter {
  float temperature = 1.0f;  // > 0
  int32_t top_k = 0;
  float top_p = 1.0f;
  float min_p = 0.0f;
};

// Draws from softmax(logits / temperature), filtered: the surviving tokens in ascending id order share [0, 1)
// by probability, and `uniform` in [0, 1) picks. Always an id in [0, logits.size()), whatever the logits.
TokenId DrawToken(std::span<const float> logits, const DrawFilter& filter, double uniform,
                  LogitsWorkspace& workspace);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_LOGITS_H_
