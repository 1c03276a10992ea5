#include "cli/pull.h"

#include <nlohmann/json.hpp>

#include "base/status.h"
#include "base/text.h"
#include "models/pull.h"

namespace espalier {

absl::Status RunPull(const PullCommandOptions& options, const TransferEvents& events, std::ostream& out) {
  ResolveOptions resolve;
  resolve.offline = options.offline;
  resolve.events = events;
  ESPALIER_ASSIGN_OR_RETURN(const PulledModel pulled, PullModel(options.model, resolve));
  if (!options.json) {
    out << pulled.path << '\n';
    return absl::OkStatus();
  }
  const nlohmann::ordered_json line = {{"name", options.model},
                                       {"path", ToValidUtf8(pulled.path)},
                                       {"bytes", pulled.bytes},
                                       {"files", pulled.files},
                                       {"sha256", pulled.sha256}};
  out << line.dump() << '\n';
  return absl::OkStatus();
}

}  // namespace espalier
