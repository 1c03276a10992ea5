// A file that grows line by line and may be killed at any byte.
#ifndef ESPALIER_BENCHMARKS_MATH_LINE_FILE_H_
#define ESPALIER_BENCHMARKS_MATH_LINE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace espalier {

// Errors: InvalidArgument where the file cannot be written, Unavailable where the disk is full; with remedy.
class LineFile {
 public:
  LineFile() = default;
  // Opens the file or makes it, and cuts it off after `bytes`: 0 to begin anew.
  static absl::StatusOr<LineFile> Open(const std::string& path, int64_t bytes);

  LineFile(LineFile&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  LineFile& operator=(LineFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~LineFile();

  // Hands the line, with its end, to the system: what a kill of this process leaves is whole lines but for
  // the last.
  absl::Status Append(std::string_view line);

 private:
  LineFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_ = -1;
};

// Puts a file with these contents in place of any at `path`: whole or not at all. Errors as above.
absl::Status ReplaceFile(const std::string& path, std::string_view contents);

// A folder that one process at a time writes to: holds "DIR/.lock" until destroyed.
class FolderLock {
 public:
  // Makes the folder. InvalidArgument: it cannot be written. Unavailable: another process has it.
  static absl::StatusOr<FolderLock> Take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_LINE_FILE_H_
