// The tensors of one model, ready for the kernels: matrices repacked, vectors where the file has them.
#ifndef ESPALIER_ENGINE_WEIGHTS_H_
#define ESPALIER_ENGINE_WEIGHTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "engine/gguf.h"
#include "engine/model_config.h"
#include "kernels/kernels.h"

namespace espalier {

struct LayerWeights {
  std::span<const float> attention_norm;  // [width]
  WeightMatrix query;                     // [heads * head_dim, width]
  WeightMatrix key;                       // [kv_heads * head_dim, width]
  WeightMatrix value;                     // [kv_heads * head_dim, width]
  const float* query_bias = nullptr;      // [query.rows()], or null; likewise below
  const float* key_bias = nullptr;
  const float* value_bias = nullptr;
  WeightMatrix attention_output;             // [width, heads * head_dim]
  std::span<const float> feed_forward_norm;  // [width]
  WeightMatrix gate;                         // [feed_forward, width]
  WeightMatrix up;                           // [feed_forward, width]
  WeightMatrix down;                         // [width, feed_forward]
};

struct ModelWeights {
  GgufTensor embedding;  // [vocabulary, width], as in the file: read row by row
  std::vector<LayerWeights> layers;
  std::span<const float> output_norm;  // [width]
  WeightMatrix output;                 // [vocabulary, width]

  // `file` has passed CheckTensors(file, config) and outlives the weights, which point into it.
  static ModelWeights Load(const GgufFile& file, const ModelConfig& config, ThreadPool& pool);
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_WEIGHTS_H_
