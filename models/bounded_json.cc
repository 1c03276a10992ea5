#include "models/bounded_json.h"

#include "base/cat.h"

namespace espalier {
namespace {

constexpr int kMaxDepth = 32;
constexpr int64_t kMaxValues = 2'000'000;

// Counts brackets and separators outside strings; whether the text is JSON is for the parser to say.
bool IsBounded(std::string_view text) {
  int64_t values = 1;
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
      continue;
    }
    in_string = c == '"';
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c == '[' || c == '{' || c == ',') ++values;
    if (depth > kMaxDepth || values > kMaxValues) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<nlohmann::json> ParseBoundedJson(std::string_view text, std::string_view what) {
  if (!IsBounded(text))
    return absl::InvalidArgumentError(Cat(what, " is JSON of unreasonable size or depth"));
  nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return absl::InvalidArgumentError(Cat(what, " is not JSON"));
  return json;
}

std::string StringMember(const nlohmann::json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

int64_t IntegerMember(const nlohmann::json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_number_integer()) return -1;
  if (member->is_number_unsigned() && member->get<uint64_t>() > uint64_t{INT64_MAX}) return -1;
  return member->get<int64_t>();
}

}  // namespace espalier
