// A lock between processes, on a file that stays.
#ifndef ESPALIER_MODELS_FILE_LOCK_H_
#define ESPALIER_MODELS_FILE_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "models/transfer.h"

namespace espalier {

// Held until destroyed. It is flock(2), as Hugging Face's own tools use on the same files of the shared
// cache.
class FileLock {
 public:
  // Waits for whoever holds it and says so once. `remedy` ends the message where the file cannot be written.
  // Errors: InvalidArgument, Cancelled.
  static absl::StatusOr<FileLock> Take(const std::string& path, const std::string& remedy,
                                       const TransferEvents& events);

  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace espalier

#endif  // ESPALIER_MODELS_FILE_LOCK_H_
