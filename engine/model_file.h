// A model as its files give it, whatever the container: one view for config, weights and tokenizer.
//
// Tensors go by GGUF's names ("blk.0.attn_q.weight"); TensorProblems in model_config.h lists them. The files
// are mapped, not read, and everything an accessor returns was bounded against their sizes by Open.
#ifndef ESPALIER_ENGINE_MODEL_FILE_H_
#define ESPALIER_ENGINE_MODEL_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/model_config.h"
#include "engine/stored_tensor.h"

namespace espalier {

class Tokenizer;

// One metadata value, for people: long ones are cut, lists are summed up.
struct ModelFact {
  std::string key;
  std::variant<bool, int64_t, double, std::string> value;
};

class ModelFile {
 public:
  // `path`: a .gguf file (of a split model the first part) or a Hugging Face folder (config.json and
  // safetensors). Errors: NotFound, InvalidArgument, one line that names the file and what to do.
  static absl::StatusOr<std::unique_ptr<ModelFile>> Open(const std::string& path);
  virtual ~ModelFile() = default;

  const std::string& path() const { return path_; }
  virtual std::string format() const = 0;            // "GGUF version 3", "Hugging Face folder"
  virtual std::string architecture() const = 0;      // as the files call it; "" if they do not
  virtual int64_t file_bytes() const = 0;            // of all files
  virtual std::vector<ModelFact> facts() const = 0;  // GGUF: in file order; config.json: by key
  // Every tensor as the files name it, for people.
  virtual std::span<const StoredTensor> stored_tensors() const = 0;

  // The tensors of the language model, by GGUF's names.
  const std::vector<const StoredTensor*>& tensors() const { return tensors_; }
  const std::string& tensor_name(size_t index) const { return names_[index]; }
  const StoredTensor* FindTensor(std::string_view name) const;  // null: none

  virtual absl::StatusOr<ModelConfig> ReadConfig() const = 0;
  virtual absl::StatusOr<std::unique_ptr<Tokenizer>> ReadTokenizer() const = 0;
  virtual absl::StatusOr<std::string> ReadChatTemplate() const = 0;  // Jinja source; "": none

 protected:
  explicit ModelFile(std::string path) : path_(std::move(path)) {}
  // False: there is a tensor of that name already. `tensor` lives as long as the file.
  bool AddTensor(std::string name, const StoredTensor* tensor);

 private:
  std::string path_;
  std::vector<const StoredTensor*> tensors_;
  std::vector<std::string> names_;  // of tensors_
  std::unordered_map<std::string, size_t> index_;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_MODEL_FILE_H_
