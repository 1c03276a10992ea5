#include "benchmarks/math/line_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/cat.h"
#include "base/status.h"
#include "base/write_file.h"

namespace espalier {
namespace {

absl::Status CannotWrite(const std::string& path, int error) {
  const std::string message = Cat("cannot write '", path, "': ", std::strerror(error));
  if (error == ENOSPC || error == EDQUOT) return absl::UnavailableError(message + ": free some disk space");
  return absl::InvalidArgumentError(message + ": choose a folder that you may write to");
}

}  // namespace

absl::StatusOr<LineFile> LineFile::Open(const std::string& path, int64_t bytes) {
  LineFile file(path, open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (file.descriptor_ < 0 || ftruncate(file.descriptor_, bytes) != 0) return CannotWrite(path, errno);
  return file;
}

LineFile::~LineFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status LineFile::Append(std::string_view line) {
  const int error = WriteAll(descriptor_, line);
  return error == 0 ? absl::OkStatus() : CannotWrite(path_, error);
}

absl::Status ReplaceFile(const std::string& path, std::string_view contents) {
  const int error = ReplaceFile(path, Cat(path, ".partial"), contents);
  return error == 0 ? absl::OkStatus() : CannotWrite(path, error);
}

absl::StatusOr<FolderLock> FolderLock::Take(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (!std::filesystem::is_directory(folder)) {
    return CannotWrite(folder, failure ? failure.value() : ENOTDIR);
  }
  const std::string path = std::filesystem::path(folder) / ".lock";
  FolderLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock.descriptor_ < 0) return CannotWrite(folder, errno);
  // A file system without locks: nothing tells us of others.
  if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return absl::UnavailableError(
        Cat("another run writes to '", folder, "': wait until it ends, or choose another folder"));
  }
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace espalier
