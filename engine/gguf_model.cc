#include "engine/gguf_model.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/chat_template_source.h"
#include "engine/config_keys.h"
#include "engine/tokenizer.h"

namespace espalier {
namespace {

constexpr int64_t kMaxParts = 1000;

class GgufKeys : public ConfigKeys {
 public:
  GgufKeys(const GgufFile& file, std::string_view architecture)
      : ConfigKeys(file.path()), file_(file), prefix_(Cat(architecture, ".")) {}

  bool has_defaults() const override { return false; }
  bool Has(const ConfigKey& key) const override { return !key.gguf.empty() && file_.Has(Full(key)); }
  absl::StatusOr<int64_t> Int(const ConfigKey& key) const override { return file_.GetInt(Full(key)); }
  absl::StatusOr<double> Number(const ConfigKey& key) const override {
    if (absl::StatusOr<double> number = file_.GetFloat(Full(key)); number.ok()) return number;
    return file_.GetInt(Full(key));
  }
  absl::StatusOr<bool> Bool(const ConfigKey& key) const override { return file_.GetBool(Full(key)); }
  absl::StatusOr<std::string> Text(const ConfigKey& key) const override {
    ESPALIER_ASSIGN_OR_RETURN(const std::string_view text, file_.GetString(Full(key)));
    return std::string(text);
  }
  absl::StatusOr<std::optional<std::vector<bool>>> WindowLayers(const ConfigKey& key) const override {
    const GgufValue* value = key.gguf.empty() ? nullptr : file_.Find(Full(key));
    if (value == nullptr || value->type != GgufType::kArray) return std::nullopt;
    ESPALIER_ASSIGN_OR_RETURN(const int64_t layers, file_.GetInt(Cat(prefix_, "block_count")));
    const bool one_byte = value->element_type == GgufType::kBool || value->element_type == GgufType::kUint8;
    if (!one_byte || value->count < layers)
      return Impossible(Cat(Name(key), " lists no flag for every layer"));
    std::vector<bool> flags;
    for (int64_t i = 0; i < value->count; ++i) {
      flags.push_back(value->bytes[static_cast<size_t>(i)] != std::byte{0});
    }
    return flags;
  }
  std::string Name(const ConfigKey& key) const override { return Cat("metadata '", Full(key), "'"); }

 private:
  std::string Full(const ConfigKey& key) const { return Cat(prefix_, key.gguf); }

  const GgufFile& file_;
  std::string prefix_;
};

std::string BaseName(const std::string& path) {
  std::string name = path.substr(path.find_last_of('/') + 1);
  if (name.ends_with(".gguf")) name.resize(name.size() - 5);
  return name;
}

ModelFact MakeFact(const GgufFile& file, const GgufEntry& entry) {
  ModelFact fact{std::string(entry.key), DescribeGgufValue(entry.value)};
  if (const auto text = file.GetString(entry.key); text.ok()) fact.value = std::string(*text);
  if (const auto flag = file.GetBool(entry.key); flag.ok()) fact.value = *flag;
  if (const auto number = file.GetFloat(entry.key); number.ok()) fact.value = *number;
  if (const auto number = file.GetInt(entry.key); number.ok()) fact.value = *number;
  return fact;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ModelFile>> GgufModel::Open(const std::string& path) {
  std::unique_ptr<GgufModel> model(new GgufModel(path));
  ESPALIER_ASSIGN_OR_RETURN(GgufFile first, GgufFile::Open(path));
  model->parts_.push_back(std::move(first));
  ESPALIER_RETURN_IF_ERROR(model->AddParts());
  ESPALIER_RETURN_IF_ERROR(model->IndexTensors());
  return model;
}

absl::Status GgufModel::AddParts() {
  const GgufFile& first = parts_.front();
  ESPALIER_ASSIGN_OR_RETURN(const int64_t count, first.GetIntOr("split.count", 0));
  if (count <= 1) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const int64_t number, first.GetIntOr("split.no", 0));
  const std::string suffix = absl::StrFormat("-%05d-of-%05d.gguf", 1, count);
  if (count > kMaxParts || number != 0 || !path().ends_with(suffix)) {
    return absl::InvalidArgumentError(Cat("'", path(), "' is part ", number + 1, " of ", count,
                                          " of a split model; give the first part, ", "whose name ends in ",
                                          suffix, ", with the others beside it"));
  }
  const std::string stem = path().substr(0, path().size() - suffix.size());
  for (int64_t part = 2; part <= count; ++part) {
    ESPALIER_ASSIGN_OR_RETURN(GgufFile file,
                              GgufFile::Open(absl::StrFormat("%s-%05d-of-%05d.gguf", stem, part, count)));
    parts_.push_back(std::move(file));
  }
  return absl::OkStatus();
}

absl::Status GgufModel::IndexTensors() {
  for (const GgufFile& part : parts_)
    stored_.insert(stored_.end(), part.tensors().begin(), part.tensors().end());
  for (const StoredTensor& tensor : stored_) {
    if (!AddTensor(tensor.name, &tensor)) {
      return absl::InvalidArgumentError(Cat("'", path(), "': tensor '", tensor.name,
                                            "' is in two parts of the model; download them again"));
    }
  }
  return absl::OkStatus();
}

std::string GgufModel::format() const {
  const std::string format = Cat("GGUF version ", parts_.front().version());
  return parts_.size() == 1 ? format : Cat(format, " in ", parts_.size(), " parts");
}

std::string GgufModel::architecture() const {
  return std::string(parts_.front().GetStringOr("general.architecture", "").value_or(""));
}

int64_t GgufModel::file_bytes() const {
  int64_t bytes = 0;
  for (const GgufFile& part : parts_) bytes += part.file_bytes();
  return bytes;
}

std::vector<ModelFact> GgufModel::facts() const {
  std::vector<ModelFact> facts;
  for (const GgufEntry& entry : parts_.front().metadata()) facts.push_back(MakeFact(parts_.front(), entry));
  return facts;
}

absl::StatusOr<ModelConfig> GgufModel::ReadConfig() const {
  const GgufFile& file = parts_.front();
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view architecture, file.GetString("general.architecture"));
  const GgufKeys keys(file, architecture);
  ESPALIER_ASSIGN_OR_RETURN(ModelConfig config, ReadModelConfig(architecture, keys, *this));
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view name, file.GetStringOr("general.name", ""));
  config.name = OneLine(name);
  if (config.name.empty()) config.name = BaseName(path());
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view format, file.GetStringOr("espalier.prompt_format", ""));
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view reward, file.GetStringOr("espalier.reward", ""));
  config.prompt_format = OneLine(format);
  config.reward = OneLine(reward);
  const GgufValue* tokens = file.Find("tokenizer.ggml.tokens");
  if (tokens == nullptr || tokens->type != GgufType::kArray || tokens->count < 1 ||
      tokens->count > kMaxModelSize) {
    return keys.Impossible("metadata 'tokenizer.ggml.tokens' is missing or no list of tokens");
  }
  config.vocabulary_size = static_cast<int32_t>(tokens->count);
  config.adjacent_pairs = config.architecture == "llama";  // llama.cpp's converter reorders q and k for it
  config.generates = config.head_outputs == 0 || !config.tied_output;
  return config;
}

absl::StatusOr<std::unique_ptr<Tokenizer>> GgufModel::ReadTokenizer() const {
  return MakeTokenizer(parts_.front());
}

absl::StatusOr<std::string> GgufModel::ReadChatTemplate() const {
  return ReadChatTemplateSource(parts_.front());
}

}  // namespace espalier
