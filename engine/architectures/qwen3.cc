// Dense Qwen3 (Yang et al., 2025): no biases, but every head of query and key is normed before it is rotated,
// and a head size of its own.
#include "engine/architectures/architecture.h"

namespace espalier {
namespace {

void SetDefaults(ModelConfig& config) { config.head_dim = 128; }

absl::Status Read(const ConfigKeys& keys, ModelConfig& config) {
  config.qk_norm = true;
  return ReadOptionalWindow(keys, config);
}

}  // namespace

const Architecture kQwen3 = {"qwen3", {"qwen3"}, SetDefaults, Read};

}  // namespace espalier
