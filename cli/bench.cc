// espalier bench throughput: prefill once, fork, decode.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "benchmarks/machine.h"
#include "benchmarks/throughput.h"
#include "cli/command.h"
#include "cli/profile.h"
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

// sampling_share is 0 without --profile.
nlohmann::json ThroughputJson(const Throughput& row, const ModelInfo& model, double read_bandwidth) {
  return {{"branches", row.branches},
          {"prefill_tps", row.prefill_tps},
          {"decode_tps", row.decode_tps},
          {"scheduling_share", row.scheduling_share},
          {"sampling_share", row.sampling_share},
          {"steps", row.steps},
          {"step_p50", row.step_p50},
          {"step_p99", row.step_p99},
          {"resident_bytes", row.resident_bytes},
          {"kv_bytes", row.kv_bytes},
          {"file_bytes", model.file_bytes},
          {"model_bytes", model.weight_bytes},
          {"load_seconds", model.load_seconds},
          {"read_bandwidth", read_bandwidth}};
}

// Of the machine's reads, what decoding takes up if each step reads every weight once.
double ReadShare(const Throughput& row, const ModelInfo& model, double read_bandwidth) {
  const double steps_per_second = row.decode_tps / static_cast<double>(row.branches);
  return steps_per_second * static_cast<double>(model.weight_bytes) / read_bandwidth;
}

void PrintHeader(const ModelInfo& model, double read_bandwidth) {
  std::cout << absl::StreamFormat(
      "%s: file %s, matrices %s in memory, loaded in %.2f s; this machine reads %.1f GB/s\n", model.name,
      FormatBytes(model.file_bytes), FormatBytes(model.weight_bytes), model.load_seconds,
      read_bandwidth / 1e9);
  std::cout << "branches  prefill tokens/s  decode tokens/s  outside the engine  step ms p50    p99  "
               "of reads    resident          KV\n";
}

void PrintRow(const Throughput& row, const ModelInfo& model, double read_bandwidth) {
  std::cout << absl::StreamFormat("%8d  %16.1f  %15.1f  %17.2f%%  %11.2f  %5.2f  %7.1f%%  %10s  %10s\n",
                                  row.branches, row.prefill_tps, row.decode_tps, 100 * row.scheduling_share,
                                  1000 * row.step_p50, 1000 * row.step_p99,
                                  100 * ReadShare(row, model, read_bandwidth),
                                  FormatBytes(row.resident_bytes), FormatBytes(row.kv_bytes))
            << std::flush;
}

absl::Status RunThroughput(const ThroughputCommandOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(EngineOptions engine_options, MakeEngineOptions(options.common));
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<int64_t> branches, ParseBranches(options.branches));
  const int64_t most = *std::max_element(branches.begin(), branches.end());
  engine_options.max_batch_tokens = static_cast<int32_t>(std::max<int64_t>(512, most));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenEngine(options.common, engine_options));
  const double read_bandwidth = MeasureReadBandwidth(engine_options.threads);
  bool header = !options.common.json;
  for (const int64_t count : branches) {
    ThroughputOptions measure;
    measure.prompt = options.prompt;
    measure.generate = options.generate;
    measure.branches = count;
    measure.seed = options.common.seed;
    measure.cancelled = ShouldStop;
    measure.on_part = [&](const char* part, double seconds) {
      WriteProfile(*engine, {Cat(part, ", branches: ", count), seconds, read_bandwidth}, std::cerr);
    };
    ESPALIER_ASSIGN_OR_RETURN(const Throughput row, MeasureThroughput(*engine, measure));
    if (std::exchange(header, false)) PrintHeader(engine->info(), read_bandwidth);
    if (options.common.json) {
      std::cout << ThroughputJson(row, engine->info(), read_bandwidth).dump() << std::endl;
    } else {
      PrintRow(row, engine->info(), read_bandwidth);
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
  RegisterBenchMath(*bench, commands);
}

}  // namespace espalier
