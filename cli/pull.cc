#include "cli/pull.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/status.h"
#include "base/text.h"
#include "models/catalog.h"
#include "models/pull.h"

namespace espalier {

absl::Status RunPull(const PullCommandOptions& options, const TransferEvents& events, std::ostream& out) {
  ESPALIER_ASSIGN_OR_RETURN(const CatalogEntry entry, FindModel(options.model));
  ESPALIER_ASSIGN_OR_RETURN(const PulledModel pulled, Pull(entry, events));
  if (!options.json) {
    out << pulled.path << '\n';
    return absl::OkStatus();
  }
  std::error_code ignored;
  const nlohmann::ordered_json line = {{"name", entry.name},
                                       {"path", ToValidUtf8(pulled.path)},
                                       {"bytes", std::filesystem::file_size(pulled.path, ignored)},
                                       {"sha256", pulled.sha256}};
  out << line.dump() << '\n';
  return absl::OkStatus();
}

}  // namespace espalier
