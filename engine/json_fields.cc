#include "engine/json_fields.h"

#include <algorithm>

#include "base/cat.h"
#include "base/mapped_file.h"
#include "base/status.h"
#include "base/text.h"

namespace espalier {
namespace {

constexpr int kMaxDepth = 64;
constexpr int64_t kMaxValues = 4'000'000;

// Counts levels and values without building any, so that a hostile text cannot make the parser build too
// many. What is no JSON passes or fails: the parser sees to it.
absl::Status CheckShape(std::string_view text) {
  int depth = 0;
  int64_t values = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
    }
    depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    values += c == ',' || c == '[' || c == '{' ? 1 : 0;
    if (depth > kMaxDepth)
      return absl::InvalidArgumentError(Cat("JSON nested deeper than ", kMaxDepth, " levels"));
    if (values > kMaxValues)
      return absl::InvalidArgumentError(Cat("JSON of more than ", kMaxValues, " values"));
  }
  return absl::OkStatus();
}

absl::Status WrongKind(std::string_view key, std::string_view wanted, const Json& value) {
  std::string shown = value.is_structured() ? std::string(value.type_name())
                                            : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (shown.size() > 60) shown = shown.substr(0, 60) + "...";
  return absl::InvalidArgumentError(Cat("'", key, "' is no ", wanted, " but ", shown));
}

}  // namespace

absl::StatusOr<Json> ParseJson(std::string_view text, std::string_view name) {
  const absl::Status shape = CheckShape(text);
  if (!shape.ok())
    return absl::InvalidArgumentError(Cat(name, ": ", ToStd(shape.message()), "; download the file again"));
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    return absl::InvalidArgumentError(Cat(name, " is not valid JSON; download the file again"));
  }
  return value;
}

absl::StatusOr<Json> ReadJsonFile(const std::string& path, int64_t max_bytes) {
  ESPALIER_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  const std::span<const std::byte> bytes = file.bytes();
  if (static_cast<int64_t>(bytes.size()) > max_bytes) {
    return absl::InvalidArgumentError(
        Cat("'", path, "' is larger than ", FormatBytes(max_bytes), "; download the file again"));
  }
  return ParseJson({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, Cat("'", path, "'"));
}

const Json& Field(const Json& value, std::string_view key) {
  static const Json& null = *new Json();
  if (!value.is_object()) return null;
  const auto it = value.find(std::string(key));
  return it == value.end() ? null : *it;
}

absl::StatusOr<bool> GetBool(const Json& object, std::string_view key, bool absent) {
  const Json& value = Field(object, key);
  if (value.is_null()) return absent;
  if (!value.is_boolean()) return WrongKind(key, "true or false", value);
  return value.get<bool>();
}

absl::StatusOr<std::string_view> GetString(const Json& object, std::string_view key,
                                           std::string_view absent) {
  const Json& value = Field(object, key);
  if (value.is_null()) return absent;
  if (!value.is_string()) return WrongKind(key, "text", value);
  return std::string_view(value.get_ref<const std::string&>());
}

absl::StatusOr<int64_t> GetInt(const Json& object, std::string_view key, int64_t limit, int64_t absent) {
  const Json& value = Field(object, key);
  if (value.is_null()) return absent;
  const Json::number_integer_t* signed_number = value.get_ptr<const Json::number_integer_t*>();
  const bool in_range = value.is_number_unsigned()
                            ? value.get<uint64_t>() < static_cast<uint64_t>(limit)
                            : signed_number != nullptr && *signed_number >= 0 && *signed_number < limit;
  if (!in_range) return WrongKind(key, Cat("whole number from 0 to ", limit - 1), value);
  return value.get<int64_t>();
}

}  // namespace espalier
