#include "engine/hub_keys.h"

#include <nlohmann/json.hpp>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"

namespace espalier {
namespace {

using Json = nlohmann::json;

// The member of an object, or null where there is none or it is null.
const Json* Member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(name));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

void UseRopeParameters(const Json& parameters, Json& config) {
  const Json* full = Member(parameters, "full_attention");
  const Json* sliding = Member(parameters, "sliding_attention");
  const Json scaling = full == nullptr ? parameters : *full;
  if (const Json* theta = Member(scaling, "rope_theta")) config["rope_theta"] = *theta;
  if (sliding != nullptr) {
    if (const Json* theta = Member(*sliding, "rope_theta")) config["rope_local_base_freq"] = *theta;
  }
  config["rope_scaling"] = scaling;
}

}  // namespace

Json NormalizeHubConfig(const Json& config) {
  Json normal = config;
  if (const Json* text = Member(config, "text_config"); text != nullptr && text->is_object()) {
    normal = *text;
    if (const Json* classes = Member(config, "architectures")) normal["architectures"] = *classes;
    for (const char* key : {"tie_word_embeddings", "quantization_config"}) {
      if (const Json* value = Member(config, key); value != nullptr && !normal.contains(key))
        normal[key] = *value;
    }
  }
  if (const Json* parameters = Member(normal, "rope_parameters")) {
    const Json copy = *parameters;
    UseRopeParameters(copy, normal);
  }
  if (const auto scaling = normal.find("rope_scaling"); scaling != normal.end() && scaling->is_object()) {
    if (const Json* type = Member(*scaling, "type"); type != nullptr && !scaling->contains("rope_type")) {
      const Json copy = *type;
      (*scaling)["rope_type"] = copy;
    }
  }
  return normal;
}

const Json* HubKeys::Find(const ConfigKey& key) const {
  if (key.hub.empty()) return nullptr;
  const size_t dot = key.hub.find('.');
  const Json* value = Member(config_, key.hub.substr(0, dot));
  if (dot == std::string_view::npos || value == nullptr) return value;
  return Member(*value, key.hub.substr(dot + 1));
}

absl::StatusOr<const Json*> HubKeys::Require(const ConfigKey& key) const {
  if (const Json* value = Find(key)) return value;
  return absl::NotFoundError(Cat("'", path(), "': ", Name(key), " is missing; download the folder again"));
}

absl::Status HubKeys::WrongKind(const ConfigKey& key, const Json& value, std::string_view wanted) const {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return Impossible(Cat(Name(key), " is ", OneLine(text, 60), " where ", wanted, " belongs"));
}

absl::StatusOr<int64_t> HubKeys::Int(const ConfigKey& key) const {
  ESPALIER_ASSIGN_OR_RETURN(const Json* value, Require(key));
  const bool fits = value->is_number_integer() &&
                    !(value->is_number_unsigned() && value->get<uint64_t>() > uint64_t{1} << 62);
  if (!fits) return WrongKind(key, *value, "an integer");
  return value->get<int64_t>();
}

absl::StatusOr<double> HubKeys::Number(const ConfigKey& key) const {
  ESPALIER_ASSIGN_OR_RETURN(const Json* value, Require(key));
  if (!value->is_number()) return WrongKind(key, *value, "a number");
  return value->get<double>();
}

absl::StatusOr<bool> HubKeys::Bool(const ConfigKey& key) const {
  ESPALIER_ASSIGN_OR_RETURN(const Json* value, Require(key));
  if (!value->is_boolean()) return WrongKind(key, *value, "true or false");
  return value->get<bool>();
}

absl::StatusOr<std::string> HubKeys::Text(const ConfigKey& key) const {
  ESPALIER_ASSIGN_OR_RETURN(const Json* value, Require(key));
  if (!value->is_string()) return WrongKind(key, *value, "a string");
  return value->get<std::string>();
}

absl::StatusOr<std::optional<std::vector<bool>>> HubKeys::WindowLayers(const ConfigKey& key) const {
  const Json* value = Find(key);
  if (value == nullptr) return std::nullopt;
  ESPALIER_ASSIGN_OR_RETURN(const int64_t layers, Int({"", "num_hidden_layers"}));
  if (!value->is_array() || static_cast<int64_t>(value->size()) < layers) {
    return Impossible(Cat(Name(key), " lists no kind for every layer"));
  }
  std::vector<bool> slides;
  for (const Json& kind : *value) {
    if (kind != "sliding_attention" && kind != "full_attention") {
      const std::string text = kind.dump(-1, ' ', false, Json::error_handler_t::replace);
      return Unsupported(Cat("a layer of kind ", OneLine(text), " is not supported"));
    }
    slides.push_back(kind == "sliding_attention");
  }
  return slides;
}

std::string HubKeys::Name(const ConfigKey& key) const { return Cat("config.json's '", key.hub, "'"); }

}  // namespace espalier
