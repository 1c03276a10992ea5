#include "models/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"
#include "base/mapped_file.h"
#include "base/status.h"

namespace espalier {

std::string Sha256(std::span<const std::byte> bytes) {
  std::array<unsigned char, 32> digest;
  unsigned int size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  ESPALIER_CHECK(done == 1 && size == digest.size(), "OpenSSL has no SHA-256");
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

absl::StatusOr<std::string> Sha256OfFile(const std::string& path) {
  ESPALIER_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  return Sha256(file.bytes());
}

}  // namespace espalier
