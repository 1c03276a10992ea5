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

// How many of the most likely tokens TokenStatistics::confidence averages over (DeepConf's top-k).
inline constexpr int64_t kConfidenceTokens = 20;

struct LogitSummary {
  float log_sum_exp = 0;
  float entropy = 0;     // of softmax(logits), nats
  float margin = 0;      // best minus second best; 0 when there is only one
  float confidence = 0;  // log_sum_exp minus the mean of the kConfidenceTokens largest logits
};

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

// Of 1,024 logits in a row (the last block has fewer), relative to the largest of them.
struct LogitBlock {
  float max;
  float sum;       // of exp(x - max)
  float weighted;  // of exp(x - max) * (x - max)
  float tempered;  // of exp((x - max) / temperature)
};

// What one pass over a row leaves behind, and what follows from it with a look at a few stretches of the row.
// An object is used for one row after another by one thread; it allocates for the first row only.
class LogitScan {
 public:
  // The pass. The row, not empty, must stay as it is until the next. temperature > 0: that of a draw.
  void Read(std::span<const float> logits, float temperature = 1.0f);

  // log(sum(exp(logits))).
  float LogSumExp() const;

  LogitSummary Summarize();

  // The `count` largest logits, largest first, equal ones by ascending id; all of them when there are fewer.
  // Valid until the next call.
  std::span<const TokenLogit> Top(int64_t count);

  // The token with the largest logit; of equal ones the lowest id; 0 if all are NaN.
  TokenId ArgMax() const;

  // Draws from softmax(logits / temperature), filtered: the surviving tokens in ascending id order share
  // [0, 1) by probability, and `uniform` in [0, 1) picks. Always an id in [0, logits.size()), whatever the
  // logits. filter.temperature is the one that was read with.
  TokenId Draw(const DrawFilter& filter, double uniform);

 private:
  void CollectAtLeast(float bar);
  TokenId DrawFromAll(double uniform);
  double WeighCandidates();
  void CollectLikely(const DrawFilter& filter);

  std::span<const float> logits_;
  float temperature_ = 1.0f;
  std::vector<float> maxima_;       // of each stretch of 64 logits
  std::vector<LogitBlock> blocks_;  // of each 1,024
  float max_ = 0;                   // of the row
  double sum_ = 0;                  // as in LogitBlock, relative to max_
  double weighted_ = 0;
  double tempered_ = 0;
  std::vector<float> weights_;
  std::vector<TokenLogit> candidates_;
};

}  // namespace espalier

#endif  // ESPALIER_KERNELS_LOGITS_H_
