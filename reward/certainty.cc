#include "reward/certainty.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace espalier {

double VoteEntropy(std::span<const int64_t> counts) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), int64_t{0}));
  double entropy = 0;
  for (const int64_t count : counts) {
    ESPALIER_CHECK(count >= 0, "a class of ", count, " answers");
    if (count == 0) continue;
    const double share = static_cast<double>(count) / total;
    entropy -= share * std::log(share);
  }
  return entropy;
}

double Certaindex(std::span<const int64_t> counts) {
  const int64_t answers = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  if (answers < 2) return 0;
  const double most = std::log(static_cast<double>(answers));
  return std::clamp((most - VoteEntropy(counts)) / most, 0.0, 1.0);
}

}  // namespace espalier
