// Runs another program, without a shell.
#ifndef ESPALIER_MODELS_CHILD_PROCESS_H_
#define ESPALIER_MODELS_CHILD_PROCESS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace espalier {

struct ChildProcess {
  std::vector<std::string> arguments;    // arguments[0] is looked up in PATH
  std::vector<std::string> environment;  // "NAME=value", on top of ours
  std::string log_path;                  // standard output and standard error; standard input is empty
  std::function<bool()> poll;            // called a few times a second; false ends the child by SIGTERM
};

// The exit code, or 128 + signal. Errors: NotFound if the program cannot be started, Cancelled by `poll`.
absl::StatusOr<int> RunChild(const ChildProcess& child);

}  // namespace espalier

#endif  // ESPALIER_MODELS_CHILD_PROCESS_H_
