#include "engine/gguf.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"

namespace espalier {
namespace {

template <typename T>
T Load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

// Calls use(pointer to element i as stored, i). All elements have `size` bytes.
template <typename Use>
void ForEachScalar(const GgufValue& value, Use use) {
  if (value.count == 0) return;
  const size_t size = value.bytes.size() / static_cast<size_t>(value.count);
  for (int64_t i = 0; i < value.count; ++i) use(value.bytes.data() + static_cast<size_t>(i) * size, i);
}

// The value as int64, or nothing when `type` is no integer or the value does not fit.
std::optional<int64_t> LoadInt(GgufType type, const std::byte* at) {
  switch (type) {
    case GgufType::kUint8:
      return Load<uint8_t>(at);
    case GgufType::kInt8:
      return Load<int8_t>(at);
    case GgufType::kUint16:
      return Load<uint16_t>(at);
    case GgufType::kInt16:
      return Load<int16_t>(at);
    case GgufType::kUint32:
      return Load<uint32_t>(at);
    case GgufType::kInt32:
      return Load<int32_t>(at);
    case GgufType::kInt64:
      return Load<int64_t>(at);
    case GgufType::kUint64: {
      const uint64_t value = Load<uint64_t>(at);
      if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
      return static_cast<int64_t>(value);
    }
    default:
      return std::nullopt;
  }
}

std::optional<double> LoadFloat(GgufType type, const std::byte* at) {
  if (type == GgufType::kFloat32) return Load<float>(at);
  if (type == GgufType::kFloat64) return Load<double>(at);
  return std::nullopt;
}

// Takes the string at the front of `bytes` off. Open has checked the sizes.
std::string_view TakeString(std::span<const std::byte>& bytes) {
  const size_t size = Load<uint64_t>(bytes.data());
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + 8, size);
  bytes = bytes.subspan(8 + size);
  return text;
}

std::string Quote(std::string_view text, size_t limit) {
  if (text.size() <= limit) return Cat("'", OneLine(text, 3 * limit), "'");
  return Cat("'", OneLine(text.substr(0, limit), 3 * limit), "'... (", text.size(), " bytes)");
}

std::string DescribeScalar(GgufType type, const std::byte* at) {
  if (type == GgufType::kBool) return Load<uint8_t>(at) != 0 ? "true" : "false";
  if (type == GgufType::kUint64) return Cat(Load<uint64_t>(at));
  if (const auto value = LoadInt(type, at)) return Cat(*value);
  if (const auto value = LoadFloat(type, at)) return Cat(*value);
  return "?";
}

}  // namespace

std::string_view GgufTypeName(GgufType type) {
  constexpr std::string_view kNames[] = {"uint8", "int8",   "uint16", "int16",  "uint32", "int32",  "float32",
                                         "bool",  "string", "array",  "uint64", "int64",  "float64"};
  const auto index = static_cast<size_t>(type);
  return index < std::size(kNames) ? kNames[index] : "unknown";
}

const StoredTensor* GgufFile::FindTensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

const GgufValue* GgufFile::Find(std::string_view key) const {
  const auto found = metadata_index_.find(key);
  return found == metadata_index_.end() ? nullptr : &metadata_[found->second].value;
}

absl::StatusOr<const GgufValue*> GgufFile::Require(std::string_view key) const {
  const GgufValue* value = Find(key);
  if (value == nullptr) {
    return absl::NotFoundError(
        Cat("'", path_, "': metadata '", key, "' is missing; convert the model again"));
  }
  return value;
}

absl::Status GgufFile::WrongKind(std::string_view key, const GgufValue& value,
                                 std::string_view wanted) const {
  const bool array = value.type == GgufType::kArray;
  return absl::InvalidArgumentError(Cat("'", path_, "': metadata '", key, "' is ", DescribeGgufValue(value),
                                        " (", GgufTypeName(value.element_type), array ? " array" : "",
                                        ") where ", wanted, " belongs; convert the model again"));
}

absl::StatusOr<std::string_view> GgufFile::GetString(std::string_view key) const {
  ESPALIER_ASSIGN_OR_RETURN(const GgufValue* value, Require(key));
  if (value->type != GgufType::kString) return WrongKind(key, *value, "a string");
  std::span<const std::byte> bytes = value->bytes;
  return TakeString(bytes);
}

