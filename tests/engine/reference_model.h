// The forward pass in double precision, one token after the other, with dense attention and no cache: what a
// model file means, written without any of the engine's code but its file reader.
#ifndef ESPALIER_TESTS_ENGINE_REFERENCE_MODEL_H_
#define ESPALIER_TESTS_ENGINE_REFERENCE_MODEL_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"

namespace espalier {

// Changes the input of a matrix product, as an engine of less than double precision does.
using InputRounding = std::function<void(std::vector<double>& input)>;

// log softmax of the logits after each token: [tokens.size()][vocabulary]. With `rounding`, the input of
// every product of a weight matrix passes through it.
std::vector<std::vector<double>> ReferenceLogProbabilities(const std::string& path,
                                                           std::span<const TokenId> tokens,
                                                           const InputRounding& rounding = nullptr);

// The classification head's values after each token: [tokens.size()][head_outputs].
std::vector<std::vector<double>> ReferenceHeadValues(const std::string& path,
                                                     std::span<const TokenId> tokens);

}  // namespace espalier

#endif  // ESPALIER_TESTS_ENGINE_REFERENCE_MODEL_H_
