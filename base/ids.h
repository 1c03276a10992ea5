// Identifiers and the small values that several layers exchange.
#ifndef ESPALIER_BASE_IDS_H_
#define ESPALIER_BASE_IDS_H_

#include <cstdint>

namespace espalier {

using TokenId = int32_t;

// Index of a KV page: a fixed number of token slots, for all layers of one model.
using PageId = int32_t;

enum class BranchId : int64_t {};
enum class QueryId : int64_t {};

// "Copy the first `slots` token slots of page `source` to page `destination`", for K and V of every layer.
// The radix cache orders it (copy-on-write), the engine carries it out, in list order and before the
// step computes anything.
struct PageCopy {
  PageId source;
  PageId destination;
  int32_t slots;

  friend bool operator==(const PageCopy&, const PageCopy&) = default;
};

// What one sampled or scored token told about the model's state. Natural logarithms, before
// temperature, penalties and filters: the model's own distribution.
struct TokenStatistics {
  float logprob = 0;     // of this token
  float entropy = 0;     // of the distribution, in nats
  float margin = 0;      // log p(best) - log p(second best), >= 0
  float confidence = 0;  // DeepConf: minus the mean log-probability of the 20 most likely tokens
};

}  // namespace espalier

#endif  // ESPALIER_BASE_IDS_H_
