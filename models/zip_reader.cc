#include "models/zip_reader.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/cat.h"
#include "base/status.h"

namespace espalier {
namespace {

using Bytes = std::span<const std::byte>;

constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kLocator64Signature = 0x07064b50;
constexpr uint32_t kMemberSignature = 0x02014b50;
constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr size_t kEndBytes = 22, kEnd64Bytes = 56, kLocator64Bytes = 20, kMemberBytes = 46, kLocalBytes = 30;
constexpr size_t kMaxComment = 65535;
constexpr uint16_t kEncrypted = 1;

// The caller has checked that the bytes are there.
template <typename T>
T Load(Bytes bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

bool Has(Bytes bytes, size_t at, size_t size) { return at <= bytes.size() && size <= bytes.size() - at; }

struct Directory {
  uint64_t entries = 0;
  uint64_t offset = 0;
};

// Finds the end record, whose comment is the archive's last bytes, and the zip64 one if there is.
bool FindDirectory(Bytes file, Directory& directory) {
  if (file.size() < kEndBytes) return false;
  const size_t last = file.size() - kEndBytes;
  const size_t first = last > kMaxComment ? last - kMaxComment : 0;
  size_t end = last;
  while (Load<uint32_t>(file, end) != kEndSignature ||
         end + kEndBytes + Load<uint16_t>(file, end + 20) != file.size()) {
    if (end == first) return false;
    --end;
  }
  directory = {Load<uint16_t>(file, end + 10), Load<uint32_t>(file, end + 16)};
  if (directory.entries != 0xFFFF && directory.offset != 0xFFFFFFFF) return true;
  if (end < kLocator64Bytes || Load<uint32_t>(file, end - kLocator64Bytes) != kLocator64Signature)
    return true;
  const uint64_t end64 = Load<uint64_t>(file, end - kLocator64Bytes + 8);
  if (!Has(file, end64, kEnd64Bytes) || Load<uint32_t>(file, end64) != kEnd64Signature) return false;
  directory = {Load<uint64_t>(file, end64 + 32), Load<uint64_t>(file, end64 + 48)};
  return true;
}

// Replaces sizes that are 0xFFFFFFFF by those of the zip64 extra field, which lists just these, in this
// order.
bool ApplyZip64(Bytes extra, ZipMember& member) {
  std::array<uint64_t*, 3> fields = {&member.bytes, &member.stored_bytes, &member.header_offset};
  const auto missing = [](const uint64_t* field) { return *field == 0xFFFFFFFF; };
  if (std::none_of(fields.begin(), fields.end(), missing)) return true;
  for (size_t at = 0; Has(extra, at, 4);) {
    const size_t size = Load<uint16_t>(extra, at + 2);
    if (!Has(extra, at + 4, size)) return false;
    if (Load<uint16_t>(extra, at) == 1) {
      const Bytes values = extra.subspan(at + 4, size);
      size_t next = 0;
      for (uint64_t* field : fields) {
        if (!missing(field)) continue;
        if (!Has(values, next, 8)) return false;
        *field = Load<uint64_t>(values, next);
        next += 8;
      }
      return true;
    }
    at += 4 + size;
  }
  return true;  // no such field: the size really is 2^32 - 1
}

// Counts and sums what passes on its way to the sink.
struct Tally {
  uint64_t bytes = 0;
  uint32_t crc = 0;
  ZipReader::Sink sink;

  absl::Status Pass(Bytes piece) {
    bytes += piece.size();
    crc = static_cast<uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(piece.data()), piece.size()));
    return sink(piece);
  }
};

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // False if the stream is damaged, ends early or gives more than `limit` bytes; `status` is the sink's.
  bool Run(Bytes input, uint64_t limit, Tally& tally, absl::Status& status) {
    std::vector<std::byte> buffer(1 << 18);
    int result = ready_ ? Z_OK : Z_MEM_ERROR;
    while (result == Z_OK && status.ok()) {
      if (stream_.avail_in == 0) {
        const Bytes piece = input.first(std::min<size_t>(input.size(), 1 << 24));
        input = input.subspan(piece.size());
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(piece.data()));
        stream_.avail_in = static_cast<uInt>(piece.size());
      }
      stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream_.avail_out = static_cast<uInt>(buffer.size());
      result = inflate(&stream_, Z_NO_FLUSH);
      const size_t produced = buffer.size() - stream_.avail_out;
      if (produced > limit - tally.bytes) return false;
      if (produced > 0) status = tally.Pass(Bytes(buffer).first(produced));
    }
    return !status.ok() || result == Z_STREAM_END;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

absl::Status PassStored(Bytes bytes, Tally& tally) {
  constexpr size_t kPiece = 1 << 20;
  for (size_t at = 0; at < bytes.size(); at += kPiece) {
    ESPALIER_RETURN_IF_ERROR(tally.Pass(bytes.subspan(at, std::min(kPiece, bytes.size() - at))));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ZipReader> ZipReader::Open(const std::string& path) {
  ZipReader reader;
  reader.path_ = path;
  ESPALIER_ASSIGN_OR_RETURN(reader.file_, MappedFile::Open(path));
  ESPALIER_RETURN_IF_ERROR(reader.ReadDirectory());
  return reader;
}

absl::Status ZipReader::Damaged(std::string_view what) const {
  return absl::InvalidArgumentError(Cat("'", path_, "': ", what, "; download it again"));
}

absl::Status ZipReader::ReadDirectory() {
  const Bytes file = file_.bytes();
  Directory directory;
  if (!FindDirectory(file, directory)) return Damaged("not a whole zip archive");
  if (directory.offset > file.size() || directory.entries > file.size() / kMemberBytes) {
    return Damaged("the zip directory lies outside the file");
  }
  size_t position = directory.offset;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    ESPALIER_ASSIGN_OR_RETURN(position, ReadMember(position));
  }
  return absl::OkStatus();
}

// Returns where the next entry of the directory begins.
absl::StatusOr<size_t> ZipReader::ReadMember(size_t position) {
  const Bytes file = file_.bytes();
  if (!Has(file, position, kMemberBytes) || Load<uint32_t>(file, position) != kMemberSignature) {
    return Damaged("the zip directory is damaged");
  }
  const size_t name = Load<uint16_t>(file, position + 28);
  const size_t extra = Load<uint16_t>(file, position + 30);
  const size_t comment = Load<uint16_t>(file, position + 32);
  const size_t next = position + kMemberBytes + name + extra + comment;
  if (next > file.size()) return Damaged("the zip directory is damaged");

  ZipMember member;
  member.name = std::string_view(reinterpret_cast<const char*>(file.data()) + position + kMemberBytes, name);
  member.flags = Load<uint16_t>(file, position + 8);
  member.method = Load<uint16_t>(file, position + 10);
  member.crc32 = Load<uint32_t>(file, position + 16);
  member.stored_bytes = Load<uint32_t>(file, position + 20);
  member.bytes = Load<uint32_t>(file, position + 24);
  member.header_offset = Load<uint32_t>(file, position + 42);
  if (!ApplyZip64(file.subspan(position + kMemberBytes + name, extra), member)) {
    return Damaged("the zip directory is damaged");
  }
  members_.push_back(member);
  return next;
}

absl::StatusOr<Bytes> ZipReader::StoredBytes(const ZipMember& member) const {
  const Bytes file = file_.bytes();
  const size_t header = member.header_offset;
  if (!Has(file, header, kLocalBytes) || Load<uint32_t>(file, header) != kLocalSignature) {
    return Damaged(Cat("member '", member.name, "' is not where the directory says"));
  }
  const size_t start =
      header + kLocalBytes + Load<uint16_t>(file, header + 26) + Load<uint16_t>(file, header + 28);
  if (!Has(file, start, member.stored_bytes)) return Damaged(Cat("member '", member.name, "' is cut off"));
  return file.subspan(start, member.stored_bytes);
}

absl::Status ZipReader::Extract(std::string_view name, Sink sink) const {
  const auto member =
      std::find_if(members_.begin(), members_.end(), [&](const ZipMember& m) { return m.name == name; });
  if (member == members_.end()) return absl::NotFoundError(Cat("'", path_, "' has no member '", name, "'"));
  if ((member->flags & kEncrypted) != 0 || (member->method != 0 && member->method != 8)) {
    return absl::InvalidArgumentError(Cat("'", path_, "': member '", name, "' is encrypted or of method ",
                                          member->method, "; only stored and deflated ones are read"));
  }
  ESPALIER_ASSIGN_OR_RETURN(const Bytes stored, StoredBytes(*member));
  Tally tally{.sink = sink};
  absl::Status status;
  bool whole = true;
  if (member->method == 0) {
    status = PassStored(stored, tally);
  } else {
    whole = Inflater().Run(stored, member->bytes, tally, status);
  }
  ESPALIER_RETURN_IF_ERROR(status);
  if (!whole || tally.bytes != member->bytes || tally.crc != member->crc32) {
    return Damaged(Cat("member '", name, "' is damaged"));
  }
  return absl::OkStatus();
}

}  // namespace espalier
