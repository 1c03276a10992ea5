#include "benchmarks/report_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "base/cat.h"
#include "base/status.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

// Beside the report, so that it can be renamed to it; of this process alone.
std::string TemporaryPath(const std::string& path) { return Cat(path, ".", getpid(), ".partial"); }

absl::Status CannotWrite(const std::string& path, int error) {
  const std::string message = Cat("cannot write the report '", path, "': ", std::strerror(error));
  if (error == ENOSPC || error == EDQUOT) return absl::UnavailableError(message + ": free some disk space");
  return absl::InvalidArgumentError(message + ": choose a file in a folder that you may write to");
}

bool WriteAll(int file, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t written = write(file, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status WriteTemporary(const std::string& path, std::string_view contents) {
  const std::string temporary = TemporaryPath(path);
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return CannotWrite(path, errno);
  int error = WriteAll(file, contents) ? 0 : errno;
  if (close(file) != 0 && error == 0) error = errno;
  if (error == 0) return absl::OkStatus();
  unlink(temporary.c_str());
  return CannotWrite(path, error);
}

}  // namespace

absl::Status PrepareReportFile(const std::string& path) {
  const fs::path file(path);
  if (file.extension() != ".html") {
    return absl::InvalidArgumentError(Cat("the report '", path, "' needs a name that ends in .html"));
  }
  std::error_code error;
  if (fs::is_directory(file, error)) {
    return absl::InvalidArgumentError(Cat("the report '", path, "' is a folder: choose another name"));
  }
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), error);
  if (error) return CannotWrite(path, error.value());
  ESPALIER_RETURN_IF_ERROR(WriteTemporary(path, ""));
  unlink(TemporaryPath(path).c_str());
  return absl::OkStatus();
}

absl::Status WriteReportFile(std::string_view html, const std::string& path) {
  ESPALIER_RETURN_IF_ERROR(PrepareReportFile(path));
  ESPALIER_RETURN_IF_ERROR(WriteTemporary(path, html));
  const std::string temporary = TemporaryPath(path);
  if (std::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const int error = errno;
  unlink(temporary.c_str());
  return CannotWrite(path, error);
}

}  // namespace espalier
