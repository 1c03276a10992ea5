// Filters, tests, methods, functions and operators that templates may use. Their errors carry no line: the
// evaluator adds it.
#ifndef ESPALIER_ENGINE_JINJA_BUILTINS_H_
#define ESPALIER_ENGINE_JINJA_BUILTINS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/jinja_value.h"

namespace espalier::jinja {

// Bounds against templates that never end or fill the memory.
constexpr int64_t kMaxWeight = int64_t{1} << 24;  // of one value
constexpr int kMaxValueDepth = 100;               // of lists in lists
constexpr int64_t kMaxRange = 100'000;            // Jinja's own bound in its sandbox
constexpr int64_t kMaxPadding = 4096;             // widths of padded and formatted texts

// Counts the work and the memory of one rendering, in steps: an expression, a statement, an item of a list or
// 64 bytes of text each cost one. All that a template makes is charged, so steps bound its memory as well.
class Meter {
 public:
  // Error: InvalidArgument when the steps are used up.
  absl::Status Charge(int64_t steps);
  absl::Status ChargeText(int64_t bytes) { return Charge(1 + bytes / 64); }

 private:
  static constexpr int64_t kMaxSteps = 5'000'000;

  int64_t steps_ = 0;
};

// What a call passes on.
struct Arguments {
  explicit Arguments(Meter& meter) : meter(&meter) {}

  std::vector<Value> positional;
  Dict named;
  Meter* meter;

  // The argument at `index` or of that name; null: not given.
  const Value* Find(size_t index, std::string_view name) const;
  std::string TextOr(size_t index, std::string_view name, std::string_view absent) const;
  bool FlagOr(size_t index, std::string_view name, bool absent) const;
  // Error: InvalidArgument when it is given and no integer.
  absl::StatusOr<int64_t> IntegerOr(size_t index, std::string_view name, int64_t absent) const;
  // Those behind the first `count` positional ones, and all named ones.
  Arguments Behind(size_t count) const;
};

absl::Status Fault(std::string_view message);
absl::Status GrowsTooLong();

bool IsComparison(std::string_view op);

// Whether the template may be parsed: unknown names are errors with the line and the names that are known.
absl::Status CheckFilterName(std::string_view name, int line);
absl::Status CheckTestName(std::string_view name, int line);

// Error for an unknown name too: some filters take the names of others.
absl::StatusOr<Value> ApplyFilter(std::string_view name, const Value& subject, const Arguments& arguments);
absl::StatusOr<bool> ApplyTest(std::string_view name, const Value& subject, const Arguments& arguments);

bool HasMethod(const Value& object, std::string_view name);
absl::StatusOr<Value> CallMethod(const Value& object, std::string_view name, const Arguments& arguments);

// raise_exception, range, namespace, dict, strftime_now. `now` is the local time.
bool IsFunction(std::string_view name);
absl::StatusOr<Value> CallFunction(std::string_view name, const Arguments& arguments,
                                   std::chrono::local_seconds now);

// The items of a list, keys of a dict or characters of a string; none of an undefined value. Charged.
absl::StatusOr<List> Iterate(const Value& value, Meter& meter);
bool IsIterable(const Value& value);

// `op` is arithmetic or "~".
absl::StatusOr<Value> Compute(const Value& left, std::string_view op, const Value& right);
// `op` is a comparison, "in" or "not in".
absl::StatusOr<bool> Compare(const Value& left, std::string_view op, const Value& right);
// object[start:stop:step] of a string or list; bounds may be none.
absl::StatusOr<Value> Slice(const Value& object, const Value& start, const Value& stop, const Value& step);
// object[key]; undefined where there is nothing.
absl::StatusOr<Value> Subscript(const Value& object, const Value& key);
// object.name: a method before a dict's own key, as in Python.
absl::StatusOr<Value> Attribute(const Value& object, std::string_view name);

// text % values: a tuple, a dict or one value.
absl::StatusOr<Value> FormatPercent(std::string_view text, const Value& values);
// text.format(arguments).
absl::StatusOr<Value> FormatBraces(std::string_view text, const Arguments& arguments);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_BUILTINS_H_
