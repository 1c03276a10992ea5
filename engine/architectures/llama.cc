// The Llama family: Llama 1 to 3 (Touvron et al., 2023; Dubey et al., 2024), SmolLM2, and Mistral (Jiang et
// al., 2023), which adds a sliding window in its first version. GGUF calls them all "llama".
#include "base/status.h"
#include "engine/architectures/architecture.h"

namespace espalier {
namespace {

void SetDefaults(ModelConfig&) {}

absl::Status Read(const ConfigKeys& keys, ModelConfig& config) {
  if (!keys.Has(kWindowKey)) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const int64_t window, keys.Int(kWindowKey));
  if (window == 0 || window >= config.context_length) return absl::OkStatus();
  int32_t size = 0;
  ESPALIER_RETURN_IF_ERROR(keys.Size(kWindowKey, size));
  config.windows = WindowsOf(config.layers, size, [](int32_t) { return true; });
  return absl::OkStatus();
}

}  // namespace

const Architecture kLlama = {"llama", {"llama", "mistral"}, SetDefaults, Read};

}  // namespace espalier
