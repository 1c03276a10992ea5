// A model in one GGUF file, or in the parts that llama-gguf-split makes ("NAME-00001-of-00003.gguf"). The
// first part has the metadata, each part some of the tensors.
#ifndef ESPALIER_ENGINE_GGUF_MODEL_H_
#define ESPALIER_ENGINE_GGUF_MODEL_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/gguf.h"
#include "engine/model_file.h"

namespace espalier {

class GgufModel : public ModelFile {
 public:
  static absl::StatusOr<std::unique_ptr<ModelFile>> Open(const std::string& path);

  std::string format() const override;
  std::string architecture() const override;
  int64_t file_bytes() const override;
  std::vector<ModelFact> facts() const override;
  std::span<const StoredTensor> stored_tensors() const override { return stored_; }

  absl::StatusOr<ModelConfig> ReadConfig() const override;
  absl::StatusOr<std::unique_ptr<Tokenizer>> ReadTokenizer() const override;
  absl::StatusOr<std::string> ReadChatTemplate() const override;

 private:
  explicit GgufModel(const std::string& path) : ModelFile(path) {}
  absl::Status AddParts();
  absl::Status IndexTensors();

  std::vector<GgufFile> parts_;
  std::vector<StoredTensor> stored_;  // of all parts
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_GGUF_MODEL_H_
