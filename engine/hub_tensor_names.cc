// The names that transformers gives to the tensors of our architectures.
#include <algorithm>
#include <array>
#include <utility>

#include "base/cat.h"
#include "engine/hub_keys.h"

namespace espalier {
namespace {

using NamePair = std::pair<std::string_view, std::string_view>;

constexpr NamePair kModelNames[] = {
    {"embed_tokens", "token_embd"},   {"norm", "output_norm"}, {"lm_head", "output"},
    {"score", "cls.output"},          {"score.0", "cls"},      {"score.2", "cls.output"},
    {"v_head.summary", "cls.output"},
};
constexpr NamePair kLayerNames[] = {
    {"input_layernorm", "attn_norm"},    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},      {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"}, {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"}, {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},           {"mlp.down_proj", "ffn_down"},
};
constexpr NamePair kTwoNorms[] = {{"post_attention_layernorm", "ffn_norm"}};
constexpr NamePair kFourNorms[] = {{"post_attention_layernorm", "post_attention_norm"},
                                   {"pre_feedforward_layernorm", "ffn_norm"},
                                   {"post_feedforward_layernorm", "post_ffw_norm"}};

template <typename Pairs>
std::string_view Translate(const Pairs& pairs, std::string_view name) {
  const auto found = std::find_if(std::begin(pairs), std::end(pairs),
                                  [&](const NamePair& pair) { return pair.first == name; });
  return found == std::end(pairs) ? std::string_view() : found->second;
}

bool ComputesNothing(std::string_view name) {
  return name.ends_with(".rotary_emb.inv_freq") || name.find("vision_tower.") != std::string_view::npos ||
         name.find("multi_modal_projector.") != std::string_view::npos;
}

// Takes `prefix` off the front of `name`.
bool Skip(std::string_view prefix, std::string_view& name) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string GgufNameOf(std::string_view name, bool post_norms) {
  if (ComputesNothing(name)) return "";
  std::string_view rest = name;
  // In the order in which wrappers nest: "language_model.model.layers.0", "model.language_model.layers.0".
  for (const std::string_view wrapper :
       {"pretrained_model.", "language_model.", "model.", "language_model."}) {
    Skip(wrapper, rest);
  }
  const size_t dot = rest.rfind('.');
  if (dot == std::string_view::npos) return std::string(name);
  const std::string_view kind = rest.substr(dot);  // ".weight", ".bias"
  std::string_view stem = rest.substr(0, dot);
  if (!Skip("layers.", stem)) {
    const std::string_view known = Translate(kModelNames, stem);
    return known.empty() ? std::string(name) : Cat(known, kind);
  }
  const size_t digits = std::min(stem.find_first_not_of("0123456789"), stem.size());
  if (digits == 0 || digits == stem.size() || stem[digits] != '.') return std::string(name);
  const std::string_view part = stem.substr(digits + 1);
  std::string_view known = Translate(kLayerNames, part);
  if (known.empty()) known = post_norms ? Translate(kFourNorms, part) : Translate(kTwoNorms, part);
  return known.empty() ? std::string(name) : Cat("blk.", stem.substr(0, digits), ".", known, kind);
}

}  // namespace espalier
