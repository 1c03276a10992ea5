// Filters, tests, methods and functions that templates may use. Their errors carry no line: the evaluator
// adds it.
#ifndef ESPALIER_ENGINE_JINJA_BUILTINS_H_
#define ESPALIER_ENGINE_JINJA_BUILTINS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/jinja_value.h"

namespace espalier::jinja {

// Bounds against templates that never end or fill the memory.
constexpr int64_t kMaxWeight = int64_t{1} << 24;  // of one value
constexpr int64_t kMaxRange = 100'000;            // Jinja's own bound in its sandbox

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;

  // The argument at `index` or of that name; null: not given.
  const Value* Find(size_t index, std::string_view name) const;
};

bool IsComparison(std::string_view op);

// Whether the template may be parsed: unknown names are errors with the line and the names that are known.
absl::Status CheckFilterName(std::string_view name, int line);
absl::Status CheckTestName(std::string_view name, int line);

absl::StatusOr<Value> ApplyFilter(std::string_view name, const Value& subject, const Arguments& arguments);
absl::StatusOr<bool> ApplyTest(std::string_view name, const Value& subject, const Arguments& arguments);
absl::StatusOr<Value> CallMethod(const Value& object, std::string_view name, const Arguments& arguments);
// raise_exception, range, namespace, dict. NotFound for other names.
absl::StatusOr<Value> CallFunction(std::string_view name, const Arguments& arguments);

// The items of a list, keys of a dict or characters of a string; none of an undefined value.
absl::StatusOr<List> Iterate(const Value& value);

// `op` is arithmetic or "~".
absl::StatusOr<Value> Compute(const Value& left, std::string_view op, const Value& right);
// `op` is a comparison, "in" or "not in".
absl::StatusOr<bool> Compare(const Value& left, std::string_view op, const Value& right);
// object[start:stop:step] of a string or list; bounds may be none.
absl::StatusOr<Value> Slice(const Value& object, const Value& start, const Value& stop, const Value& step);
// object[key]; undefined where there is nothing.
absl::StatusOr<Value> Subscript(const Value& object, const Value& key);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_BUILTINS_H_
