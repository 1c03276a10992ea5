// What fuzz targets do with the model that an input passes for.
#ifndef ESPALIER_TESTS_FUZZ_USE_MODEL_H_
#define ESPALIER_TESTS_FUZZ_USE_MODEL_H_

#include <string>

#include "engine/tokenizer.h"

namespace espalier {

// Encodes awkward text, decodes it, and asks for every piece.
void UseTokenizer(const Tokenizer& tokenizer);

// Judges the model at `path`, and if it loads, uses its tokenizer and computes one step. False: it does not
// load.
bool UseModel(const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_TESTS_FUZZ_USE_MODEL_H_
