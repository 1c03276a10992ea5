#include "engine/jinja_builtins.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/text.h"
#include "engine/jinja_lexer.h"
#include "engine/jinja_tables.h"

namespace espalier::jinja {
namespace {

template <typename Entry>
using Table = absl::flat_hash_map<std::string_view, const Entry*>;

const Table<Filter>& FilterTable() {
  static const auto& table = *[] {
    auto* filters = new Table<Filter>;
    for (const std::span<const Filter> part : {TextFilters(), SequenceFilters(), ItemFilters()}) {
      for (const Filter& filter : part) filters->emplace(filter.name, &filter);
    }
    return filters;
  }();
  return table;
}

const Table<Test>& TestTable() {
  static const auto& table = *[] {
    auto* tests = new Table<Test>;
    for (const Test& test : Tests()) tests->emplace(test.name, &test);
    return tests;
  }();
  return table;
}

// Error: the name is not in the table, with those that are.
template <typename Map>
absl::Status CheckName(const Map& known, std::string_view what, std::string_view name) {
  if (known.contains(name)) return absl::OkStatus();
  std::vector<std::string> names;
  for (const auto& entry : known) names.emplace_back(entry.first);
  std::sort(names.begin(), names.end());
  const std::string_view shown = name.substr(0, 100);
  return Fault(Cat(what, " '", shown, "' is not supported", DidYouMean(shown, names), "; known are ",
                   absl::StrJoin(names, ", ")));
}

absl::Status AtLine(int line, const absl::Status& status) {
  return status.ok() ? status : TemplateError(line, ToStd(status.message()));
}

}  // namespace

absl::Status Meter::Charge(int64_t steps) {
  steps_ += steps;
  return steps_ <= kMaxSteps ? absl::OkStatus()
                             : Fault("the template takes too many steps; does a loop grow without end?");
}

const Value* Arguments::Find(size_t index, std::string_view name) const {
  return index < positional.size() ? &positional[index] : named.Find(name);
}

std::string Arguments::TextOr(size_t index, std::string_view name, std::string_view absent) const {
  const Value* value = Find(index, name);
  return value != nullptr ? value->Print() : std::string(absent);
}

bool Arguments::FlagOr(size_t index, std::string_view name, bool absent) const {
  const Value* value = Find(index, name);
  return value != nullptr ? value->Truthy() : absent;
}

absl::StatusOr<int64_t> Arguments::IntegerOr(size_t index, std::string_view name, int64_t absent) const {
  const Value* value = Find(index, name);
  if (value == nullptr) return absent;
  if (value->is_integral()) return value->integer();
  return Fault(Cat("'", name, "' must be an integer, not ", value->Kind()));
}

Arguments Arguments::Behind(size_t count) const {
  Arguments rest(*meter);
  rest.named = named;
  if (count < positional.size()) rest.positional.assign(positional.begin() + count, positional.end());
  return rest;
}

absl::Status Fault(std::string_view message) { return absl::InvalidArgumentError(Cat(message)); }

absl::Status GrowsTooLong() { return Fault("a text grows too long"); }

absl::Status CheckFilterName(std::string_view name, int line) {
  return AtLine(line, CheckName(FilterTable(), "filter", name));
}

absl::Status CheckTestName(std::string_view name, int line) {
  return AtLine(line, CheckName(TestTable(), "test", name));
}

absl::StatusOr<Value> ApplyFilter(std::string_view name, const Value& subject, const Arguments& arguments) {
  if (absl::Status known = CheckName(FilterTable(), "filter", name); !known.ok()) return known;
  return FilterTable().at(name)->apply(subject, arguments);
}

absl::StatusOr<bool> ApplyTest(std::string_view name, const Value& subject, const Arguments& arguments) {
  if (absl::Status known = CheckName(TestTable(), "test", name); !known.ok()) return known;
  return TestTable().at(name)->apply(subject, arguments);
}

}  // namespace espalier::jinja
