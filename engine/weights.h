// The tensors of one model, ready for the kernels: matrices repacked, vectors in float.
#ifndef ESPALIER_ENGINE_WEIGHTS_H_
#define ESPALIER_ENGINE_WEIGHTS_H_

#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "engine/model_config.h"
#include "engine/model_file.h"
#include "kernels/kernels.h"

namespace espalier {

// A matrix and what is added to its product.
struct LinearWeights {
  WeightMatrix matrix;      // [outputs, inputs]
  std::vector<float> bias;  // [outputs], or empty

  const float* bias_or_null() const { return bias.empty() ? nullptr : bias.data(); }
};

// Empty where the architecture has no such part.
struct LayerWeights {
  std::vector<float> attention_norm;          // [width]
  LinearWeights query;                        // [heads * head_dim, width], rows in halves: see RowsInHalves
  LinearWeights key;                          // [kv_heads * head_dim, width], likewise
  LinearWeights value;                        // [kv_heads * head_dim, width]
  std::vector<float> query_norm;              // [head_dim]
  std::vector<float> key_norm;                // [head_dim]
  LinearWeights attention_output;             // [width, heads * head_dim]
  std::vector<float> attention_post_norm;     // [width]
  std::vector<float> feed_forward_norm;       // [width]
  LinearWeights gate;                         // [feed_forward, width]
  LinearWeights up;                           // [feed_forward, width]
  LinearWeights down;                         // [width, feed_forward]
  std::vector<float> feed_forward_post_norm;  // [width]
};

// values = output(relu(hidden(state))), or output(state) where there is no hidden layer.
struct HeadWeights {
  LinearWeights hidden;  // [head_hidden, width]
  LinearWeights output;  // [head_outputs, head_hidden or width]
};

struct ModelWeights {
  StoredTensor embedding;  // [vocabulary, width], as in the file: read row by row
  std::vector<LayerWeights> layers;
  std::vector<float> rope_divisors;  // [head_dim / 2]
  std::vector<float> output_norm;    // [width]
  LinearWeights output;              // [vocabulary, width]
  HeadWeights head;

  // `file` has passed CheckTensors(file, config) and outlives the weights, which point into it.
  static ModelWeights Load(const ModelFile& file, const ModelConfig& config, ThreadPool& pool);

  int64_t PackedBytes() const;  // of all matrices
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_WEIGHTS_H_
