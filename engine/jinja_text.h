// Python's ways of writing values, byte for byte.
#ifndef ESPALIER_ENGINE_JINJA_TEXT_H_
#define ESPALIER_ENGINE_JINJA_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/jinja_value.h"

namespace espalier::jinja {

// The shortest text that reads back as `value`, as Python writes it.
std::string PrintFloat(double value);

// Appends repr(text). Of the characters outside ASCII that Python escapes as not printable, the common ones
// are.
void AppendPythonString(std::string_view text, std::string& result);

// The arguments of json.dumps.
struct JsonStyle {
  std::optional<std::string> indent = {};  // of one level; none: all on one line
  std::string item_separator = ", ";
  std::string key_separator = ": ";
  bool ensure_ascii = false;
  bool sort_keys = false;
};

// json.dumps(value). Error: InvalidArgument for what JSON cannot hold and for a text of more than kMaxWeight
// bytes.
absl::StatusOr<std::string> ToJson(const Value& value, const JsonStyle& style);

// Reads JSON: objects keep their order, integers beyond 64 bits become floats. `what` names the text in
// errors (InvalidArgument): no JSON, or nested too deep.
absl::StatusOr<Value> ParseJson(std::string_view text, std::string_view what);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_TEXT_H_
