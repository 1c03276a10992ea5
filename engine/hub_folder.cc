#include "engine/hub_folder.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/chat_template_source.h"
#include "engine/hub_keys.h"
#include "engine/json_fields.h"
#include "engine/tokenizer_json.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxConfigBytes = 4 << 20;
constexpr int64_t kMaxIndexBytes = 64 << 20;
constexpr size_t kMaxShards = 1000;

// A file's name and no more, fit for a message: an index must not lead out of the folder.
bool IsPlainName(const std::string& name) {
  constexpr size_t kMaxNameBytes = 255;
  return name.find('/') == std::string::npos && name.ends_with(".safetensors") &&
         name.size() <= kMaxNameBytes && OneLine(name, kMaxNameBytes) == name;
}

absl::StatusOr<std::set<std::string>> ShardsOfIndex(const std::string& path) {
  ESPALIER_ASSIGN_OR_RETURN(const Json index, ReadJsonFile(path, kMaxIndexBytes));
  const auto map = index.is_object() ? index.find("weight_map") : index.end();
  if (!index.is_object() || map == index.end() || !map->is_object()) {
    return absl::InvalidArgumentError(Cat("'", path, "': no 'weight_map'; download the folder again"));
  }
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : map->items()) {
    if (!shard.is_string() || !IsPlainName(shard.get_ref<const std::string&>())) {
      return absl::InvalidArgumentError(
          Cat("'", path, "': 'weight_map' names no .safetensors file beside it; download the folder again"));
    }
    shards.insert(shard.get<std::string>());
  }
  return shards;
}

absl::StatusOr<std::set<std::string>> ListShards(const std::string& folder) {
  std::error_code error;
  const std::string index = folder + "/model.safetensors.index.json";
  if (fs::exists(index, error)) return ShardsOfIndex(index);
  if (fs::exists(folder + "/model.safetensors", error)) return std::set<std::string>{"model.safetensors"};
  std::set<std::string> shards;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (IsPlainName(entry.path().filename())) shards.insert(entry.path().filename());
  }
  if (!shards.empty()) return shards;
  return absl::NotFoundError(Cat("'", folder,
                                 "' holds no .safetensors file; espalier reads no other weights of a "
                                 "Hugging Face folder: save the model as safetensors, or give a GGUF"));
}

