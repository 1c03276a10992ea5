// JSON from strangers.
#ifndef ESPALIER_MODELS_BOUNDED_JSON_H_
#define ESPALIER_MODELS_BOUNDED_JSON_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace espalier {

// Reads text that nests at most 32 deep and holds at most two million values: what it needs in memory is then
// a small multiple of the text, which the caller bounds. Error: InvalidArgument that begins with `what`.
absl::StatusOr<nlohmann::json> ParseBoundedJson(std::string_view text, std::string_view what);

// The member's value if `object` is an object that has it with this type; otherwise "" and -1.
std::string StringMember(const nlohmann::json& object, const char* name);
int64_t IntegerMember(const nlohmann::json& object, const char* name);

}  // namespace espalier

#endif  // ESPALIER_MODELS_BOUNDED_JSON_H_
