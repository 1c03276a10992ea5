// GgufFile::Open: one pass over header, metadata and tensor table. Three rules keep a hostile file harmless:
// every read is checked against what is left of the file; a count is accepted only if that many of its
// smallest elements could still follow; and sizes are multiplied with overflow checks.
#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/gguf.h"
#include "kernels/kernels.h"

namespace espalier {
namespace {

constexpr uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr uint64_t kDefaultAlignment = 32;
constexpr uint64_t kMaxAlignment = 1 << 20;
constexpr uint32_t kMaxRank = 4;
constexpr int kMaxArrayDepth = 4;
constexpr size_t kMaxNameBytes = 256;               // of keys and tensors; ggml's own limit for tensors is 64
constexpr uint64_t kSmallestEntry = 8 + 1 + 4 + 1;  // key length, key, type, value
constexpr uint64_t kSmallestTensor = 8 + 1 + 4 + 8 + 4 + 8;  // name length, name, rank, a size, type, offset

// Bytes of one value, 0 for strings and arrays, nothing for an unknown type.
std::optional<uint64_t> ScalarBytes(uint32_t type) {
  switch (static_cast<GgufType>(type)) {
    case GgufType::kUint8:
    case GgufType::kInt8:
    case GgufType::kBool:
      return 1;
    case GgufType::kUint16:
    case GgufType::kInt16:
      return 2;
    case GgufType::kUint32:
    case GgufType::kInt32:
    case GgufType::kFloat32:
      return 4;
    case GgufType::kUint64:
    case GgufType::kInt64:
    case GgufType::kFloat64:
      return 8;
    case GgufType::kString:
    case GgufType::kArray:
      return 0;
  }
  return std::nullopt;
}

// What a file without GGUF's magic looks like, for the message.
std::string_view ForeignFormat(std::span<const std::byte> bytes) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min<size_t>(bytes.size(), 16));
  if (head.starts_with("PK")) return "a zip archive (a PyTorch checkpoint or a wheel?)";
  if (head.size() > 8 && head[8] == '{') return "a safetensors file (give the folder that it lies in)";
  if (head.starts_with("version https://")) return "a Git LFS pointer, not the model itself";
  if (head.starts_with("<")) return "a web page (a failed download?)";
  if (head.starts_with("lmgg") || head.starts_with("fmgg") || head.starts_with("tjgg"))
    return "an old GGML file";
  return "of another format";
}

}  // namespace

class GgufParser {
 public:
  explicit GgufParser(GgufFile& file) : file_(file), bytes_(file.file_.bytes()) {}

  absl::Status Parse() {
    uint64_t tensors = 0, entries = 0;
    ESPALIER_RETURN_IF_ERROR(ParseHeader(tensors, entries));
    for (uint64_t i = 0; i < entries; ++i) ESPALIER_RETURN_IF_ERROR(ParseEntry());
    for (uint64_t i = 0; i < tensors; ++i) ESPALIER_RETURN_IF_ERROR(ParseTensor());
    return PlaceTensorData();
  }

 private:
  absl::Status Malformed(std::string_view what) const {
    return absl::InvalidArgumentError(
        Cat("'", file_.path_, "': malformed GGUF file: ", what, "; download or convert it again"));
  }
  absl::Status Truncated(std::string_view inside) const {
    return absl::InvalidArgumentError(Cat("'", file_.path_, "': truncated GGUF file: its ", bytes_.size(),
                                          " bytes end inside ", inside, "; download or copy it again"));
  }

  // Names appear in messages: readable, and not longer than a line.
  absl::Status CheckName(std::string_view what, std::string_view name) const {
    if (name.empty()) return Malformed(Cat("a ", what, " is empty"));
    if (name.size() > kMaxNameBytes || OneLine(name, kMaxNameBytes) != name) {
      return Malformed(Cat("the ", what, " '", OneLine(name), "' is longer than ", kMaxNameBytes,
                           " bytes or not printable"));
    }
    return absl::OkStatus();
  }

  uint64_t remaining() const { return bytes_.size() - position_; }

  template <typename T>
  bool Read(T& value) {
    if (remaining() < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data() + position_, sizeof(T));
    position_ += sizeof(T);
    return true;
  }

