#include "engine/bounded_json.h"

#include <nlohmann/json.hpp>

#include "base/cat.h"
#include "base/mapped_file.h"
#include "base/status.h"
#include "base/text.h"

namespace espalier {
namespace {

using Json = nlohmann::json;
constexpr int kMaxDepth = 64;

}  // namespace

absl::StatusOr<Json> ParseBoundedJson(std::string_view text, const std::string& path) {
  bool too_deep = false;
  const auto bound = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  try {
    Json json = Json::parse(text, bound);
    if (!too_deep) return json;
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(Cat("'", path, "': not valid JSON (",
                                          ToValidUtf8(std::string_view(error.what()).substr(0, 200)),
                                          "); download it again"));
  }
  return absl::InvalidArgumentError(
      Cat("'", path, "': JSON nested more than ", kMaxDepth, " deep; download it again"));
}

absl::StatusOr<Json> ReadBoundedJson(const std::string& path, int64_t max_bytes) {
  ESPALIER_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  const std::span<const std::byte> bytes = file.bytes();
  if (static_cast<int64_t>(bytes.size()) > max_bytes) {
    return absl::InvalidArgumentError(
        Cat("'", path, "' is larger than ", FormatBytes(max_bytes), "; this is no such file"));
  }
  return ParseBoundedJson({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

}  // namespace espalier
