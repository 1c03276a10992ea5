// What the environment says about Hugging Face: the variables are those of its own tools.
#ifndef ESPALIER_MODELS_HUB_SETTINGS_H_
#define ESPALIER_MODELS_HUB_SETTINGS_H_

#include <string>

#include "absl/status/statusor.h"

namespace espalier {

// The variable's value, or "" if it is not set.
std::string EnvironmentVariable(const char* name);

// $HF_HUB_CACHE, else $HF_HOME/hub, else $XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub.
std::string HubCacheFolder();

// Whether $HF_HUB_OFFLINE is 1, on, yes or true.
bool HubIsOffline();

struct HubSite {
  std::string endpoint;  // "https://huggingface.co", no slash at its end
  std::string token;     // empty: none
};

// $HF_ENDPOINT; $HF_TOKEN, else the file $HF_TOKEN_PATH, else "token" in $HF_HOME or where that would be.
// Error: InvalidArgument if the endpoint is no web address or the token holds what no token holds.
absl::StatusOr<HubSite> HubSiteFromEnvironment();

}  // namespace espalier

#endif  // ESPALIER_MODELS_HUB_SETTINGS_H_
