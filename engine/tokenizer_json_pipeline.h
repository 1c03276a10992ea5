// The components of tokenizer.json that texts pass through on their way to the model and back.
#ifndef ESPALIER_ENGINE_TOKENIZER_JSON_PIPELINE_H_
#define ESPALIER_ENGINE_TOKENIZER_JSON_PIPELINE_H_

#include "absl/status/status.h"
#include "engine/bpe_vocabulary.h"
#include "engine/json_fields.h"

namespace espalier {

// Each reads one component, possibly null, and sets what it says in `vocabulary`. Errors: Unimplemented for a
// component that is not supported, InvalidArgument for a malformed one; they do not name the file.
absl::Status ReadNormalizer(const Json& component, Normalizer& normalizer);
absl::Status ReadPreTokenizer(const Json& component, BpeVocabulary& vocabulary);
// After ReadPreTokenizer.
absl::Status ReadDecoder(const Json& component, BpeVocabulary& vocabulary);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_TOKENIZER_JSON_PIPELINE_H_
