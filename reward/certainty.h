// How sure a set of answers is of itself.
#ifndef ESPALIER_REWARD_CERTAINTY_H_
#define ESPALIER_REWARD_CERTAINTY_H_

#include <cstdint>
#include <span>

namespace espalier {

// Entropy in nats of the shares of `counts` (the sizes of the classes of answers, each >= 0); 0 for no
// answers.
double VoteEntropy(std::span<const int64_t> counts);

// Certaindex of n answers: (ln n - entropy) / ln n in [0, 1], 1 when all agree and 0 when no two do (Fu et
// al., "Efficiently Serving LLM Reasoning Programs with Certaindex", 2024, section 3.1). 0 for fewer than two
// answers.
double Certaindex(std::span<const int64_t> counts);

}  // namespace espalier

#endif  // ESPALIER_REWARD_CERTAINTY_H_
