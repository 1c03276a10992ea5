#include "cli/usage.h"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/text.h"

namespace espalier {
namespace {

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool IsFlag(const std::string& argument) { return argument.size() > 1 && argument[0] == '-'; }

// `unused`: the arguments that the command could not take.
std::string MissingCommand(const CLI::App& command, const std::vector<std::string>& unused) {
  const std::vector<std::string> names = CommandNames(command);
  const auto name = std::find_if_not(unused.begin(), unused.end(), IsFlag);
  if (name == unused.end()) return Cat("a command is missing: give one of ", absl::StrJoin(names, ", "));
  return Cat("unknown command '", *name, "'", DidYouMean(*name, names));
}

std::string UnknownArgument(const CLI::App& command, const std::string& argument) {
  if (!IsFlag(argument)) return Cat("unexpected argument '", argument, "'");
  const std::string name = argument.substr(0, argument.find('='));
  return Cat("unknown option '", name, "'", DidYouMean(name, OptionNames(command)));
}

}  // namespace

CLI::Validator WholeNumber(uint64_t least, uint64_t most) {
  const auto check = [least, most](const std::string& text) -> std::string {
    uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    const bool octal_looking = text.size() > 1 && text[0] == '0';
    if (whole && !octal_looking && value >= least && value <= most) return "";
    return Cat("'", text, "' is not a whole number from ", least, " to ", most);
  };
  return CLI::Validator(check, "");
}

std::string DescribeUsageError(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string path = "espalier";
  std::string message = error.what();
  std::vector<std::string> unused = command->remaining();
  while (!command->get_subcommands().empty() && unused.empty()) {
    command = command->get_subcommands().front();
    path += " " + command->get_name();
    unused = command->remaining();
  }
  if (!command->get_subcommands().empty()) {
    const std::string& next = command->get_subcommands().front()->get_name();
    message = Cat("'", unused.front(), "' stands before '", next, "': put it after that");
  } else if (command->get_require_subcommand_min() > 0) {
    message = MissingCommand(*command, unused);
  } else if (!unused.empty()) {
    message = UnknownArgument(*command, unused.front());
  }
  return Cat(message, "; see ", path, " --help");
}

void PrintError(std::string_view message) {
  std::string line = ToValidUtf8(message);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  }
  std::cerr << "error: " + line + "\n" << std::flush;
}

}  // namespace espalier