absl::StatusOr<int64_t> GgufFile::GetInt(std::string_view key) const {
  ESPALIER_ASSIGN_OR_RETURN(const GgufValue* value, Require(key));
  const std::optional<int64_t> number = LoadInt(value->type, value->bytes.data());
  if (!number) return WrongKind(key, *value, "an integer");
  return *number;
}

absl::StatusOr<double> GgufFile::GetFloat(std::string_view key) const {
  ESPALIER_ASSIGN_OR_RETURN(const GgufValue* value, Require(key));
  const std::optional<double> number = LoadFloat(value->type, value->bytes.data());
  if (!number) return WrongKind(key, *value, "a float");
  return *number;
}

absl::StatusOr<bool> GgufFile::GetBool(std::string_view key) const {
  ESPALIER_ASSIGN_OR_RETURN(const GgufValue* value, Require(key));
  if (value->type != GgufType::kBool) return WrongKind(key, *value, "a bool");
  return Load<uint8_t>(value->bytes.data()) != 0;
}

absl::StatusOr<std::vector<std::string_view>> GgufFile::GetStrings(std::string_view key) const {
  ESPALIER_ASSIGN_OR_RETURN(const GgufValue* value, Require(key));
  if (value->type != GgufType::kArray || value->element_type != GgufType::kString) {
    return WrongKind(key, *value, "an array of strings");
  }
  std::vector<std::string_view> texts(static_cast<size_t>(value->count));
  std::span<const std::byte> bytes = value->bytes;
  for (std::string_view& text : texts) text = TakeString(bytes);
  return texts;
}

absl::StatusOr<std::vector<int64_t>> GgufFile::GetInts(std::string_view key) const {
  ESPALIER_ASSIGN_OR_RETURN(const GgufValue* value, Require(key));
  bool integers = value->type == GgufType::kArray && value->element_type != GgufType::kString &&
                  value->element_type != GgufType::kArray;
  std::vector<int64_t> numbers;
  if (integers) {
    ForEachScalar(*value, [&](const std::byte* at, int64_t) {
      const std::optional<int64_t> number = LoadInt(value->element_type, at);
      integers = integers && number.has_value();
      numbers.push_back(number.value_or(0));
    });
  }
  if (!integers) return WrongKind(key, *value, "an array of integers");
  return numbers;
}

absl::StatusOr<std::vector<double>> GgufFile::GetFloats(std::string_view key) const {
  ESPALIER_ASSIGN_OR_RETURN(const GgufValue* value, Require(key));
  if (value->type != GgufType::kArray ||
      (value->element_type != GgufType::kFloat32 && value->element_type != GgufType::kFloat64)) {
    return WrongKind(key, *value, "an array of floats");
  }
  std::vector<double> numbers;
  ForEachScalar(
      *value, [&](const std::byte* at, int64_t) { numbers.push_back(*LoadFloat(value->element_type, at)); });
  return numbers;
}

absl::StatusOr<std::string_view> GgufFile::GetStringOr(std::string_view key, std::string_view absent) const {
  return Has(key) ? GetString(key) : absent;
}

absl::StatusOr<int64_t> GgufFile::GetIntOr(std::string_view key, int64_t absent) const {
  return Has(key) ? GetInt(key) : absent;
}

absl::StatusOr<double> GgufFile::GetFloatOr(std::string_view key, double absent) const {
  return Has(key) ? GetFloat(key) : absent;
}

absl::StatusOr<bool> GgufFile::GetBoolOr(std::string_view key, bool absent) const {
  return Has(key) ? GetBool(key) : absent;
}

std::string DescribeGgufValue(const GgufValue& value, size_t limit) {
  constexpr int64_t kShownElements = 4;
  const bool array = value.type == GgufType::kArray;
  const int64_t shown = value.element_type == GgufType::kArray ? 0 : std::min(value.count, kShownElements);
  std::string text = array ? Cat(GgufTypeName(value.element_type), "[", value.count, "]") : "";
  std::span<const std::byte> bytes = value.bytes;
  for (int64_t i = 0; i < shown; ++i) {
    if (array) text += i == 0 ? ": " : ", ";
    if (value.element_type == GgufType::kString) {
      text += Quote(TakeString(bytes), limit);
    } else {
      text += DescribeScalar(value.element_type, bytes.data());
      bytes = bytes.subspan(value.bytes.size() / static_cast<size_t>(value.count));
    }
  }
  if (shown > 0 && shown < value.count) text += ", ...";
  return text;
}

}  // namespace espalier
