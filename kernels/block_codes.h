// One view of all stored quantisations: 32 columns of one row as unsigned codes with their scales.
//
//   value = scale * sub_scale[column / 16] * (code - code_offset) + minimum * sub_minimum[column / 16]
//
// scale and minimum are binary16 in the file; sub_scale and sub_minimum are small integers (1 where the type
// has none). The layouts are those of ggml-common.h.
#ifndef ESPALIER_KERNELS_BLOCK_CODES_H_
#define ESPALIER_KERNELS_BLOCK_CODES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/tensor_type.h"

namespace espalier {

struct BlockCodes {
  std::array<uint8_t, 32> codes = {};
  uint16_t scale = 0;    // binary16
  uint16_t minimum = 0;  // binary16
  std::array<int8_t, 2> sub_scale = {1, 1};
  std::array<uint8_t, 2> sub_minimum = {1, 1};
};

// Reads the 32-column block `index` of a row that starts at `row`.
using ReadBlockFunction = BlockCodes (*)(const std::byte* row, int64_t index);

struct BlockCodec {
  ReadBlockFunction read = nullptr;  // null: not a quantised type that the kernels compute with
  int code_offset = 0;
  int minimum_sign = 1;  // K types store minimums to be subtracted: -1
};

BlockCodec GetBlockCodec(TensorType type);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_BLOCK_CODES_H_