std::string TextOf(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

HubFolder::HubFolder(const std::string& path)
    : ModelFile(path), original_(std::make_unique<Json>()), config_(std::make_unique<Json>()) {}

HubFolder::~HubFolder() = default;

absl::StatusOr<std::unique_ptr<ModelFile>> HubFolder::Open(const std::string& path) {
  std::error_code error;
  const std::string config_path = path + "/config.json";
  if (!fs::exists(config_path, error)) {
    return absl::InvalidArgumentError(
        Cat("'", path, "' is a folder without config.json; give a Hugging Face folder or a .gguf file"));
  }
  std::unique_ptr<HubFolder> folder(new HubFolder(path));
  ESPALIER_ASSIGN_OR_RETURN(*folder->original_, ReadJsonFile(config_path, kMaxConfigBytes));
  if (!folder->original_->is_object()) {
    return absl::InvalidArgumentError(Cat("'", config_path, "' is no JSON object; download it again"));
  }
  *folder->config_ = NormalizeHubConfig(*folder->original_);
  ESPALIER_RETURN_IF_ERROR(folder->OpenShards());
  ESPALIER_RETURN_IF_ERROR(folder->IndexTensors());
  return folder;
}

absl::Status HubFolder::OpenShards() {
  ESPALIER_ASSIGN_OR_RETURN(const std::set<std::string> names, ListShards(path()));
  if (names.size() > kMaxShards) {
    return absl::InvalidArgumentError(
        Cat("'", path(), "' names ", names.size(), " shards; no model has so many"));
  }
  for (const std::string& name : names) {
    ESPALIER_ASSIGN_OR_RETURN(SafetensorsFile shard, SafetensorsFile::Open(path() + "/" + name));
    shards_.push_back(std::move(shard));
  }
  for (const SafetensorsFile& shard : shards_) {
    stored_.insert(stored_.end(), shard.tensors().begin(), shard.tensors().end());
  }
  return absl::OkStatus();
}

absl::Status HubFolder::IndexTensors() {
  ESPALIER_ASSIGN_OR_RETURN(const bool tied, TiesEmbeddings());
  const bool post_norms = std::any_of(stored_.begin(), stored_.end(), [](const StoredTensor& tensor) {
    return tensor.name.find(".pre_feedforward_layernorm.") != std::string::npos;
  });
  for (const StoredTensor& tensor : stored_) {
    std::string name = GgufNameOf(tensor.name, post_norms);
    if (name.empty() || (tied && name == "output.weight")) continue;
    if (!AddTensor(std::move(name), &tensor)) {
      return absl::InvalidArgumentError(
          Cat("'", path(), "': tensor '", tensor.name, "' is there twice; download the folder again"));
    }
  }
  return absl::OkStatus();
}

std::string HubFolder::format() const {
  return shards_.size() == 1 ? "Hugging Face folder"
                             : Cat("Hugging Face folder of ", shards_.size(), " shards");
}

std::string HubFolder::architecture() const {
  return HubKeys(path(), *config_).TextOr({"", "model_type"}, "").value_or("");
}

int64_t HubFolder::file_bytes() const {
  int64_t bytes = 0;
  for (const SafetensorsFile& shard : shards_) bytes += shard.file_bytes();
  return bytes;
}

std::vector<ModelFact> HubFolder::facts() const {
  std::vector<ModelFact> facts;
  for (const auto& [key, value] : original_->items()) {
    ModelFact& fact = facts.emplace_back(ModelFact{key, TextOf(value)});
    if (value.is_string()) fact.value = value.get<std::string>();
    if (value.is_boolean()) fact.value = value.get<bool>();
    if (value.is_number_float()) fact.value = value.get<double>();
    if (value.is_number_integer()) fact.value = value.get<int64_t>();
  }
  return facts;
}

// transformers' default depends on the class.
absl::StatusOr<bool> HubFolder::TiesEmbeddings() const {
  return HubKeys(path(), *config_).BoolOr({"", "tie_word_embeddings"}, architecture().starts_with("gemma3"));
}

// The class that the folder was saved from names reward models and classifiers, which have no use for logits.
bool HubFolder::Generates() const {
  const auto classes = config_->find("architectures");
  if (classes == config_->end() || !classes->is_array() || classes->empty()) return true;
  const Json& name = (*classes)[0];
  if (!name.is_string()) return true;
  const auto& text = name.get_ref<const std::string&>();
  return text.find("Classification") == std::string::npos && text.find("RewardModel") == std::string::npos;
}

absl::StatusOr<ModelConfig> HubFolder::ReadConfig() const {
  const HubKeys keys(path(), *config_);
  ESPALIER_ASSIGN_OR_RETURN(const std::string architecture, keys.Text({"", "model_type"}));
  ESPALIER_ASSIGN_OR_RETURN(ModelConfig config, ReadModelConfig(architecture, keys, *this));
  ESPALIER_RETURN_IF_ERROR(keys.Size({"", "vocab_size"}, config.vocabulary_size));
  config.name = fs::path(path()).lexically_normal().filename();
  if (config.name.empty()) config.name = fs::path(path()).lexically_normal().parent_path().filename();
  // Gemma's safetensors store w where the norm multiplies by 1 + w.
  config.norm_offset = config.architecture == "gemma3" ? 1.0f : 0.0f;
  ESPALIER_ASSIGN_OR_RETURN(const bool tied, TiesEmbeddings());
  config.generates = Generates() && (tied || !config.tied_output);
  if (!config.generates && config.head_outputs == 0) {
    return keys.Impossible(
        "there is neither 'lm_head.weight' nor 'score.weight', and 'tie_word_embeddings' is off");
  }
  return config;
}

absl::StatusOr<std::unique_ptr<Tokenizer>> HubFolder::ReadTokenizer() const {
  return MakeTokenizerFromFolder(path());
}

absl::StatusOr<std::string> HubFolder::ReadChatTemplate() const { return ReadChatTemplateSource(path()); }

}  // namespace espalier
