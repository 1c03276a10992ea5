// A file mapped read-only into memory.
#ifndef ESPALIER_BASE_MAPPED_FILE_H_
#define ESPALIER_BASE_MAPPED_FILE_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace espalier {

class MappedFile {
 public:
  // Maps the regular file at `path`. Errors: NotFound when there is none; InvalidArgument for a directory, a
  // device or an empty file; PermissionDenied. Nothing is read before it is touched. The file must not shrink
  // while it is mapped: a touch beyond its end then raises SIGBUS.
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::span<const std::byte> bytes_;
};

}  // namespace espalier

#endif  // ESPALIER_BASE_MAPPED_FILE_H_