  bool ReadString(std::string_view& text) {
    uint64_t size = 0;
    if (!Read(size) || size > remaining()) return false;
    text = std::string_view(reinterpret_cast<const char*>(bytes_.data()) + position_, size);
    position_ += size;
    return true;
  }

  absl::Status ParseHeader(uint64_t& tensors, uint64_t& entries) {
    uint32_t magic = 0;
    if (!Read(magic) || magic != kMagic) {
      return absl::InvalidArgumentError(Cat("'", file_.path_, "' is not a GGUF file but ",
                                            ForeignFormat(bytes_), "; give a .gguf model file"));
    }
    if (!Read(file_.version_)) return Truncated("the header");
    if (file_.version_ != 0 && (file_.version_ & 0xFFFF) == 0) {
      return absl::InvalidArgumentError(
          Cat("'", file_.path_, "' is a big-endian GGUF file; convert it to little-endian"));
    }
    if (file_.version_ != 2 && file_.version_ != 3) {
      return absl::InvalidArgumentError(Cat("'", file_.path_, "': GGUF version ", file_.version_,
                                            " is not supported; convert the model to version 3"));
    }
    if (!Read(tensors) || !Read(entries)) return Truncated("the header");
    if (entries > remaining() / kSmallestEntry) return Truncated(Cat("its ", entries, " metadata entries"));
    if (tensors > remaining() / kSmallestTensor)
      return Truncated(Cat("its ", tensors, " tensor descriptions"));
    return absl::OkStatus();
  }

  absl::Status ParseEntry() {
    GgufEntry entry;
    uint32_t type = 0;
    if (!ReadString(entry.key) || !Read(type)) return Truncated("the metadata");
    ESPALIER_RETURN_IF_ERROR(CheckName("metadata key", entry.key));
    ESPALIER_RETURN_IF_ERROR(ParseValue(entry.key, type, entry.value));
    if (!file_.metadata_index_.emplace(entry.key, file_.metadata_.size()).second) {
      return Malformed(Cat("metadata key '", entry.key, "' occurs twice"));
    }
    file_.metadata_.push_back(entry);
    return absl::OkStatus();
  }

  absl::Status ParseValue(std::string_view key, uint32_t type, GgufValue& value) {
    value.type = value.element_type = static_cast<GgufType>(type);
    value.count = 1;
    uint32_t element_type = type;
    uint64_t count = 1;
    if (value.type == GgufType::kArray) {
      if (!Read(element_type) || !Read(count)) return Truncated(Cat("metadata '", key, "'"));
      value.element_type = static_cast<GgufType>(element_type);
    }
    const size_t start = position_;
    ESPALIER_RETURN_IF_ERROR(SkipElements(key, element_type, count, 0));
    value.count = static_cast<int64_t>(count);
    value.bytes = bytes_.subspan(start, position_ - start);
    return absl::OkStatus();
  }

  absl::Status SkipElements(std::string_view key, uint32_t type, uint64_t count, int depth) {
    const std::optional<uint64_t> size = ScalarBytes(type);
    if (!size) return Malformed(Cat("metadata '", key, "' has unknown type ", type));
    if (*size > 0) {
      if (count > remaining() / *size) return Truncated(Cat("metadata '", key, "'"));
      position_ += count * *size;
      return absl::OkStatus();
    }
    if (count > remaining() / 8)
      return Truncated(Cat("metadata '", key, "'"));  // a string or array has a size
    for (uint64_t i = 0; i < count; ++i) {
      std::string_view text;
      if (static_cast<GgufType>(type) == GgufType::kString) {
        if (!ReadString(text)) return Truncated(Cat("metadata '", key, "'"));
        continue;
      }
      uint32_t inner_type = 0;
      uint64_t inner_count = 0;
      if (depth == kMaxArrayDepth) return Malformed(Cat("metadata '", key, "' nests arrays too deep"));
      if (!Read(inner_type) || !Read(inner_count)) return Truncated(Cat("metadata '", key, "'"));
      ESPALIER_RETURN_IF_ERROR(SkipElements(key, inner_type, inner_count, depth + 1));
    }
    return absl::OkStatus();
  }

