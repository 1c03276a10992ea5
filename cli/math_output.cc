#include "cli/math_output.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/text.h"
#include "benchmarks/math/math_bench.h"
#include "reasoning/prompt_format.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

// Sums over the records of one program.
struct ProgramSums {
  std::string program;
  int64_t problems = 0;
  int64_t with_gold = 0;
  int64_t correct = 0;
  int64_t failed = 0;
  TokenCounts tokens;
  double flops = 0;
  double scorer_flops = 0;
  double seconds = 0;

  double accuracy() const {
    return with_gold == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(with_gold);
  }
  double seconds_each() const { return problems == 0 ? 0 : seconds / static_cast<double>(problems); }
};

ProgramSums Sum(const MathRun& run, const std::string& program) {
  ProgramSums sums;
  sums.program = program;
  for (const MathRecord& record : run.records) {
    if (record.program != program) continue;
    ++sums.problems;
    if (!record.gold.empty()) ++sums.with_gold;
    if (record.correct) ++sums.correct;
    if (!record.error.empty()) ++sums.failed;
    sums.tokens.prefill += record.cost.tokens.prefill;
    sums.tokens.expansion += record.cost.tokens.expansion;
    sums.tokens.aggregation += record.cost.tokens.aggregation;
    sums.flops += record.cost.flops;
    sums.scorer_flops += record.cost.scorer_flops;
    sums.seconds += record.cost.seconds;
  }
  return sums;
}

Json PromptJson(const std::string& name) {
  Json prompt = {{"format", ToValidUtf8(name)}};
  const auto format = FindPromptFormat(name);
  if (!format.ok()) return prompt;
  prompt["chat"] = format->chat;
  prompt["system"] = format->system;
  prompt["user"] = format->user;
  prompt["stop"] = format->stop;
  prompt["step_delimiter"] = format->step_delimiter;
  return prompt;
}

}  // namespace

void WriteMathTable(const MathRun& run, std::ostream& out) {
  const MathSettings& settings = run.settings;
  out << absl::StreamFormat("model %s, dataset %s (%d problems), prompt format %s, reward %s, seed %d\n\n",
                            ToValidUtf8(settings.model), ToValidUtf8(settings.dataset), settings.limit,
                            ToValidUtf8(settings.prompt_format), ToValidUtf8(settings.reward), settings.seed)
      << absl::StreamFormat("%-28s %12s %9s %10s %11s %12s %9s %9s %8s\n", "program", "correct", "accuracy",
                            "prefill", "expansion", "aggregation", "TFLOP", "+scorer", "s each");
  for (const std::string& program : settings.programs) {
    const ProgramSums sums = Sum(run, program);
    out << absl::StreamFormat("%-28s %12s %7.1f %% %10d %11d %12d %9.3f %9.3f %8.2f\n", ToValidUtf8(program),
                              Cat(sums.correct, " of ", sums.with_gold), 100 * sums.accuracy(),
                              sums.tokens.prefill, sums.tokens.expansion, sums.tokens.aggregation,
                              sums.flops / 1e12, sums.scorer_flops / 1e12, sums.seconds_each());
  }
}

void WriteMathJson(const MathRun& run, std::ostream& out) {
  for (const std::string& program : run.settings.programs) {
    const ProgramSums sums = Sum(run, program);
    const Json line = {{"program", ToValidUtf8(program)},
                       {"problems", sums.problems},
                       {"with_gold", sums.with_gold},
                       {"correct", sums.correct},
                       {"failed", sums.failed},
                       {"accuracy", sums.accuracy()},
                       {"tokens",
                        {{"prefill", sums.tokens.prefill},
                         {"expansion", sums.tokens.expansion},
                         {"aggregation", sums.tokens.aggregation}}},
                       {"flops", sums.flops},
                       {"scorer_flops", sums.scorer_flops},
                       {"seconds_each", sums.seconds_each()}};
    out << line.dump() << "\n";
  }
  const MathSettings& settings = run.settings;
  const Json summary = {{"model", ToValidUtf8(settings.model)},
                        {"dataset", ToValidUtf8(settings.dataset)},
                        {"problems", settings.limit},
                        {"programs", settings.programs.size()},
                        {"missing", MissingRecords(run)},
                        {"prompt", PromptJson(settings.prompt_format)},
                        {"reward", ToValidUtf8(settings.reward)},
                        {"kv_type", settings.kv_type},
                        {"seed", settings.seed},
                        {"machine", ToValidUtf8(settings.machine)},
                        {"seconds", run.wall_seconds}};
  out << Json({{"summary", summary}}).dump() << std::endl;
}

}  // namespace espalier
