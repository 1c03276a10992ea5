#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/cat.h"

namespace espalier {
namespace {

absl::Status OpenError(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return absl::NotFoundError(Cat("'", path, "': no such file; check the path"));
  }
  if (error == EACCES) {
    return absl::PermissionDeniedError(Cat("'", path, "': not readable; check its permissions"));
  }
  return absl::InvalidArgumentError(Cat("'", path, "': cannot be read: ", std::strerror(error)));
}

// Maps an open file. The caller keeps and closes the descriptor: a mapping outlives it.
absl::StatusOr<std::span<const std::byte>> Map(int descriptor, const std::string& path) {
  struct stat info;
  if (fstat(descriptor, &info) != 0) return OpenError(path, errno);
  if (S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(Cat("'", path, "' is a folder; give the path of a file"));
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(
        Cat("'", path, "' is not a regular file; give the path of a file on disk"));
  }
  if (info.st_size == 0) {
    return absl::InvalidArgumentError(Cat("'", path, "' is empty; download or copy it again"));
  }
  const size_t size = static_cast<size_t>(info.st_size);
  void* start = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) return OpenError(path, errno);
  return std::span(static_cast<const std::byte*>(start), size);
}

}  // namespace

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  // O_NONBLOCK: a pipe must become an error, not a wait for its writer.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return OpenError(path, errno);
  absl::StatusOr<std::span<const std::byte>> bytes = Map(descriptor, path);
  close(descriptor);
  if (!bytes.ok()) return bytes.status();
  return MappedFile(*bytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace espalier
