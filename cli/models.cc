#include "cli/models.h"

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_format.h"
#include "base/text.h"
#include "models/catalog.h"
#include "models/pull.h"

namespace espalier {
namespace {

void PrintJson(const CatalogEntry& entry, const std::string& path, std::ostream& out) {
  const nlohmann::ordered_json line = {{"name", entry.name},
                                       {"bytes", entry.bytes},
                                       {"cached", !path.empty()},
                                       {"path", ToValidUtf8(path)},
                                       {"license", entry.license},
                                       {"sha256", entry.sha256},
                                       {"description", entry.description}};
  out << line.dump() << '\n';
}

void PrintText(const CatalogEntry& entry, const std::string& path, std::ostream& out) {
  out << absl::StrFormat("%-28s %10s  %-17s %s\n", entry.name, FormatBytes(entry.bytes), entry.license,
                         entry.description);
  if (!path.empty()) out << "    " << path << '\n';
}

}  // namespace

absl::Status RunModels(const ModelsOptions& options, std::ostream& out) {
  const auto print = options.json ? PrintJson : PrintText;
  if (!options.json) {
    out << absl::StrFormat("%-28s %10s  %-17s %s\n", "name", "size", "licence",
                           "description, path if cached");
  }
  std::set<std::string> shown;
  for (const CatalogEntry& entry : Catalog()) {
    const std::string path = IsCached(entry) ? CachePath(entry) : "";
    shown.insert(path);
    print(entry, path, out);
  }
  for (const CachedHubModel& cached : ListHubCache()) {
    if (shown.contains(cached.model.path)) continue;
    CatalogEntry entry;
    entry.name = cached.reference;
    entry.description = "from Hugging Face";
    entry.bytes = cached.model.bytes;
    entry.sha256 = cached.model.sha256;
    print(entry, cached.model.path, out);
  }
  return absl::OkStatus();
}

}  // namespace espalier
