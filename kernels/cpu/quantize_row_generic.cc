#include <algorithm>
#include <cmath>

#include "kernels/cpu/matmul_kernels.h"

namespace espalier::generic {
namespace {

// To the nearest integer, ties to even; 0 for a NaN, which only a broken model brings.
int8_t RoundToQuant(float value) {
  return std::fabs(value) < 127.5f ? static_cast<int8_t>(std::nearbyint(value)) : int8_t{0};
}

}  // namespace

void QuantizeRow(const float* values, int64_t columns, int8_t* quants, ActivationBlock* scales) {
  for (int64_t first = 0; first < columns; first += kBlockColumns, quants += kBlockColumns, ++scales) {
    const int64_t count = std::min<int64_t>(kBlockColumns, columns - first);
    float largest = 0;
    for (int64_t c = 0; c < count; ++c) largest = std::max(largest, std::fabs(values[first + c]));
    const float inverse = largest < kSmallestQuantized ? 0.0f : 127.0f / largest;
    int32_t half_sum[2] = {0, 0};
    for (int64_t c = 0; c < kBlockColumns; ++c) {
      quants[c] = c < count ? RoundToQuant(values[first + c] * inverse) : int8_t{0};
      half_sum[c / 16] += quants[c];
    }
    const float scale = largest / 127.0f;
    *scales = {scale,
               scale * static_cast<float>(half_sum[0] + half_sum[1]),
               half_sum[0] + half_sum[1],
               {half_sum[0], half_sum[1]}};
  }
}

}  // namespace espalier::generic
