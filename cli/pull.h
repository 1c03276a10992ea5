// espalier pull NAME: fetches a model into the cache.
#ifndef ESPALIER_CLI_PULL_H_
#define ESPALIER_CLI_PULL_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "models/transfer.h"

namespace espalier {

struct PullCommandOptions {
  std::string model;     // a catalog name or an "hf:" reference
  bool offline = false;  // only look into the cache
  bool json = false;     // {"name", "path", "bytes", "files", "sha256"} instead of the path alone

  PullCommandOptions() {}
};

// Prints the path of the file, or of the folder. `events` shows the progress, see TransferProgress.
absl::Status RunPull(const PullCommandOptions& options, const TransferEvents& events, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_PULL_H_
