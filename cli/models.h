// espalier models: the catalog, and what of it is in the cache.
#ifndef ESPALIER_CLI_MODELS_H_
#define ESPALIER_CLI_MODELS_H_

#include <ostream>

#include "absl/status/status.h"

namespace espalier {

struct ModelsOptions {
  bool json = false;  // one object a line: name, bytes, cached, path, license, sha256, description

  ModelsOptions() {}
};

absl::Status RunModels(const ModelsOptions& options, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_MODELS_H_
