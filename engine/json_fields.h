// JSON files that nobody vouches for: bounded parsing, and reading fields without exceptions.
#ifndef ESPALIER_ENGINE_JSON_FIELDS_H_
#define ESPALIER_ENGINE_JSON_FIELDS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace espalier {

using Json = nlohmann::json;

// The value that `text` spells. Error: InvalidArgument, naming `name`, for what is no JSON, nests deeper than
// 64 levels or has more than 4 million values.
absl::StatusOr<Json> ParseJson(std::string_view text, std::string_view name);

// The same of the file at `path`, which messages name. Errors also: NotFound, InvalidArgument for a file of
// more than `max_bytes`.
absl::StatusOr<Json> ReadJsonFile(const std::string& path, int64_t max_bytes);

// The field of an object; null when `value` is no object or lacks it.
const Json& Field(const Json& value, std::string_view key);

// `absent` where the field is missing or null. Error: InvalidArgument, naming the key, for another kind of
// value.
absl::StatusOr<bool> GetBool(const Json& object, std::string_view key, bool absent);
absl::StatusOr<std::string_view> GetString(const Json& object, std::string_view key, std::string_view absent);
// Also for a number outside [0, limit).
absl::StatusOr<int64_t> GetInt(const Json& object, std::string_view key, int64_t limit, int64_t absent);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_JSON_FIELDS_H_
