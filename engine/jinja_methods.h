// The methods of strings, a table for CallMethod.
#ifndef ESPALIER_ENGINE_JINJA_METHODS_H_
#define ESPALIER_ENGINE_JINJA_METHODS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/jinja_builtins.h"

namespace espalier::jinja {

struct StringMethod {
  std::string_view name;
  absl::StatusOr<Value> (*call)(const std::string& text, const Arguments& arguments);
};

// Null: there is none of that name.
const StringMethod* FindStringMethod(std::string_view name);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_METHODS_H_
