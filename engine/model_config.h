// The shape of a model, from its files' metadata, and the proof that the files' tensors fit that shape.
#ifndef ESPALIER_ENGINE_MODEL_CONFIG_H_
#define ESPALIER_ENGINE_MODEL_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/rope_table.h"

namespace espalier {

class ConfigKeys;
class ModelFile;

// The gate of the feed-forward layer.
enum class Activation { kSilu, kGelu };

struct ModelConfig {
  std::string name;           // the file's own name for the model, or the file's base name
  std::string prompt_format;  // "espalier.prompt_format" of the file; "": none
  std::string reward;         // "espalier.reward" of the file; "": none
  std::string architecture;   // "llama", "qwen2", "qwen3", "gemma3"
  int32_t layers = 0;
  int32_t width = 0;     // embedding length
  int32_t heads = 0;     // query heads
  int32_t kv_heads = 0;  // divides heads
  int32_t head_dim = 0;  // even; the whole head is rotated
  int32_t feed_forward = 0;
  int32_t context_length = 0;   // positions the model was trained for
  int32_t vocabulary_size = 0;  // rows of the embedding, at least the length of the token list
  float rms_epsilon = 0;

  RopeConfig rope;
  std::optional<RopeConfig> window_rope;  // of the layers with a window, where it is another
  std::vector<int32_t> windows;           // [layers]: positions that a query reads; 0: all
  float attention_scale = 0;              // of the scores
  float embedding_scale = 1;              // of the embedding rows
  Activation activation = Activation::kSilu;

  bool qk_norm = false;     // each head of q and k is normed before it is rotated
  bool post_norms = false;  // attention and feed-forward are normed again before they are added
  bool qkv_bias = false;    // attn_q, attn_k and attn_v have biases, in every layer; likewise below
  bool attention_output_bias = false;
  bool feed_forward_bias = false;
  bool tied_output = false;  // no output.weight: the embedding serves
  bool generates = true;     // has logits over the vocabulary; false: a reward model with a head only
  int32_t head_outputs = 0;  // values of the classification head for each token; 0: no head
  int32_t head_hidden = 0;   // width of the head's hidden layer; 0: none
  bool head_output_bias = false;

  // How this container stores things:
  bool adjacent_pairs = false;  // rows 2i and 2i + 1 of a head rotate together, not i and i + head_dim / 2
  float norm_offset = 0;        // to add to every stored norm weight
};

// Reads `config` from the keys of `file`, whose architecture is `architecture` (GGUF's name or config.json's
// model_type). What depends on the tensors that are there (biases, tied output, head) is read from `file`.
// Errors: InvalidArgument (absent or impossible values), Unimplemented (an architecture or a feature that we
// do not compute), one line that names the file. Reads no tensor data.
absl::StatusOr<ModelConfig> ReadModelConfig(std::string_view architecture, const ConfigKeys& keys,
                                            const ModelFile& file);

// Every reason why `file`'s tensors do not serve a forward pass of `config`; empty when they do. Then the
// file holds, and holds no more than (a matrix has a supported type, a vector one of F32, F16, BF16):
//
//   token_embd.weight, output.weight (unless tied or !generates)   (width, vocabulary_size)
//   output_norm.weight                               [width]
//   rope_freqs.weight                                [head_dim / 2], if rope.has_divisors
//   cls.weight, cls.bias                             (width, head_hidden), if there is a hidden layer
//   cls.output.weight, cls.output.bias               (head_hidden or width, head_outputs), if there is a head
//   and in each layer, after "blk.N.":
//   attn_norm.weight, ffn_norm.weight                [width]
//   attn_q.weight                                    (width, heads * head_dim)
//   attn_k.weight, attn_v.weight                     (width, kv_heads * head_dim)
//   attn_q_norm.weight, attn_k_norm.weight           [head_dim], if qk_norm
//   attn_output.weight                               (heads * head_dim, width)
//   post_attention_norm.weight, post_ffw_norm.weight [width], if post_norms
//   ffn_gate.weight, ffn_up.weight                   (width, feed_forward)
//   ffn_down.weight                                  (feed_forward, width)
//   and the biases that the config names,
//
// where (columns, rows) is StoredTensor::shape.
std::vector<std::string> TensorProblems(const ModelFile& file, const ModelConfig& config);

// OK, or Unimplemented with the file, the first problem and how many more there are.
absl::Status CheckTensors(const ModelFile& file, const ModelConfig& config);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_MODEL_CONFIG_H_
