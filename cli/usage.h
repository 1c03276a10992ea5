// Command line arguments: what is accepted, and one clear line for what is not.
#ifndef ESPALIER_CLI_USAGE_H_
#define ESPALIER_CLI_USAGE_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace espalier {

// A check for options with a number: decimal digits only, from `least` to `most`. CLI11's own conversion
// would take "" for 0, "010" for 8, -1 for the largest number and what is too large for the largest too.
CLI::Validator WholeNumber(uint64_t least, uint64_t most);

// What is wrong, with the nearest name where one is unknown, and where to read on.
std::string DescribeUsageError(const CLI::App& app, const CLI::ParseError& error);

// "error: MESSAGE" as one line on stderr, whatever bytes a file's name or content put into the message.
void PrintError(std::string_view message);

}  // namespace espalier

#endif  // ESPALIER_CLI_USAGE_H_
