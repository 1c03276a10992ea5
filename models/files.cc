#include "models/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "base/cat.h"

namespace espalier {

int64_t FileBytes(const std::string& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

absl::Status InstallFile(const std::string& partial, const std::string& path, const std::string& remedy) {
  const int descriptor = open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (flushed && std::rename(partial.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(Cat("cannot write '", path, "'; ", remedy));
}

}  // namespace espalier
