#include "engine/model_file.h"

#include <filesystem>

#include "base/cat.h"
#include "engine/gguf_model.h"
#include "engine/hub_folder.h"

namespace espalier {

absl::StatusOr<std::unique_ptr<ModelFile>> ModelFile::Open(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return HubFolder::Open(path);
  return GgufModel::Open(path);
}

const StoredTensor* ModelFile::FindTensor(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  return found == index_.end() ? nullptr : tensors_[found->second];
}

bool ModelFile::AddTensor(std::string name, const StoredTensor* tensor) {
  if (!index_.emplace(name, tensors_.size()).second) return false;
  names_.push_back(std::move(name));
  tensors_.push_back(tensor);
  return true;
}

}  // namespace espalier
