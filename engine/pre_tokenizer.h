// Splits text into the pieces within which byte-level BPE merges: a regular expression per model family.
#ifndef ESPALIER_ENGINE_PRE_TOKENIZER_H_
#define ESPALIER_ENGINE_PRE_TOKENIZER_H_

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace espalier {

class CompiledPattern;

// Thread-safe after construction.
class PreTokenizer {
 public:
  // `name` is GGUF's tokenizer.ggml.pre: "gpt-2", "llama-bpe", "qwen2", "smollm", "default" and their
  // aliases. Error: Unimplemented with the names that are known.
  static absl::StatusOr<PreTokenizer> Make(std::string_view name);

  PreTokenizer(PreTokenizer&&) noexcept;
  PreTokenizer& operator=(PreTokenizer&&) noexcept;
  ~PreTokenizer();

  // The pieces, in order; their concatenation is `text`. Bytes that are not valid UTF-8 separate like a
  // text's end and make pieces of their own. Replaces the content of `pieces`.
  void Split(std::string_view text, std::vector<std::string_view>& pieces) const;

  // The family's convention where the model file is silent.
  bool adds_bos() const { return adds_bos_; }
  // A piece that is a token of the vocabulary is taken whole, without merging.
  bool ignores_merges() const { return ignores_merges_; }

 private:
  PreTokenizer();
  void SplitValid(std::string_view text, std::vector<std::string_view>& pieces) const;

  std::vector<std::unique_ptr<CompiledPattern>> stages_;  // each splits what the one before it made
  bool adds_bos_ = false;
  bool ignores_merges_ = false;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_PRE_TOKENIZER_H_
