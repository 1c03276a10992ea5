// The lines of results.jsonl and timings.jsonl.
#ifndef ESPALIER_BENCHMARKS_MATH_RECORD_JSON_H_
#define ESPALIER_BENCHMARKS_MATH_RECORD_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "benchmarks/math/record.h"

namespace espalier {

// What the machine and the other work decide: a line of timings.jsonl, without its record.
struct MathTiming {
  std::string problem;
  std::string program;
  MathCost cost;          // without what results.jsonl has
  double at_seconds = 0;  // since its session began; 0 in a finished file

  MathTiming() {}
};

// One run of the command: a line of timings.jsonl before the timings of its records.
struct MathSession {
  std::string machine;
  double wall_seconds = 0;  // 0 while it lasts: then its last timing tells

  MathSession() {}
};

// One line each, with its end. Doubles are written so that reading gives the same bits, texts as valid UTF-8.
std::string SettingsLine(const MathSettings& settings);
std::string ResultLine(const MathRecord& record);
std::string SessionLine(const MathSession& session);
std::string TimingLine(const MathRecord& record, double at_seconds);

// Without line ends. Fields that are absent or null keep their defaults, unknown ones are passed over.
// InvalidArgument: not an object of that kind, or a field of another type.
absl::StatusOr<MathSettings> ParseSettingsLine(std::string_view line);
absl::StatusOr<MathRecord> ParseResultLine(std::string_view line);
bool IsSessionLine(std::string_view line);
absl::StatusOr<MathSession> ParseSessionLine(std::string_view line);
absl::StatusOr<MathTiming> ParseTimingLine(std::string_view line);

// Takes from `timing` what results.jsonl does not have.
void AddTiming(const MathCost& timing, MathCost& cost);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_RECORD_JSON_H_
