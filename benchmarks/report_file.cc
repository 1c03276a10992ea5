#include "benchmarks/report_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "base/cat.h"
#include "base/status.h"
#include "base/write_file.h"

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
  error.clear();  // is_directory sets it where there is no file yet
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), error);
  if (error) return CannotWrite(path, error.value());
  const std::string temporary = TemporaryPath(path);
  if (const int failure = WriteNewFile(temporary, ""); failure != 0) return CannotWrite(path, failure);
  unlink(temporary.c_str());
  return absl::OkStatus();
}

absl::Status WriteReportFile(std::string_view html, const std::string& path) {
  ESPALIER_RETURN_IF_ERROR(PrepareReportFile(path));
  const int error = ReplaceFile(path, TemporaryPath(path), html);
  return error == 0 ? absl::OkStatus() : CannotWrite(path, error);
}

}  // namespace espalier
