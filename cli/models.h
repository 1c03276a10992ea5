// espalier models: the catalog, what of it is cached where, and what else the cache shared with Hugging
// Face's tools holds.
#ifndef ESPALIER_CLI_MODELS_H_
#define ESPALIER_CLI_MODELS_H_

#include <ostream>

#include "absl/status/status.h"

namespace espalier {

struct ModelsOptions {
  bool json =
      false;  // one object a line: name, bytes, cached, path (empty: nowhere), license, sha256, description

  ModelsOptions() {}
};

absl::Status RunModels(const ModelsOptions& options, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_MODELS_H_
