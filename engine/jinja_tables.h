// The tables behind ApplyFilter and ApplyTest, one a file by concern.
#ifndef ESPALIER_ENGINE_JINJA_TABLES_H_
#define ESPALIER_ENGINE_JINJA_TABLES_H_

#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/jinja_builtins.h"

namespace espalier::jinja {

struct Filter {
  std::string_view name;
  absl::StatusOr<Value> (*apply)(const Value& subject, const Arguments& arguments);
};

struct Test {
  std::string_view name;
  absl::StatusOr<bool> (*apply)(const Value& subject, const Arguments& arguments);
};

std::span<const Filter> TextFilters();      // strings and numbers
std::span<const Filter> SequenceFilters();  // lists and dicts
std::span<const Filter> ItemFilters();      // those that look into each item: map, select, sort, ...
std::span<const Test> Tests();

// Reads item.a.0.b; null where `path` is absent: the item itself.
absl::StatusOr<Value> ReadPath(const Value& item, const Value* path);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_TABLES_H_
