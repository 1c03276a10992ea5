// Element and block types of stored tensors, with GGUF's numbering (ggml_type) so that a file's type id
// casts.
#ifndef ESPALIER_KERNELS_TENSOR_TYPE_H_
#define ESPALIER_KERNELS_TENSOR_TYPE_H_

#include <cstdint>
#include <string>

namespace espalier {

enum class TensorType : uint32_t {
  kF32 = 0,
  kF16 = 1,
  kQ4_0 = 2,
  kQ4_1 = 3,
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ8_0 = 8,
  kQ2_K = 10,
  kQ3_K = 11,
  kQ4_K = 12,
  kQ5_K = 13,
  kQ6_K = 14,
  kIQ4_NL = 20,
  kBF16 = 30,
};

// Types of safetensors files that GGUF has no number for. They have a name and a size; nothing computes with
// them.
inline constexpr TensorType kTypeU8{1000};
inline constexpr TensorType kTypeBool{1001};
inline constexpr TensorType kTypeU16{1002};
inline constexpr TensorType kTypeU32{1003};
inline constexpr TensorType kTypeU64{1004};
inline constexpr TensorType kTypeF8E4M3{1005};
inline constexpr TensorType kTypeF8E5M2{1006};
inline constexpr TensorType kTypeF8E8M0{1007};
inline constexpr TensorType kTypeUnknown{1008};

struct TensorTypeInfo {
  std::string name;        // "Q4_K"; "type 99" for an id we do not know
  int32_t block_elements;  // elements of one block; 0 if unknown
  int32_t block_bytes;     // bytes of one block; 0 if unknown
  bool supported;          // the kernels can compute with it
};

// Total: answers for any id a file may contain.
TensorTypeInfo GetTensorTypeInfo(uint32_t type);
inline TensorTypeInfo GetTensorTypeInfo(TensorType type) {
  return GetTensorTypeInfo(static_cast<uint32_t>(type));
}

// Bytes of one row. `type` must be supported and `columns` a multiple of its block_elements.
int64_t RowBytes(TensorType type, int64_t columns);

// Reads `count` elements of a supported type, a multiple of its block_elements, from the file's bytes at
// `source` (any alignment). Value by value what ggml's dequantize_row_* gives.
void DequantizeRow(TensorType type, const void* source, float* destination, int64_t count);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_TENSOR_TYPE_H_
