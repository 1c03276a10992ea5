#define ESPALIER_LEVEL generic
#include "kernels/cpu/attention_kernels_inl.h"
