#include "models/file_hash.h"

#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "base/cat.h"
#include "base/check.h"
#include "base/status.h"

namespace espalier {
namespace {

class Hasher {
 public:
  explicit Hasher(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    ESPALIER_CHECK(context_ != nullptr && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1,
                   "OpenSSL lacks the hash");
  }

  void Add(const void* bytes, size_t size) {
    ESPALIER_CHECK(EVP_DigestUpdate(context_.get(), bytes, size) == 1, "OpenSSL fails to hash");
  }

  std::string Digest() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    ESPALIER_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1, "OpenSSL fails to hash");
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
      text += kDigits[digest[i] >> 4];
      text += kDigits[digest[i] & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

absl::Status AddFile(const std::string& path, Hasher& hasher) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return absl::InvalidArgumentError(Cat("cannot read '", path, "'"));
  std::vector<char> buffer(1 << 20);
  while (const size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    hasher.Add(buffer.data(), size);
  }
  if (std::ferror(file.get()) != 0) return absl::InvalidArgumentError(Cat("cannot read '", path, "'"));
  return absl::OkStatus();
}

}  // namespace

std::string Sha256(std::span<const std::byte> bytes) {
  Hasher hasher(EVP_sha256());
  hasher.Add(bytes.data(), bytes.size());
  return hasher.Digest();
}

absl::StatusOr<std::string> Sha256OfFile(const std::string& path) {
  Hasher hasher(EVP_sha256());
  ESPALIER_RETURN_IF_ERROR(AddFile(path, hasher));
  return hasher.Digest();
}

absl::StatusOr<std::string> GitHashOfFile(const std::string& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return absl::InvalidArgumentError(Cat("cannot read '", path, "'"));
  Hasher hasher(EVP_sha1());
  const std::string head = Cat("blob ", size);
  hasher.Add(head.c_str(), head.size() + 1);  // with the zero byte
  ESPALIER_RETURN_IF_ERROR(AddFile(path, hasher));
  return hasher.Digest();
}

}  // namespace espalier
