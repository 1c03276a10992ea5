#include <cstring>

#include "base/check.h"
#include "kernels/block_codes.h"
#include "kernels/half.h"
#include "kernels/tensor_type.h"

namespace espalier {
namespace {

template <float (*kConvert)(uint16_t)>
void DequantizeHalves(const std::byte* source, float* destination, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    uint16_t half;
    std::memcpy(&half, source + 2 * i, sizeof half);
    destination[i] = kConvert(half);
  }
}

void DequantizeBlocks(const BlockCodec& codec, const std::byte* source, float* destination, int64_t count) {
  for (int64_t index = 0; index < count / 32; ++index) {
    const BlockCodes block = codec.read(source, index);
    const float scale = HalfToFloat(block.scale);
    const float minimum = static_cast<float>(codec.minimum_sign) * HalfToFloat(block.minimum);
    for (int c = 0; c < 32; ++c) {
      const float column_scale = scale * static_cast<float>(block.sub_scale[c / 16]);
      destination[32 * index + c] = column_scale * static_cast<float>(block.codes[c] - codec.code_offset) +
                                    minimum * static_cast<float>(block.sub_minimum[c / 16]);
    }
  }
}

}  // namespace

void DequantizeRow(TensorType type, const void* source, float* destination, int64_t count) {
  ESPALIER_CHECK(count % GetTensorTypeInfo(type).block_elements == 0, count);
  const auto* bytes = static_cast<const std::byte*>(source);
  switch (type) {
    case TensorType::kF32:
      std::memcpy(destination, bytes, static_cast<size_t>(count) * sizeof(float));
      return;
    case TensorType::kF16:
      return DequantizeHalves<HalfToFloat>(bytes, destination, count);
    case TensorType::kBF16:
      return DequantizeHalves<BFloat16ToFloat>(bytes, destination, count);
    default: {
      const BlockCodec codec = GetBlockCodec(type);
      ESPALIER_CHECK(codec.read != nullptr, GetTensorTypeInfo(type).name, " cannot be read");
      DequantizeBlocks(codec, bytes, destination, count);
    }
  }
}

}  // namespace espalier
