// Reads members of zip archives (APPNOTE.TXT 6.3): stored and deflated ones, zip64 too; neither encrypted nor
// split archives. Written for archives of strangers: all offsets and sizes are bounded by the file, a member
// gives exactly its declared bytes or an error, and nothing is ever written to the paths that it names.
#ifndef ESPALIER_MODELS_ZIP_READER_H_
#define ESPALIER_MODELS_ZIP_READER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mapped_file.h"

namespace espalier {

struct ZipMember {
  std::string_view name;  // points into the archive
  uint16_t flags = 0;
  uint16_t method = 0;  // 0: stored, 8: deflated
  uint32_t crc32 = 0;
  uint64_t stored_bytes = 0;
  uint64_t bytes = 0;
  uint64_t header_offset = 0;
};

class ZipReader {
 public:
  // Error: InvalidArgument that names the file if it is no whole zip archive.
  static absl::StatusOr<ZipReader> Open(const std::string& path);

  std::span<const ZipMember> members() const { return members_; }

  // Hands the member's bytes to `sink` in pieces, in order; an error of the sink ends it and is returned.
  // Errors: NotFound, InvalidArgument (damaged, encrypted, an unknown method). The sink may have seen bytes
  // of a member that then proves damaged.
  using Sink = absl::FunctionRef<absl::Status(std::span<const std::byte>)>;
  absl::Status Extract(std::string_view name, Sink sink) const;

 private:
  ZipReader() = default;

  absl::Status Damaged(std::string_view what) const;
  absl::Status ReadDirectory();
  absl::StatusOr<size_t> ReadMember(size_t position);
  absl::StatusOr<std::span<const std::byte>> StoredBytes(const ZipMember& member) const;

  std::string path_;
  MappedFile file_;
  std::vector<ZipMember> members_;
};

}  // namespace espalier

#endif  // ESPALIER_MODELS_ZIP_READER_H_
