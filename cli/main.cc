// The `espalier` command. Results go to stdout; progress, logs and errors to stderr.
#include <CLI/CLI.hpp>
#include <iostream>

#include "base/cat.h"
#include "base/text.h"
#include "cli/command.h"

namespace espalier {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kInterrupted = 130;  // what shells report for Ctrl-C

// "unknown command 'slove' (did you mean 'solve'?)", when that is what went wrong.
std::string UnknownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return "";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == argv[1]) return "";
    names.push_back(command->get_name());
  }
  return Cat("unknown command '", argv[1], "'", DidYouMean(argv[1], names), "; see espalier --help");
}

int UsageError(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const std::string unknown = UnknownCommand(app, argc, argv);
  if (!unknown.empty()) {
    std::cerr << "error: " << unknown << "\n";
    return kUsage;
  }
  std::string command = "espalier";
  for (const CLI::App* parsed : app.get_subcommands()) command += " " + parsed->get_name();
  std::cerr << "error: " << error.what() << "; see " << command << " --help\n";
  return kUsage;
}

int RunCommand(const Commands& commands) {
  for (const Command& command : commands) {
    if (!command.app->parsed()) continue;
    const absl::Status status = command.run();
    if (status.ok()) return 0;
    std::cerr << "error: " << status.message() << "\n";
    if (absl::IsCancelled(status)) return kInterrupted;
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
    return UsageError(app, error, argc, argv);
  }
  return RunCommand(commands);
}

}  // namespace
}  // namespace espalier

int main(int argc, char** argv) { return espalier::Main(argc, argv); }
