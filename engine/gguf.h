// Model files in the GGUF format, versions 2 and 3, little-endian. Format: the "GGUF" document of the ggml
// project (docs/gguf.md).
//
// The file is mapped, not read: keys, strings and tensor data point into the mapping and live as long as the
// GgufFile. Everything that the accessors return was bounded against the file's size by Open, so a file that
// opens is safe to read whatever it holds; whether a model can be computed from it is ModelConfig's question.
#ifndef ESPALIER_ENGINE_GGUF_H_
#define ESPALIER_ENGINE_GGUF_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "base/mapped_file.h"
#include "engine/stored_tensor.h"

namespace espalier {

enum class GgufType : uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

// "uint32", "string", ...
std::string_view GgufTypeName(GgufType type);

// One metadata value, still in the file's encoding.
struct GgufValue {
  GgufType type;
  GgufType element_type;             // of an array; otherwise equal to `type`
  int64_t count;                     // elements of an array; otherwise 1
  std::span<const std::byte> bytes;  // the elements, without an array's own header
};

struct GgufEntry {
  std::string_view key;
  GgufValue value;
};

class GgufFile {
 public:
  // Errors: NotFound for a missing file, InvalidArgument for anything that is not a whole, well-formed GGUF
  // file; one line that names the file, what is wrong and what to do.
  static absl::StatusOr<GgufFile> Open(const std::string& path);

  const std::string& path() const { return path_; }
  uint32_t version() const { return version_; }
  int64_t file_bytes() const { return static_cast<int64_t>(file_.bytes().size()); }
  std::span<const GgufEntry> metadata() const { return metadata_; }   // in file order
  std::span<const StoredTensor> tensors() const { return tensors_; }  // in file order

  const StoredTensor* FindTensor(std::string_view name) const;  // null: none
  const GgufValue* Find(std::string_view key) const;            // null: none
  bool Has(std::string_view key) const { return Find(key) != nullptr; }

  // The value of `key`. Errors: NotFound when absent, InvalidArgument when it is of another kind; both name
  // the file and the key. Int takes every integer type whose value fits, Float both float types.
  absl::StatusOr<std::string_view> GetString(std::string_view key) const;
  absl::StatusOr<int64_t> GetInt(std::string_view key) const;
  absl::StatusOr<double> GetFloat(std::string_view key) const;
  absl::StatusOr<bool> GetBool(std::string_view key) const;
  absl::StatusOr<std::vector<std::string_view>> GetStrings(std::string_view key) const;
  absl::StatusOr<std::vector<int64_t>> GetInts(std::string_view key) const;
  absl::StatusOr<std::vector<double>> GetFloats(std::string_view key) const;

  // The same, with a value for an absent key. A key of another kind stays an error.
  absl::StatusOr<std::string_view> GetStringOr(std::string_view key, std::string_view absent) const;
  absl::StatusOr<int64_t> GetIntOr(std::string_view key, int64_t absent) const;
  absl::StatusOr<double> GetFloatOr(std::string_view key, double absent) const;
  absl::StatusOr<bool> GetBoolOr(std::string_view key, bool absent) const;

 private:
  friend class GgufParser;
  GgufFile() = default;

  absl::StatusOr<const GgufValue*> Require(std::string_view key) const;
  absl::Status WrongKind(std::string_view key, const GgufValue& value, std::string_view wanted) const;

  std::string path_;
  MappedFile file_;
  uint32_t version_ = 0;
  std::vector<GgufEntry> metadata_;
  std::vector<StoredTensor> tensors_;
  std::unordered_map<std::string_view, size_t> metadata_index_;
  std::unordered_map<std::string_view, size_t> tensor_index_;
};

// One value for people: strings quoted and cut at `limit` bytes, arrays as "string[49152]: 'a', 'b', ...".
std::string DescribeGgufValue(const GgufValue& value, size_t limit = 60);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_GGUF_H_
