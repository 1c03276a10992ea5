// Stored tensors with random codes and sane scales, for tests of kernels.
#ifndef ESPALIER_TESTS_KERNELS_RANDOM_TENSOR_H_
#define ESPALIER_TESTS_KERNELS_RANDOM_TENSOR_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/half.h"
#include "kernels/tensor_type.h"

namespace espalier {

inline constexpr TensorType kComputeTypes[] = {
    TensorType::kF32,  TensorType::kF16,  TensorType::kBF16, TensorType::kQ4_0,   TensorType::kQ4_1,
    TensorType::kQ5_0, TensorType::kQ5_1, TensorType::kQ8_0, TensorType::kQ2_K,   TensorType::kQ3_K,
    TensorType::kQ4_K, TensorType::kQ5_K, TensorType::kQ6_K, TensorType::kIQ4_NL,
};

// Byte offsets of a block's binary16 fields.
inline std::vector<int> HalfFields(TensorType type) {
  switch (type) {
    case TensorType::kQ4_1:
    case TensorType::kQ5_1:
    case TensorType::kQ4_K:
    case TensorType::kQ5_K:
      return {0, 2};
    case TensorType::kQ2_K:
      return {80, 82};
    case TensorType::kQ3_K:
      return {108};
    case TensorType::kQ6_K:
      return {208};
    default:
      return {0};
  }
}

inline std::vector<float> RandomFloats(size_t count, std::mt19937& random) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

inline std::vector<std::byte> RandomTensor(TensorType type, int64_t rows, int64_t columns,
                                           std::mt19937& random) {
  std::vector<std::byte> bytes(static_cast<size_t>(rows * RowBytes(type, columns)));
  const TensorTypeInfo info = GetTensorTypeInfo(type);
  std::normal_distribution<float> normal(0, 0.02f);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> 24);
  for (size_t block = 0; block < bytes.size(); block += static_cast<size_t>(info.block_bytes)) {
    const float value = normal(random);
    if (type == TensorType::kF32) std::memcpy(&bytes[block], &value, sizeof value);
    if (type == TensorType::kF32) continue;
    for (int field : HalfFields(type)) {
      const float number = normal(random);
      const uint16_t half = type == TensorType::kBF16 ? FloatToBFloat16(number) : FloatToHalf(number);
      std::memcpy(&bytes[block + static_cast<size_t>(field)], &half, sizeof half);
    }
  }
  return bytes;
}

}  // namespace espalier

#endif  // ESPALIER_TESTS_KERNELS_RANDOM_TENSOR_H_
