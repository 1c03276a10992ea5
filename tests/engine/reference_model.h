// The forward pass in double precision, one token after the other, with dense attention and no cache: what a
// model file means, written without any of the engine's code but its file reader.
#ifndef ESPALIER_TESTS_ENGINE_REFERENCE_MODEL_H_
#define ESPALIER_TESTS_ENGINE_REFERENCE_MODEL_H_

#include <span>
#include <string>
#include <vector>

#include "base/ids.h"

namespace espalier {

// log softmax of the logits after each token: [tokens.size()][vocabulary].
std::vector<std::vector<double>> ReferenceLogProbabilities(const std::string& path,
                                                           std::span<const TokenId> tokens);

// The classification head's values after each token: [tokens.size()][head_outputs].
std::vector<std::vector<double>> ReferenceHeadValues(const std::string& path,
                                                     std::span<const TokenId> tokens);

}  // namespace espalier

#endif  // ESPALIER_TESTS_ENGINE_REFERENCE_MODEL_H_
