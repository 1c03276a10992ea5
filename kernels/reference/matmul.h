// What a matrix product means, in double precision on the dequantised weights. For tests.
#ifndef ESPALIER_KERNELS_REFERENCE_MATMUL_H_
#define ESPALIER_KERNELS_REFERENCE_MATMUL_H_

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/tensor_type.h"

namespace espalier {

// Stored weights [rows, columns] at `data` times `input` [count, columns]: [count, rows].
std::vector<double> ReferenceMatMul(TensorType type, const void* data, int64_t rows, int64_t columns,
                                    std::span<const double> input);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_REFERENCE_MATMUL_H_
