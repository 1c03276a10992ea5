// espalier inspect FILE: what a model file holds, and what of it is not supported and why.
#ifndef ESPALIER_CLI_INSPECT_H_
#define ESPALIER_CLI_INSPECT_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace espalier {

struct InspectOptions {
  std::string model;  // a path, or the name of a cached model
  bool json = false;  // one object on one line

  InspectOptions() {}
};

// Succeeds for every well-formed GGUF file, supported or not.
absl::Status RunInspect(const InspectOptions& options, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_INSPECT_H_
