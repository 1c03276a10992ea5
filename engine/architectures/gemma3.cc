// The text model of Gemma 3 (Gemma Team, 2025): scaled embeddings, normed heads, norms after attention and
// feed-forward as well, a GELU gate, and five layers with a sliding window and a rope base of 10,000 for each
// layer that reads everything.
#include <cmath>

#include "base/cat.h"
#include "base/status.h"
#include "engine/architectures/architecture.h"

namespace espalier {
namespace {

constexpr ConfigKey kPatternKey = {"attention.sliding_window_pattern", "sliding_window_pattern"};
constexpr ConfigKey kWindowBaseKey = {"rope.freq_base_swa", "rope_local_base_freq"};

// The published config.json files leave out what transformers' Gemma3TextConfig defaults to.
void SetDefaults(ModelConfig& config) {
  config.width = 2304;
  config.layers = 26;
  config.heads = 8;
  config.kv_heads = 4;
  config.head_dim = 256;
  config.feed_forward = 9216;
  config.context_length = 131072;
  config.vocabulary_size = 262208;
  config.rope.base = 1e6f;
}

// Every n-th layer reads everything; n = 6 unless the files say otherwise.
absl::Status ReadWindows(const ConfigKeys& keys, ModelConfig& config) {
  if (!keys.Has(kWindowKey)) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const int64_t window, keys.Int(kWindowKey));
  if (window == 0) return absl::OkStatus();
  int32_t size = 0;
  ESPALIER_RETURN_IF_ERROR(keys.Size(kWindowKey, size));
  ESPALIER_ASSIGN_OR_RETURN(auto listed, keys.WindowLayers({kPatternKey.gguf, "layer_types"}));
  int32_t period = 6;
  if (!listed) ESPALIER_RETURN_IF_ERROR(keys.Size(kPatternKey, period));
  config.windows = WindowsOf(config.layers, size, [&](int32_t layer) {
    return listed ? (*listed)[static_cast<size_t>(layer)] : (layer + 1) % period != 0;
  });
  config.window_rope = RopeConfig();
  return keys.Positive(kWindowBaseKey, config.window_rope->base);
}

// GGUF names no query_pre_attn_scalar: the 27B model alone, known by its 62 layers, scales by its width.
absl::Status ReadAttentionScale(const ConfigKeys& keys, ModelConfig& config) {
  constexpr ConfigKey kScalar = {"", "query_pre_attn_scalar"};
  auto scalar = static_cast<float>(config.layers == 62 ? config.width / config.heads : config.head_dim);
  ESPALIER_RETURN_IF_ERROR(keys.Positive(kScalar, scalar));
  config.attention_scale = 1.0f / std::sqrt(scalar);
  return absl::OkStatus();
}

absl::Status Read(const ConfigKeys& keys, ModelConfig& config) {
  config.qk_norm = true;
  config.post_norms = true;
  config.activation = Activation::kGelu;
  config.embedding_scale = std::sqrt(static_cast<float>(config.width));
  for (const ConfigKey& key : {ConfigKey{"final_logit_softcapping", "final_logit_softcapping"},
                               ConfigKey{"attn_logit_softcapping", "attn_logit_softcapping"}}) {
    ESPALIER_RETURN_IF_ERROR(keys.Refuse(key, {0}, "soft-capping of logits"));
  }
  ESPALIER_ASSIGN_OR_RETURN(const bool both_ways, keys.BoolOr({"", "use_bidirectional_attention"}, false));
  if (both_ways)
    return keys.Unsupported("attention in both directions (an embedding model) is not supported");
  ESPALIER_RETURN_IF_ERROR(ReadAttentionScale(keys, config));
  return ReadWindows(keys, config);
}

}  // namespace

const Architecture kGemma3 = {"gemma3", {"gemma3_text", "gemma3"}, SetDefaults, Read};

}  // namespace espalier
