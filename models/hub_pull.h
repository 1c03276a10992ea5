// Brings what a reference means from a Hugging Face hub into the shared cache, and finds it there.
#ifndef ESPALIER_MODELS_HUB_PULL_H_
#define ESPALIER_MODELS_HUB_PULL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/hub_reference.h"
#include "models/transfer.h"

namespace espalier {

struct PulledModel {
  std::string path;   // of the .gguf file, the first part of a split one, or of a folder with config.json
  int64_t bytes = 0;  // of all files
  int64_t files = 1;
  std::string sha256;  // of the one file; empty for more, and for one from a hub that publishes none
};

// What the cache has of the reference, without network: all parts of a .gguf model, or a folder with
// config.json and all weights. A revision means what it meant when it was last fetched.
std::optional<PulledModel> FindInHubCache(const HubReference& reference);

// Everything in the cache that could be a model, as references with what they find.
struct CachedHubModel {
  std::string reference;
  PulledModel model;
};
std::vector<CachedHubModel> ListHubCache();

// Asks the hub for the revision's commit and files, fetches those that are missing, and checks each file's
// hash before it appears under its name; files that are there are checked too. `sha256`: what the one file
// must have, or empty. Waits while another process fetches the same file. Errors: those of HubClient and
// SelectFiles; DataLoss (another hash), ResourceExhausted (the disk), each one line.
absl::StatusOr<PulledModel> PullFromHub(const HubReference& reference, std::string_view sha256,
                                        const TransferEvents& events);

}  // namespace espalier

#endif  // ESPALIER_MODELS_HUB_PULL_H_
