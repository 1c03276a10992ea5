#include "models/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/cat.h"

namespace espalier {

absl::StatusOr<FileLock> FileLock::Take(const std::string& path, const std::string& remedy,
                                        const TransferEvents& events) {
  std::error_code ignored;  // opening tells
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  bool waiting = false;
  while (true) {
    FileLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (lock.descriptor_ < 0) {
      return absl::InvalidArgumentError(
          Cat("cannot write '", path, "': ", std::strerror(errno), "; ", remedy));
    }
    if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) {
      struct stat info;  // another tool may have removed the file before we locked it
      if (fstat(lock.descriptor_, &info) == 0 && info.st_nlink > 0) return lock;
    } else if (errno != EWOULDBLOCK && errno != EINTR) {
      return lock;  // a file system without locks: what is written is renamed into place anyway
    }
    if (!waiting) events.note("waiting for another process that pulls the same model");
    waiting = true;
    if (events.cancelled()) {
      return absl::CancelledError("stopped while another process pulls the same model");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace espalier
