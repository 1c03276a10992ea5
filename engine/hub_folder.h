// A model as Hugging Face's transformers saves it: a folder with config.json, safetensors (one file, or
// shards and their index), tokenizer.json and more. Other formats of weights (.bin, .pt) are not read.
#ifndef ESPALIER_ENGINE_HUB_FOLDER_H_
#define ESPALIER_ENGINE_HUB_FOLDER_H_

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/model_file.h"
#include "engine/safetensors.h"

namespace espalier {

class HubFolder : public ModelFile {
 public:
  // `path`: the folder.
  static absl::StatusOr<std::unique_ptr<ModelFile>> Open(const std::string& path);
  ~HubFolder() override;

  std::string format() const override;
  std::string architecture() const override;
  int64_t file_bytes() const override;
  std::vector<ModelFact> facts() const override;
  std::span<const StoredTensor> stored_tensors() const override { return stored_; }

  absl::StatusOr<ModelConfig> ReadConfig() const override;
  absl::StatusOr<std::unique_ptr<Tokenizer>> ReadTokenizer() const override;
  absl::StatusOr<std::string> ReadChatTemplate() const override;

 private:
  explicit HubFolder(const std::string& path);
  absl::Status OpenShards();
  absl::Status IndexTensors();
  bool Generates() const;
  absl::StatusOr<bool> TiesEmbeddings() const;

  std::unique_ptr<nlohmann::json> original_;  // config.json
  std::unique_ptr<nlohmann::json> config_;    // of the language model, normalised: see NormalizeHubConfig
  std::vector<SafetensorsFile> shards_;
  std::vector<StoredTensor> stored_;  // of all shards
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_HUB_FOLDER_H_
