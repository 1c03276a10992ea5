#define ESPALIER_LEVEL generic
#include "kernels/cpu/row_kernels_inl.h"
