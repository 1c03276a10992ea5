#include "benchmarks/math/program_spec.h"

#include "absl/strings/numbers.h"
#include "base/cat.h"

namespace espalier {
namespace {

constexpr int64_t kMostSamples = 4096;

// Cuts the text before `separator` off `rest`, and the separator.
std::string_view Next(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

}  // namespace

std::string_view ProgramName(std::string_view spec) { return spec.substr(0, spec.find(':')); }

std::string_view ProgramOption(std::string_view spec, std::string_view key, std::string_view default_value) {
  std::string_view rest = spec;
  Next(rest, ':');
  while (!rest.empty()) {
    std::string_view value = Next(rest, ',');
    if (Next(value, '=') == key) return value;
  }
  return default_value;
}

bool DrawsIndependentSamples(std::string_view spec) {
  const std::string_view name = ProgramName(spec);
  return name == "cot" || name == "sc" || name == "bon";
}

bool IsVote(std::string_view spec) { return ProgramName(spec) == "sc"; }

bool IsWeightedVote(std::string_view spec) {
  return IsVote(spec) && ProgramOption(spec, "vote", "majority") == "weighted";
}

int64_t SampleCount(std::string_view spec) {
  const std::string_view name = ProgramName(spec);
  int64_t count = 0;
  const std::string_view given = ProgramOption(spec, "n", name == "sc" || name == "bon" ? "8" : "1");
  return absl::SimpleAtoi(ToAbsl(given), &count) && count >= 1 && count <= kMostSamples ? count : 1;
}

}  // namespace espalier
