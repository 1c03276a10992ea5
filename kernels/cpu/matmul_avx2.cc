#define ESPALIER_LEVEL avx2
#define ESPALIER_QUANTIZE_ROW avx2::QuantizeRow
#include "kernels/cpu/matmul_kernels_inl.h"
