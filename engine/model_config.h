// The shape of a model, from its file's metadata, and the proof that the file's tensors fit that shape.
#ifndef ESPALIER_ENGINE_MODEL_CONFIG_H_
#define ESPALIER_ENGINE_MODEL_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/gguf.h"

namespace espalier {

enum class RopeStyle : int32_t;  // kernels/transformer.h

struct ModelConfig {
  std::string name;          // general.name, or the file's base name
  std::string architecture;  // "llama" or "qwen2"
  int32_t layers = 0;
  int32_t width = 0;     // embedding length
  int32_t heads = 0;     // query heads
  int32_t kv_heads = 0;  // divides heads
  int32_t head_dim = 0;  // even; the whole head is rotated
  int32_t feed_forward = 0;
  int32_t context_length = 0;   // positions the model was trained for
  int32_t vocabulary_size = 0;  // rows of the embedding = length of the token list
  float rope_base = 10000.0f;
  RopeStyle rope_style{};  // kAdjacent for llama, kHalfSplit for qwen2
  float rms_epsilon = 1e-5f;
  bool qkv_bias = false;     // attn_q, attn_k and attn_v have biases, in every layer
  bool tied_output = false;  // no output.weight: the embedding serves

  // Errors: InvalidArgument (absent or impossible values), Unimplemented (an architecture or a feature that
  // we do not compute), one line that names the file. Reads no tensor data.
  static absl::StatusOr<ModelConfig> FromGguf(const GgufFile& file);
};

// Every reason why `file`'s tensors do not serve a forward pass of `config`; empty when they do. Then:
//
//   token_embd.weight, output.weight (unless tied)   (width, vocabulary_size), a supported type
//   output_norm.weight                               (width), F32
//   and in each layer, after "blk.N.":
//   attn_norm.weight, ffn_norm.weight                (width), F32
//   attn_q.weight                                    (width, heads * head_dim), a supported type
//   attn_k.weight, attn_v.weight                     (width, kv_heads * head_dim), a supported type
//   attn_q.bias, attn_k.bias, attn_v.bias            F32, present if and only if qkv_bias
//   attn_output.weight                               (heads * head_dim, width), a supported type
//   ffn_gate.weight, ffn_up.weight                   (width, feed_forward), a supported type
//   ffn_down.weight                                  (feed_forward, width), a supported type
//
// where (columns, rows) is GgufTensor::shape, and the file has no tensor that the pass would ignore.
std::vector<std::string> TensorProblems(const GgufFile& file, const ModelConfig& config);

// OK, or InvalidArgument / Unimplemented with the file, the first problem and how many more there are.
absl::Status CheckTensors(const GgufFile& file, const ModelConfig& config);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_MODEL_CONFIG_H_
