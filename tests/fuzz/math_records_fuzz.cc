// Any bytes as lines of results.jsonl and timings.jsonl. What is read and written again stays the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "base/check.h"
#include "benchmarks/math/record_json.h"
#include "tests/fuzz/fuzz.h"

namespace espalier {
namespace {

constexpr std::string_view kRecord =
    R"({"program":"sc:n=8","problem":"7","level":"5","gold":"\\frac{1}{2}","correct":true,"certainty":0.1,)"
    R"("prefill_tokens":3,"flops":1e300,"samples":[{"path":"0.1","tokens":2,"mean_logprob":-0.5,"text":"a\n"}]})";
constexpr std::string_view kSettings =
    R"({"settings":{"model":"m","seed":18446744073709551615,"programs":["a"]}})";
constexpr std::string_view kSession = R"({"session":{"machine":"m","wall_seconds":0.5}})";
constexpr std::string_view kTiming = R"({"program":"a","problem":"1","at_seconds":1.5,"seconds":0.25})";

std::string_view WithoutEnd(std::string_view line) { return line.substr(0, line.size() - 1); }

void CheckResult(std::string_view line) {
  const auto record = ParseResultLine(line);
  CheckMessage(record.status());
  if (!record.ok()) return;
  const std::string written = ResultLine(*record);
  const auto again = ParseResultLine(WithoutEnd(written));
  ESPALIER_CHECK(again.ok() && ResultLine(*again) == written, written);
}

void CheckOthers(std::string_view line) {
  const auto settings = ParseSettingsLine(line);
  CheckMessage(settings.status());
  if (settings.ok()) {
    const std::string written = SettingsLine(*settings);
    const auto again = ParseSettingsLine(WithoutEnd(written));
    ESPALIER_CHECK(again.ok() && SettingsLine(*again) == written, written);
  }
  CheckMessage(ParseTimingLine(line).status());
  if (IsSessionLine(line)) CheckMessage(ParseSessionLine(line).status());
}

}  // namespace

std::vector<std::string> GeneratedSeeds() {
  return {std::string(kRecord), std::string(kSettings), Cat(kSession, "\n", kTiming)};
}

std::vector<std::string> FuzzWords() {
  return {"\"samples\"", "\"settings\"", "\"program\"", "\"problem\"", "\"programs\"", "\"tokens\"",
          "null",        "-1",           "1e999",       "\\u0000",     "\xff",         "[[[["};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    espalier::CheckResult(line);
    espalier::CheckOthers(line);
  }
  return 0;
}
