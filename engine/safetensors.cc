#include "engine/safetensors.h"

#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/json_fields.h"
#include "kernels/kernels.h"

namespace espalier {
namespace {

// A header of a thousand layers takes two megabytes; parsing costs memory in proportion.
constexpr uint64_t kMaxHeaderBytes = 16 << 20;
constexpr size_t kMaxRank = 8;
constexpr size_t kMaxNameBytes = 256;

struct Dtype {
  std::string_view name;
  TensorType type;
  uint64_t bytes;
};
constexpr Dtype kDtypes[] = {
    {"F32", TensorType::kF32, 4}, {"F16", TensorType::kF16, 2}, {"BF16", TensorType::kBF16, 2},
    {"I8", TensorType{24}, 1},    {"I16", TensorType{25}, 2},   {"I32", TensorType{26}, 4},
    {"I64", TensorType{27}, 8},   {"F64", TensorType{28}, 8},   {"U8", kTypeU8, 1},
    {"BOOL", kTypeBool, 1},       {"U16", kTypeU16, 2},         {"U32", kTypeU32, 4},
    {"U64", kTypeU64, 8},         {"F8_E4M3", kTypeF8E4M3, 1},  {"F8_E5M2", kTypeF8E5M2, 1},
    {"F8_E8M0", kTypeF8E8M0, 1},
};

class HeaderReader {
 public:
  HeaderReader(const std::string& path, std::span<const std::byte> data) : path_(path), data_(data) {}

  // Nothing for a tensor without elements.
  absl::StatusOr<std::optional<StoredTensor>> Read(const std::string& name, const Json& entry) const {
    StoredTensor tensor;
    tensor.name = name;
    if (name.empty() || name.size() > kMaxNameBytes || OneLine(name, kMaxNameBytes) != name) {
      return Malformed(name, "a name that is empty, too long or not printable");
    }
    uint64_t elements = 1;
    ESPALIER_RETURN_IF_ERROR(ReadShape(entry, tensor, elements));
    const auto dtype = entry.find("dtype");
    if (dtype == entry.end() || !dtype->is_string()) return Malformed(name, "no dtype");
    uint64_t begin = 0, end = 0;
    ESPALIER_RETURN_IF_ERROR(ReadOffsets(entry, name, begin, end));
    if (elements == 0) return std::nullopt;
    for (const Dtype& known : kDtypes) {
      if (known.name != dtype->get_ref<const std::string&>()) continue;
      if (elements > data_.size() || end - begin != elements * known.bytes) {
        return Malformed(name, "as many bytes as its shape does not need");
      }
      tensor.type = known.type;
      tensor.data = data_.subspan(begin, end - begin);
      return tensor;
    }
    tensor.type = kTypeUnknown;
    return tensor;
  }

  absl::Status Malformed(std::string_view name, std::string_view what) const {
    return absl::InvalidArgumentError(Cat("'", path_, "': malformed safetensors file: tensor '",
                                          OneLine(name), "' has ", what, "; download it again"));
  }

 private:
  absl::Status ReadShape(const Json& entry, StoredTensor& tensor, uint64_t& elements) const {
    if (!entry.is_object()) return Malformed(tensor.name, "no description");
    const auto shape = entry.find("shape");
    if (shape == entry.end() || !shape->is_array() || shape->size() > kMaxRank) {
      return Malformed(tensor.name, "no shape of at most 8 sizes");
    }
    for (auto size = shape->rbegin(); size != shape->rend(); ++size) {
      if (!size->is_number_unsigned() || __builtin_mul_overflow(elements, size->get<uint64_t>(), &elements) ||
          elements > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ||
          size->get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return Malformed(tensor.name, "an impossible shape");
      }
      tensor.shape.push_back(size->get<int64_t>());
    }
    if (tensor.shape.empty()) tensor.shape.push_back(1);
    return absl::OkStatus();
  }

  absl::Status ReadOffsets(const Json& entry, std::string_view name, uint64_t& begin, uint64_t& end) const {
    const auto offsets = entry.find("data_offsets");
    if (offsets == entry.end() || !offsets->is_array() || offsets->size() != 2 ||
        !(*offsets)[0].is_number_unsigned() || !(*offsets)[1].is_number_unsigned()) {
      return Malformed(name, "no pair of data_offsets");
    }
    begin = (*offsets)[0].get<uint64_t>();
    end = (*offsets)[1].get<uint64_t>();
    if (begin > end || end > data_.size()) return Malformed(name, "data outside the file");
    return absl::OkStatus();
  }

  const std::string& path_;
  std::span<const std::byte> data_;
};

}  // namespace

absl::StatusOr<SafetensorsFile> SafetensorsFile::Open(const std::string& path) {
  SafetensorsFile file;
  ESPALIER_ASSIGN_OR_RETURN(file.file_, MappedFile::Open(path));
  const std::span<const std::byte> bytes = file.file_.bytes();
  uint64_t header_bytes = 0;
  if (bytes.size() >= 8) std::memcpy(&header_bytes, bytes.data(), 8);
  if (header_bytes < 2 || header_bytes > kMaxHeaderBytes || header_bytes > bytes.size() - 8) {
    return absl::InvalidArgumentError(Cat("'", path, "' is not a whole safetensors file; download it again"));
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + 8, header_bytes);
  const absl::StatusOr<Json> header = ParseJson(text, Cat("'", path, "'"));
  if (!header.ok()) return header.status();
  if (!header->is_object()) {
    return absl::InvalidArgumentError(Cat("'", path, "': its header is no JSON object; download it again"));
  }
  const HeaderReader reader(path, bytes.subspan(8 + header_bytes));
  for (const auto& [name, entry] : header->items()) {
    if (name == "__metadata__") continue;
    ESPALIER_ASSIGN_OR_RETURN(std::optional<StoredTensor> tensor, reader.Read(name, entry));
    if (tensor) file.tensors_.push_back(*std::move(tensor));
  }
  return file;
}

}  // namespace espalier
