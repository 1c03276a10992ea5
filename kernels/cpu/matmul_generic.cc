#define ESPALIER_LEVEL generic
#define ESPALIER_QUANTIZE_ROW generic::QuantizeRow
#include "kernels/cpu/matmul_kernels_inl.h"
