// SHA-256 of files, through OpenSSL.
#ifndef ESPALIER_MODELS_SHA256_H_
#define ESPALIER_MODELS_SHA256_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace espalier {

// 64 lower-case hex digits.
std::string Sha256(std::span<const std::byte> bytes);

// The same of the file at `path`. Errors: as MappedFile::Open.
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_MODELS_SHA256_H_
