// Small seeded models, real in every part: GGUF file, byte-level BPE vocabulary, ChatML template, weights of
// a size that keeps the logits spread. They have learnt nothing; what they say is arbitrary but fixed.
#ifndef ESPALIER_TESTS_SUPPORT_TINY_MODEL_H_
#define ESPALIER_TESTS_SUPPORT_TINY_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/kernels.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_file.h"

namespace espalier {

inline constexpr char kChatMl[] =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
    "'<|im_end|>' + "
    "'\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

struct TinyModelOptions {
  std::string architecture = "llama";         // "qwen2" adds biases, "qwen3" and "gemma3" norms
  TensorType weight_type = TensorType::kF32;  // of the matrices; K types need sizes in multiples of 256
  uint32_t layers = 2;
  uint32_t width = 64;
  uint32_t heads = 4;
  uint32_t kv_heads = 2;
  uint32_t head_dim = 0;       // 0: width / heads
  uint32_t window = 0;         // > 0: of llama's layers, or of most of gemma3's
  uint32_t window_period = 0;  // > 0: every so many layers of gemma3 read everything
  uint32_t feed_forward = 96;
  uint32_t context_length = 512;
  bool tied_output = false;
  uint32_t head_outputs = 0;  // > 0: a classification head
  uint32_t head_hidden = 0;   // > 0: with a hidden layer
  uint64_t seed = 1;
  std::string chat_template = kChatMl;  // "": the file carries none

  TinyModelOptions() {}
  // The family at its most particular: windows shorter than a text, heads that do not divide the width.
  static TinyModelOptions Of(std::string_view architecture);
};

// The vocabulary of every tiny model: 256 byte tokens in byte order, then merges, then the special tokens
// <|endoftext|>, <|im_start|> and <|im_end|> (the EOS).
std::vector<std::string> TinyVocabulary();

// Metadata (all of it) into `writer`; the tensors are AddTinyTensors' part.
void AddTinyMetadata(const TinyModelOptions& options, GgufWriter& writer);
void AddTinyTensors(const TinyModelOptions& options, GgufWriter& writer);

// A llama wide enough for blocks of 256 columns, with matrices of `type`.
TinyModelOptions WideModelOptions(TensorType type);

// The whole file.
std::string TinyModelBytes(const TinyModelOptions& options = TinyModelOptions());

// TinyModel model; Engine::Open(model.path(), ...).
class TinyModel : public TemporaryFile {
 public:
  explicit TinyModel(const TinyModelOptions& options = TinyModelOptions())
      : TemporaryFile(TinyModelBytes(options)) {}
};

}  // namespace espalier

#endif  // ESPALIER_TESTS_SUPPORT_TINY_MODEL_H_
