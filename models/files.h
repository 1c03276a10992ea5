// Sizes of files, and putting finished ones in place.
#ifndef ESPALIER_MODELS_FILES_H_
#define ESPALIER_MODELS_FILES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace espalier {

// 0 if there is no file.
int64_t FileBytes(const std::string& path);

// Renames a finished file to `path`, on the same disk: after a crash it is there and whole, or not there.
// Error: InvalidArgument that ends with `remedy`.
absl::Status InstallFile(const std::string& partial, const std::string& path, const std::string& remedy);

}  // namespace espalier

#endif  // ESPALIER_MODELS_FILES_H_
