// Every kernel entry point. Kernels take raw pointers, shapes and a thread pool; they know no model, no page
// owner and no request. START HERE, then the header of each group.
#ifndef ESPALIER_KERNELS_KERNELS_H_
#define ESPALIER_KERNELS_KERNELS_H_

#include "kernels/attention.h"    // attention over paged KV
#include "kernels/logits.h"       // statistics, filtering and drawing over a row of logits
#include "kernels/matmul.h"       // weight packing, activation quantisation, matrix products
#include "kernels/tensor_type.h"  // element types of stored tensors, dequantisation
#include "kernels/transformer.h"  // norm, rope, activation functions

#endif  // ESPALIER_KERNELS_KERNELS_H_
