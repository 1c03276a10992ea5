#include "kernels/reference/matmul.h"

#include <cstddef>

namespace espalier {

std::vector<double> ReferenceMatMul(TensorType type, const void* data, int64_t rows, int64_t columns,
                                    std::span<const double> input) {
  const int64_t count = static_cast<int64_t>(input.size()) / columns;
  const int64_t row_bytes = RowBytes(type, columns);
  std::vector<double> output(static_cast<size_t>(count * rows));
  std::vector<float> weights(static_cast<size_t>(columns));
  for (int64_t r = 0; r < rows; ++r) {
    DequantizeRow(type, static_cast<const std::byte*>(data) + r * row_bytes, weights.data(), columns);
    for (int64_t m = 0; m < count; ++m) {
      double sum = 0;
      for (int64_t k = 0; k < columns; ++k) sum += double{weights[k]} * input[m * columns + k];
      output[m * rows + r] = sum;
    }
  }
  return output;
}

}  // namespace espalier
