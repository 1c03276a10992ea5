#include "cli/models.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "base/text.h"
#include "models/catalog.h"
#include "models/pull.h"

namespace espalier {

absl::Status RunModels(const ModelsOptions& options, std::ostream& out) {
  if (!options.json) {
    out << absl::StrFormat("%-28s %10s  %-6s  %-10s  %s\n", "name", "size", "cached", "licence",
                           "description");
  }
  for (const CatalogEntry& entry : Catalog()) {
    const bool cached = IsCached(entry);
    if (!options.json) {
      out << absl::StrFormat("%-28s %10s  %-6s  %-10s  %s\n", entry.name, FormatBytes(entry.bytes),
                             cached ? "yes" : "no", entry.license, entry.description);
      continue;
    }
    const nlohmann::ordered_json line = {{"name", entry.name},
                                         {"bytes", entry.bytes},
                                         {"cached", cached},
                                         {"path", ToValidUtf8(CachePath(entry))},
                                         {"license", entry.license},
                                         {"sha256", entry.sha256},
                                         {"description", entry.description}};
    out << line.dump() << '\n';
  }
  return absl::OkStatus();
}

}  // namespace espalier
