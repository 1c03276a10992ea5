// Compiled with -mavx2 -mf16c.
#define ESPALIER_LEVEL avx2
#include "kernels/cpu/row_kernels_inl.h"
