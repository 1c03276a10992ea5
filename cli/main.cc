// The `espalier` command. Results go to stdout; progress, logs and errors to stderr.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <new>

#include "base/cat.h"
#include "cli/command.h"
#include "cli/usage.h"

namespace espalier {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kSignal = 128;  // what shells add to a signal's number
constexpr int kReaderGone = kSignal + SIGPIPE;

// Whether all results were taken; main's last deed.
int FinishOutput() {
  std::cout.flush();
  if (std::cout.good()) return 0;
  if (ReaderIsGone()) return kReaderGone;
  PrintError("the results could not be written to stdout: check the space on its disk");
  return kFailed;
}

int RunCommand(const Commands& commands) {
  for (const Command& command : commands) {
    if (!command.app->parsed()) continue;
    const absl::Status status = command.run();
    if (const int code = FinishOutput(); code != 0) return code;
    if (status.ok()) return command.exit_code ? command.exit_code() : 0;
    PrintError(ToStd(status.message()));
    if (Interrupted()) return kSignal + InterruptingSignal();
    return absl::IsInvalidArgument(status) ? kUsage : kFailed;
  }
  return kUsage;
}

int Main(int argc, char** argv) {
  CatchInterrupts();
  CLI::App app("Espalier: a reasoning-aware serving engine", "espalier");
  app.set_version_flag("--version", ESPALIER_VERSION);
  app.require_subcommand(1);
  Commands commands;
  RegisterSolve(app, commands);
  RegisterBench(app, commands);
  RegisterNumerics(app, commands);
  RegisterGrade(app, commands);
  RegisterModelCommands(app, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForAllHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    PrintError(DescribeUsageError(app, error));
    return kUsage;
  }
  try {
    return RunCommand(commands);
  } catch (const std::bad_alloc&) {
    PrintError("out of memory: give less --kv-memory, or a smaller model");
    return kFailed;
  }
}

}  // namespace
}  // namespace espalier

int main(int argc, char** argv) { return espalier::Main(argc, argv); }
