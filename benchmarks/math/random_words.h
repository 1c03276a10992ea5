// A stream of random 32-bit words with a key, for resampling.
#ifndef ESPALIER_BENCHMARKS_MATH_RANDOM_WORDS_H_
#define ESPALIER_BENCHMARKS_MATH_RANDOM_WORDS_H_

#include <array>
#include <cstdint>

#include "base/random.h"

namespace espalier {

class RandomWords {
 public:
  explicit RandomWords(uint64_t key) : key_(key) {}

  // Uniform in [0, bound), bound in [1, 2^31). No value is more than bound / 2^32 too likely or unlikely,
  // relatively.
  int64_t Below(int64_t bound) {
    return static_cast<int64_t>((uint64_t{Next()} * static_cast<uint64_t>(bound)) >> 32);
  }

 private:
  uint32_t Next() {
    if (at_ == words_.size()) {
      words_ = Philox(key_, counter_++, 0);
      at_ = 0;
    }
    return words_[at_++];
  }

  uint64_t key_;
  uint64_t counter_ = 0;
  std::array<uint32_t, 4> words_ = {};
  size_t at_ = words_.size();
};

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_RANDOM_WORDS_H_
