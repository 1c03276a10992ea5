// A model family: what sets it apart from the shape that all families share. One short file each.
#ifndef ESPALIER_ENGINE_ARCHITECTURES_ARCHITECTURE_H_
#define ESPALIER_ENGINE_ARCHITECTURES_ARCHITECTURE_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "engine/config_keys.h"
#include "engine/model_config.h"

namespace espalier {

struct Architecture {
  std::string_view name;                    // GGUF's general.architecture
  std::vector<std::string_view> hub_types;  // config.json's model_type, the text part of a multi-modal one
  // Before the common keys are read: values that the family's files may leave out.
  void (*set_defaults)(ModelConfig& config);
  // After: what is the family's own. Sees layers, width, heads, head_dim, rope and context_length.
  absl::Status (*read)(const ConfigKeys& keys, ModelConfig& config);
};

extern const Architecture kLlama;   // Llama 1 to 3, Mistral, SmolLM2
extern const Architecture kQwen2;   // Qwen2, Qwen2.5
extern const Architecture kQwen3;   // dense Qwen3
extern const Architecture kGemma3;  // the text model of Gemma 3

// What several families' files say.
inline constexpr ConfigKey kWindowKey = {"attention.sliding_window", "sliding_window"};

// One window for the layers that `slides` picks, none for the others.
template <typename Slides>
std::vector<int32_t> WindowsOf(int32_t layers, int32_t window, const Slides& slides) {
  std::vector<int32_t> windows;
  for (int32_t layer = 0; layer < layers; ++layer) windows.push_back(slides(layer) ? window : 0);
  return windows;
}

// Into config.rope; YaRN may raise config.context_length. Needs the shape.
absl::Status ReadRope(const ConfigKeys& keys, ModelConfig& config);

// The window of Qwen2 and Qwen3: off unless "use_sliding_window", then in the layers from max_window_layers
// on.
absl::Status ReadOptionalWindow(const ConfigKeys& keys, ModelConfig& config);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_ARCHITECTURES_ARCHITECTURE_H_
