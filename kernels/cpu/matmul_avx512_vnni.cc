#define ESPALIER_LEVEL avx512_vnni
#define ESPALIER_QUANTIZE_ROW avx2::QuantizeRow
#include "kernels/cpu/matmul_kernels_inl.h"
