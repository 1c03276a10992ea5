// Hashes of bytes and files, through OpenSSL.
#ifndef ESPALIER_MODELS_FILE_HASH_H_
#define ESPALIER_MODELS_FILE_HASH_H_

#include <cstddef>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace espalier {

// 64 lower-case hex digits.
std::string Sha256(std::span<const std::byte> bytes);

// The same of the file at `path`, which may be empty. Error: InvalidArgument if it cannot be read.
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);

// The name that git gives to a file's content, SHA-1 of "blob SIZE\0" and the bytes: 40 lower-case hex
// digits.
absl::StatusOr<std::string> GitHashOfFile(const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_MODELS_FILE_HASH_H_
