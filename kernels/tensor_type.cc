#include "kernels/tensor_type.h"

#include "base/cat.h"
#include "base/check.h"

namespace espalier {
namespace {

struct KnownType {
  uint32_t id;
  const char* name;
  int32_t block_elements;
  int32_t block_bytes;
  bool supported;
};

// ggml_type of ggml.h, with the layouts of ggml-common.h. Ids 4, 5, 31-33 and 36-38 are retired.
constexpr KnownType kKnownTypes[] = {
    {0, "F32", 1, 4, true},
    {1, "F16", 1, 2, true},
    {2, "Q4_0", 32, 18, true},
    {3, "Q4_1", 32, 20, true},
    {6, "Q5_0", 32, 22, true},
    {7, "Q5_1", 32, 24, true},
    {8, "Q8_0", 32, 34, true},
    {9, "Q8_1", 32, 36, false},
    {10, "Q2_K", 256, 84, true},
    {11, "Q3_K", 256, 110, true},
    {12, "Q4_K", 256, 144, true},
    {13, "Q5_K", 256, 176, true},
    {14, "Q6_K", 256, 210, true},
    {15, "Q8_K", 256, 292, false},
    {16, "IQ2_XXS", 256, 66, false},
    {17, "IQ2_XS", 256, 74, false},
    {18, "IQ3_XXS", 256, 98, false},
    {19, "IQ1_S", 256, 50, false},
    {20, "IQ4_NL", 32, 18, true},
    {21, "IQ3_S", 256, 110, false},
    {22, "IQ2_S", 256, 82, false},
    {23, "IQ4_XS", 256, 136, false},
    {24, "I8", 1, 1, false},
    {25, "I16", 1, 2, false},
    {26, "I32", 1, 4, false},
    {27, "I64", 1, 8, false},
    {28, "F64", 1, 8, false},
    {29, "IQ1_M", 256, 56, false},
    {30, "BF16", 1, 2, true},
    {34, "TQ1_0", 256, 54, false},
    {35, "TQ2_0", 256, 66, false},
    {39, "MXFP4", 32, 17, false},
    {1000, "U8", 1, 1, false},
    {1001, "BOOL", 1, 1, false},
    {1002, "U16", 1, 2, false},
    {1003, "U32", 1, 4, false},
    {1004, "U64", 1, 8, false},
    {1005, "F8_E4M3", 1, 1, false},
    {1006, "F8_E5M2", 1, 1, false},
    {1007, "F8_E8M0", 1, 1, false},
    {1008, "an unknown type", 0, 0, false},
};

}  // namespace

TensorTypeInfo GetTensorTypeInfo(uint32_t type) {
  for (const KnownType& known : kKnownTypes) {
    if (known.id == type) return {known.name, known.block_elements, known.block_bytes, known.supported};
  }
  return {Cat("type ", type), 0, 0, false};
}

int64_t RowBytes(TensorType type, int64_t columns) {
  const TensorTypeInfo info = GetTensorTypeInfo(type);
  ESPALIER_CHECK(info.supported && columns % info.block_elements == 0, info.name, " columns=", columns);
  return columns / info.block_elements * info.block_bytes;
}

}  // namespace espalier
