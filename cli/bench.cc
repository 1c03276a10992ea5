// espalier bench throughput: prefill once, fork, decode.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "base/status.h"
#include "benchmarks/throughput.h"
#include "cli/command.h"
#include "cli/usage.h"

namespace espalier {
namespace {

constexpr int64_t kMostTokens = 10'000'000;  // beyond every model's context

struct ThroughputCommandOptions {
  CommonOptions common;
  int64_t prompt = 128;
  int64_t generate = 32;
  std::string branches = "1,4,8,16,32,64";

  ThroughputCommandOptions() {}
};

absl::StatusOr<std::vector<int64_t>> ParseBranches(const std::string& text) {
  std::vector<int64_t> list;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ','))) {
    int64_t branches = 0;
    if (!absl::SimpleAtoi(part, &branches) || branches < 1 || branches > 65536) {
      return absl::InvalidArgumentError(
          Cat("--branches: '", part, "' is not a number from 1 to 65536; write for example 1,8,32"));
    }
    list.push_back(branches);
  }
  return list;
}

absl::Status RunThroughput(const ThroughputCommandOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(EngineOptions engine_options, MakeEngineOptions(options.common));
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<int64_t> branches, ParseBranches(options.branches));
  const int64_t most = *std::max_element(branches.begin(), branches.end());
  engine_options.max_batch_tokens = static_cast<int32_t>(std::max<int64_t>(512, most));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenEngine(options.common, engine_options));
  bool header = !options.common.json;
  for (const int64_t count : branches) {
    ThroughputOptions measure;
    measure.prompt = options.prompt;
    measure.generate = options.generate;
    measure.branches = count;
    measure.seed = options.common.seed;
    measure.cancelled = ShouldStop;
    ESPALIER_ASSIGN_OR_RETURN(const Throughput row, MeasureThroughput(*engine, measure));
    if (std::exchange(header, false)) {
      std::cout << "branches  prefill tokens/s  decode tokens/s  outside the engine\n";
    }
    if (options.common.json) {
      std::cout << nlohmann::json({{"branches", row.branches},
                                   {"prefill_tps", row.prefill_tps},
                                   {"decode_tps", row.decode_tps},
                                   {"scheduling_share", row.scheduling_share}})
                       .dump()
                << std::endl;
    } else {
      std::cout << absl::StreamFormat("%8d  %16.1f  %15.1f  %17.2f%%\n", row.branches, row.prefill_tps,
                                      row.decode_tps, 100 * row.scheduling_share)
                << std::flush;
    }
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterBench(CLI::App& app, Commands& commands) {
  CLI::App* bench = app.add_subcommand("bench", "measurements");
  bench->require_subcommand(1);
  auto options = std::make_shared<ThroughputCommandOptions>();
  CLI::App* command = AddCommand(*bench, "throughput", "prefill one prompt, fork it, decode all branches",
                                 options->common, true);
  command->add_option("--prompt", options->prompt, "tokens of the shared prompt")
      ->capture_default_str()
      ->check(WholeNumber(1, kMostTokens));
  command->add_option("--generate", options->generate, "tokens of each branch")
      ->capture_default_str()
      ->check(WholeNumber(1, kMostTokens));
  command->add_option("--branches", options->branches, "one row for each of these")->capture_default_str();
  commands.push_back({command, [options] { return RunThroughput(*options); }});
}

}  // namespace espalier
