// JSON from files that nobody vouches for.
#ifndef ESPALIER_ENGINE_BOUNDED_JSON_H_
#define ESPALIER_ENGINE_BOUNDED_JSON_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace espalier {

// Parses `text`, in which arrays and objects nest at most 64 deep. Error: InvalidArgument, one line that
// names `path` and the place.
absl::StatusOr<nlohmann::json> ParseBoundedJson(std::string_view text, const std::string& path);

// The same of the file at `path`. Errors also: NotFound, InvalidArgument when it is larger than `max_bytes`.
absl::StatusOr<nlohmann::json> ReadBoundedJson(const std::string& path, int64_t max_bytes);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_BOUNDED_JSON_H_
