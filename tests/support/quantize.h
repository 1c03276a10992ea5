// Plain quantisers for test models: nearest codes under straightforward scales, not the search for the best
// scales that converters of real models do.
#ifndef ESPALIER_TESTS_SUPPORT_QUANTIZE_H_
#define ESPALIER_TESTS_SUPPORT_QUANTIZE_H_

#include <span>
#include <string>

#include "kernels/kernels.h"

namespace espalier {

// `values` as stored blocks of a supported `type`. The size of `values` is a multiple of the type's block.
// The same bytes on every machine.
std::string Quantize(TensorType type, std::span<const float> values);

}  // namespace espalier

#endif  // ESPALIER_TESTS_SUPPORT_QUANTIZE_H_
