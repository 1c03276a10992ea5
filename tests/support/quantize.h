// Plain quantisers for test models: nearest codes under straightforward scales, not the search for the best
// scales that converters of real models do.
#ifndef ESPALIER_TESTS_SUPPORT_QUANTIZE_H_
#define ESPALIER_TESTS_SUPPORT_QUANTIZE_H_

#include <span>
#include <string>

#include "kernels/kernels.h"

namespace espalier {

// `values` as stored blocks of `type`: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q4_K or Q6_K. The size of
// `values` is a multiple of the type's block.
std::string Quantize(TensorType type, std::span<const float> values);

}  // namespace espalier

#endif  // ESPALIER_TESTS_SUPPORT_QUANTIZE_H_
