// Qwen2 and Qwen2.5 (Yang et al., 2024): biases of query, key and value; optionally a sliding window in the
// layers from max_window_layers on, which the published models leave switched off.
#include "base/status.h"
#include "engine/architectures/architecture.h"

namespace espalier {
namespace {

void SetDefaults(ModelConfig&) {}

absl::Status Read(const ConfigKeys& keys, ModelConfig& config) { return ReadOptionalWindow(keys, config); }

}  // namespace

absl::Status ReadOptionalWindow(const ConfigKeys& keys, ModelConfig& config) {
  // GGUF files say nothing of windows here: llama.cpp computes none.
  ESPALIER_ASSIGN_OR_RETURN(const bool slides, keys.BoolOr({"", "use_sliding_window"}, false));
  if (!slides || !keys.Has(kWindowKey)) return absl::OkStatus();
  int32_t window = 0;
  ESPALIER_RETURN_IF_ERROR(keys.Size(kWindowKey, window));
  ESPALIER_ASSIGN_OR_RETURN(const auto layers, keys.WindowLayers({"", "layer_types"}));
  int64_t full_layers = 0;
  constexpr ConfigKey kFullLayers = {"", "max_window_layers"};
  if (!layers && keys.Has(kFullLayers)) {
    ESPALIER_ASSIGN_OR_RETURN(full_layers, keys.Int(kFullLayers));
  }
  config.windows = WindowsOf(config.layers, window, [&](int32_t layer) {
    return layers ? (*layers)[static_cast<size_t>(layer)] : layer >= full_layers;
  });
  return absl::OkStatus();
}

const Architecture kQwen2 = {"qwen2", {"qwen2"}, SetDefaults, Read};

}  // namespace espalier
