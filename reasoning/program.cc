#include "reasoning/program.h"

#include <limits>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "base/check.h"
#include "base/text.h"
#include "reasoning/programs/programs.h"

namespace espalier {
namespace {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<KeyValues> ParseOptions(std::string_view name, std::string_view text) {
  KeyValues options;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(text), ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> option = absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (option.first.empty() || part.find('=') == absl::string_view::npos) {
      return absl::InvalidArgumentError(
          Cat("program '", name, "': '", part, "' is not key=value; write ", name, ":key=value,key=value"));
    }
    for (const auto& [key, value] : options) {
      if (key == option.first) {
        return absl::InvalidArgumentError(Cat("program '", name, "': option ", key, " is given twice"));
      }
    }
    options.push_back(option);
  }
  return options;
}

GenerationOptions ReadGeneration(const GenerationOptions& defaults, ProgramOptions& options) {
  GenerationOptions generation = defaults;
  Sampling& sampling = generation.sampling;
  sampling.temperature = options.Number("temperature", sampling.temperature, 0, 100, "0 is greedy");
  sampling.top_p = options.Number("top_p", sampling.top_p, 1e-6, 1, "nucleus; 1 is off");
  sampling.top_k = options.Integer("top_k", sampling.top_k, 0, 1'000'000, "0 is off");
  sampling.min_p = options.Number("min_p", sampling.min_p, 0, 0.999, "0 is off");
  generation.max_tokens =
      options.Integer("max_tokens", generation.max_tokens, 1, 10'000'000, "generated tokens of one branch");
  const std::string stop = options.Text("stop", "", "a text that ends a branch");
  if (!stop.empty()) generation.stop.push_back(stop);
  generation.reward = options.Text("reward", generation.reward, "the scorer; default: that of --reward");
  return generation;
}

}  // namespace

ProgramRegistry::ProgramRegistry() {
  RegisterCot(*this);
  RegisterSelfConsistency(*this);
  RegisterBestOfN(*this);
}

void ProgramRegistry::Register(ProgramDescription description, ProgramFactory factory) {
  for (const Entry& entry : entries_) {
    ESPALIER_CHECK(entry.description.name != description.name, "program ", description.name,
                   " registered twice");
  }
  entries_.push_back({std::move(description), std::move(factory)});
}

absl::StatusOr<Program> ProgramRegistry::Make(std::string_view spec) const {
  const size_t colon = spec.find(':');
  const std::string_view name = spec.substr(0, colon);
  const std::string_view text = colon == std::string_view::npos ? "" : spec.substr(colon + 1);
  for (const Entry& entry : entries_) {
    if (entry.description.name != name) continue;
    absl::StatusOr<KeyValues> given = ParseOptions(name, text);
    if (!given.ok()) return given.status();
    Program program;
    program.spec = spec;
    program.name = name;
    program.options = *std::move(given);
    ProgramOptions options(program.options);
    program.generation = ReadGeneration(entry.description.defaults, options);
    program.body = entry.factory(options);
    if (const absl::Status status = options.Finish(); !status.ok()) {
      return absl::InvalidArgumentError(Cat("program '", name, "': ", ToStd(status.message())));
    }
    return program;
  }
  const std::vector<std::string> names = Names();
  return absl::InvalidArgumentError(Cat("unknown program '", name, "'", DidYouMean(name, names),
                                        ": there are ", absl::StrJoin(names, ", ")));
}

std::vector<std::string> ProgramRegistry::Names() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.description.name);
  return names;
}

std::string ProgramRegistry::Help() const {
  std::string help;
  for (const Entry& entry : entries_) {
    help += Cat("  ", entry.description.name, "  ", entry.description.summary, "\n");
    ProgramOptions options({});
    entry.factory(options);
    ReadGeneration(entry.description.defaults, options);
    for (const ProgramOptions::Known& known : options.known()) {
      help += Cat("      ", known.key, "=", known.default_value, "  ", known.help, "\n");
    }
  }
  return help;
}

}  // namespace espalier
