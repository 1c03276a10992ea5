// Reading Hugging Face's config.json and the names of its tensors.
#ifndef ESPALIER_ENGINE_HUB_KEYS_H_
#define ESPALIER_ENGINE_HUB_KEYS_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "engine/config_keys.h"

namespace espalier {

// The language model's part of config.json in one form, whatever version of transformers wrote it:
//   "text_config" of a multi-modal model takes the whole's place (and keeps its "architectures");
//   "rope_parameters" becomes "rope_theta" and "rope_scaling" (per kind of layer: that of the layers that
//   read everything, and the others' base as "rope_local_base_freq"); "rope_scaling"'s old "type" becomes
//   "rope_type".
// `config` is an object.
nlohmann::json NormalizeHubConfig(const nlohmann::json& config);

class HubKeys : public ConfigKeys {
 public:
  // `config`: normalised; outlives this.
  HubKeys(const std::string& path, const nlohmann::json& config) : ConfigKeys(path), config_(config) {}

  bool has_defaults() const override { return true; }
  bool Has(const ConfigKey& key) const override { return Find(key) != nullptr; }  // null is absent
  absl::StatusOr<int64_t> Int(const ConfigKey& key) const override;
  absl::StatusOr<double> Number(const ConfigKey& key) const override;
  absl::StatusOr<bool> Bool(const ConfigKey& key) const override;
  absl::StatusOr<std::string> Text(const ConfigKey& key) const override;
  absl::StatusOr<std::optional<std::vector<bool>>> WindowLayers(const ConfigKey& key) const override;
  std::string Name(const ConfigKey& key) const override;

 private:
  const nlohmann::json* Find(const ConfigKey& key) const;
  absl::StatusOr<const nlohmann::json*> Require(const ConfigKey& key) const;
  absl::Status WrongKind(const ConfigKey& key, const nlohmann::json& value, std::string_view wanted) const;

  const nlohmann::json& config_;
};

// GGUF's name of the tensor that transformers calls `name`: "model.layers.3.mlp.up_proj.weight" is
// "blk.3.ffn_up.weight". "" for one that computes nothing in the language model (vision towers, stored rotary
// tables). A name that is not known stays as it is. `post_norms`: the layers have four norms, as in Gemma 3.
std::string GgufNameOf(std::string_view name, bool post_norms);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_HUB_KEYS_H_
