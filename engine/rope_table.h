// How fast each pair of a head turns: the rotary frequencies under every scaling that models come with.
#ifndef ESPALIER_ENGINE_ROPE_TABLE_H_
#define ESPALIER_ENGINE_ROPE_TABLE_H_

#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

enum class RopeScaling {
  kNone,
  kLinear,  // every position divided by `factor` (Chen et al., "Extending context window", 2023)
  kLlama3,  // slow pairs divided by `factor`, fast ones kept, those between blended (Llama 3.1's config)
  kYarn,    // the same idea by number of turns, and cos and sin stretched (Peng et al., "YaRN", 2023)
};

struct RopeConfig {
  float base = 10000.0f;
  RopeScaling scaling = RopeScaling::kNone;
  float factor = 1.0f;           // > 0
  int32_t original_context = 0;  // positions before the extension; kLlama3 and kYarn
  float low_frequency_factor = 1.0f;
  float high_frequency_factor = 4.0f;  // > low_frequency_factor; kLlama3
  float beta_fast = 32.0f;
  float beta_slow = 1.0f;     // kYarn, both > 0
  float magnitude = 0.0f;     // of cos and sin; 0: YaRN's 0.1 ln(factor) + 1, otherwise 1
  bool has_divisors = false;  // the file lists a divisor for each pair (GGUF's rope_freqs.weight)
};

struct RopeTable {
  std::vector<double> frequencies;  // [head_dim / 2], radians per position
  double magnitude = 1.0;
};

// `divisors`: [head_dim / 2] if config.has_divisors, otherwise ignored.
RopeTable MakeRopeTable(const RopeConfig& config, int32_t head_dim, std::span<const float> divisors);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_ROPE_TABLE_H_
