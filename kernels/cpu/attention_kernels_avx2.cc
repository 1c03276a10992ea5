// Compiled with -mavx2 -mf16c -mfma.
#define ESPALIER_LEVEL avx2
#include "kernels/cpu/attention_kernels_inl.h"
