// Tensor files in Hugging Face's safetensors format: a JSON header and raw little-endian data.
//
// The file is mapped, not read. Everything that the accessors return was bounded against the file's size by
// Open, so a file that opens is safe to read whatever it holds.
#ifndef ESPALIER_ENGINE_SAFETENSORS_H_
#define ESPALIER_ENGINE_SAFETENSORS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/mapped_file.h"
#include "engine/stored_tensor.h"

namespace espalier {

class SafetensorsFile {
 public:
  // Errors: NotFound for a missing file, InvalidArgument for anything that is not a whole, well-formed
  // safetensors file; one line that names the file, what is wrong and what to do.
  static absl::StatusOr<SafetensorsFile> Open(const std::string& path);

  int64_t file_bytes() const { return static_cast<int64_t>(file_.bytes().size()); }
  // In the order of their names. Shapes are turned around: shape[0] is the contiguous size. A scalar has
  // shape {1}; tensors without elements are left out.
  std::span<const StoredTensor> tensors() const { return tensors_; }

 private:
  SafetensorsFile() = default;

  MappedFile file_;
  std::vector<StoredTensor> tensors_;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_SAFETENSORS_H_