  absl::Status ParseTensor() {
    StoredTensor tensor;
    std::string_view name;  // in the mapping, as the index needs it
    uint32_t rank = 0, type = 0;
    uint64_t offset = 0;
    if (!ReadString(name) || !Read(rank)) return Truncated("the tensor table");
    ESPALIER_RETURN_IF_ERROR(CheckName("tensor name", name));
    tensor.name = name;
    if (rank == 0 || rank > kMaxRank)
      return Malformed(Cat("tensor '", tensor.name, "' has ", rank, " dimensions"));
    uint64_t elements = 1;
    for (uint32_t i = 0; i < rank; ++i) {
      uint64_t size = 0;
      if (!Read(size)) return Truncated("the tensor table");
      if (size == 0 || __builtin_mul_overflow(elements, size, &elements) ||
          elements > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return Malformed(Cat("tensor '", tensor.name, "' has an impossible shape"));
      }
      tensor.shape.push_back(static_cast<int64_t>(size));
    }
    if (!Read(type) || !Read(offset)) return Truncated("the tensor table");
    tensor.type = static_cast<TensorType>(type);
    if (!file_.tensor_index_.emplace(name, file_.tensors_.size()).second) {
      return Malformed(Cat("tensor '", tensor.name, "' occurs twice"));
    }
    file_.tensors_.push_back(std::move(tensor));
    offsets_.push_back(offset);
    return absl::OkStatus();
  }

  absl::Status PlaceTensorData() {
    if (file_.tensors_.empty()) return absl::OkStatus();  // a vocabulary file
    ESPALIER_ASSIGN_OR_RETURN(const int64_t declared,
                              file_.GetIntOr("general.alignment", static_cast<int64_t>(kDefaultAlignment)));
    const uint64_t alignment = static_cast<uint64_t>(declared);
    if (alignment < 8 || alignment > kMaxAlignment || (alignment & (alignment - 1)) != 0) {
      return Malformed(Cat("general.alignment is ", declared, ", not a power of two from 8"));
    }
    const uint64_t start = (position_ + alignment - 1) / alignment * alignment;
    if (start > bytes_.size()) return Truncated("the padding before the tensor data");
    const std::span<const std::byte> data = bytes_.subspan(start);
    for (size_t i = 0; i < file_.tensors_.size(); ++i) {
      StoredTensor& tensor = file_.tensors_[i];
      if (offsets_[i] % alignment != 0) {
        return Malformed(
            Cat("the data of tensor '", tensor.name, "' is not aligned to ", alignment, " bytes"));
      }
      if (offsets_[i] > data.size()) return Truncated(Cat("the data of tensor '", tensor.name, "'"));
      const TensorTypeInfo info = GetTensorTypeInfo(tensor.type);
      if (info.block_elements == 0) continue;  // unknown type: inspect names it, ModelConfig refuses it
      const uint64_t block_elements = static_cast<uint64_t>(info.block_elements);
      if (static_cast<uint64_t>(tensor.columns()) % block_elements != 0) {
        return Malformed(Cat("rows of tensor '", tensor.name, "' are ", tensor.columns(),
                             " elements, not whole blocks of ", info.name));
      }
      const uint64_t blocks = static_cast<uint64_t>(tensor.elements()) / block_elements;
      const uint64_t block_bytes = static_cast<uint64_t>(info.block_bytes);
      if (blocks > (data.size() - offsets_[i]) / block_bytes) {
        return Truncated(Cat("the data of tensor '", tensor.name, "'"));
      }
      tensor.data = data.subspan(offsets_[i], blocks * block_bytes);
    }
    return absl::OkStatus();
  }

  GgufFile& file_;
  const std::span<const std::byte> bytes_;
  size_t position_ = 0;
  std::vector<uint64_t> offsets_;  // of tensors_[i], from the start of the data
};

absl::StatusOr<GgufFile> GgufFile::Open(const std::string& path) {
  GgufFile file;
  file.path_ = path;
  ESPALIER_ASSIGN_OR_RETURN(file.file_, MappedFile::Open(path));
  ESPALIER_RETURN_IF_ERROR(GgufParser(file).Parse());
  return file;
}

}  // namespace espalier
