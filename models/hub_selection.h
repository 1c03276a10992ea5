// Which files of a repository make the model that a reference means.
#ifndef ESPALIER_MODELS_HUB_SELECTION_H_
#define ESPALIER_MODELS_HUB_SELECTION_H_

#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "models/hub_client.h"
#include "models/hub_reference.h"

namespace espalier {

struct HubSelection {
  std::vector<HubFile> files;  // in the order in which to fetch them, weights last
  std::string model;           // path of the .gguf file to open, the first if it is split; empty: the folder
  std::string note;            // a choice that the reference left open, or empty
};

// The content of model.safetensors.index.json.
using IndexReader = absl::FunctionRef<absl::StatusOr<std::string>(const HubFile& index)>;

// A named file, or the one .gguf model of the quantization that is named; all parts of a split one. Without
// either: config.json, the tokenizer's and template's files and the .safetensors weights (those that the
// index names if there is one) where the repository has them, else its only .gguf model, or Q4_K_M, or Q8_0.
// Nothing else is ever taken. Errors: NotFound with what there is, InvalidArgument for an index that is none,
// those of `read_index`.
absl::StatusOr<HubSelection> SelectFiles(const HubReference& reference, std::span<const HubFile> files,
                                         IndexReader read_index);

}  // namespace espalier

#endif  // ESPALIER_MODELS_HUB_SELECTION_H_
