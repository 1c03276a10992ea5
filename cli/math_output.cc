#include "cli/math_output.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/text.h"
#include "benchmarks/math/math_bench.h"
#include "reasoning/prompt_format.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

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

void WriteMathJson(const MathRun& run, std::span<const MathSummary> summaries, std::ostream& out) {
  for (const MathSummary& summary : summaries) out << MathSummaryJson(summary) << "\n";
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
