// What the subcommands share: options, model loading, progress, Ctrl-C, errors.
#ifndef ESPALIER_CLI_COMMAND_H_
#define ESPALIER_CLI_COMMAND_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/engine.h"

namespace espalier {

// The options that every subcommand takes, whether it needs them or not.
struct CommonOptions {
  int64_t threads = 0;  // 0: all processors
  std::string device = "cpu";
  uint64_t seed = 0;
  std::string kv_memory = "1G";
  std::string kv_type = "f16";
  bool quiet = false;
  bool profile = false;
  bool json = false;
  bool offline = false;
  std::string model;

  CommonOptions() {}
};

// One subcommand: CLI11 has parsed its options when `run` is called. `exit_code` is of a run without error; 0
// where there is none.
struct Command {
  CLI::App* app;
  std::function<absl::Status()> run;
  std::function<int()> exit_code = nullptr;
};

using Commands = std::vector<Command>;

// Adds the subcommand and the common options. `with_model`: also --model, required, and what loading needs.
CLI::App* AddCommand(CLI::App& app, const std::string& name, const std::string& description,
                     CommonOptions& common, bool with_model);

// InvalidArgument for --device, --threads, --kv-memory, --kv-type out of range.
absl::StatusOr<EngineOptions> MakeEngineOptions(const CommonOptions& common);

// Finds or pulls the model and loads it; progress on stderr unless --quiet.
absl::StatusOr<std::unique_ptr<Engine>> OpenEngine(const CommonOptions& common, const EngineOptions& options);
absl::StatusOr<std::string> FindModelFile(const CommonOptions& common);

// An empty file is an empty text.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

// From the first Ctrl-C or SIGTERM on; a second one kills the process as usual.
void CatchInterrupts();
bool Interrupted();
int InterruptingSignal();  // 0: none yet

// Whether to end early: interrupted, or stdout takes no more (`| head`, a full disk).
bool ShouldStop();
// Whether whoever read stdout has closed it.
bool ReaderIsGone();

// A line on stderr that is rewritten in place on a terminal; elsewhere a line every ten seconds. Shows
// nothing during the first two seconds, nor with --quiet.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;

  // `text` is called only when it is time to show something.
  void Update(const std::function<std::string()>& text);
  // Takes the line away, so that other output can follow.
  void Clear();

 private:
  bool quiet_;
  bool terminal_;
  double started_;
  double shown_;
  bool open_ = false;
};

// "1 min 20 s", "45 s".
std::string FormatDuration(double seconds);

void RegisterSolve(CLI::App& app, Commands& commands);
void RegisterBench(CLI::App& app, Commands& commands);
void RegisterBenchMath(CLI::App& bench, Commands& commands);
void RegisterModelCommands(CLI::App& app, Commands& commands);  // models, pull, inspect, tokenize
void RegisterNumerics(CLI::App& app, Commands& commands);       // logits, perplexity
void RegisterGrade(CLI::App& app, Commands& commands);

}  // namespace espalier

#endif  // ESPALIER_CLI_COMMAND_H_
