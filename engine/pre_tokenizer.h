// Splits text into the pieces within which merges apply: one or more splits by a pattern, each of what the
// one before it made.
#ifndef ESPALIER_ENGINE_PRE_TOKENIZER_H_
#define ESPALIER_ENGINE_PRE_TOKENIZER_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/split_pattern.h"

namespace espalier {

// What becomes of the matches; what lies between them is always a piece. As in tokenizer.json.
enum class SplitBehavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

struct SplitStage {
  SplitPattern pattern;
  SplitBehavior behavior = SplitBehavior::kIsolated;
  bool invert = false;  // what lies between the matches counts as matched
};

// Thread-safe after construction.
class PreTokenizer {
 public:
  // Without a stage every text is one piece.
  PreTokenizer() = default;

  void Add(SplitStage stage) { stages_.push_back(std::move(stage)); }

  // The pieces, in order, none empty. Bytes that are not valid UTF-8 separate like a text's end and make
  // pieces of their own. Replaces the content of `pieces`.
  void Split(std::string_view text, std::vector<std::string_view>& pieces) const;

 private:
  std::vector<SplitStage> stages_;
};

// What the name of a family of models stands for.
struct PreTokenizerFamily {
  PreTokenizer pre_tokenizer;
  bool adds_bos = false;        // where the model file is silent
  bool ignores_merges = false;  // a piece that is a token of the vocabulary is taken whole, without merging
};

// `name` is GGUF's tokenizer.ggml.pre: "gpt-2", "llama-bpe", "qwen2", "smollm", "default", ... Error:
// Unimplemented with the names that are known.
absl::StatusOr<PreTokenizerFamily> FindPreTokenizerFamily(std::string_view name);

// GPT-2's own pattern, which byte-level tokenizers use unless they name another.
extern const std::string_view kGpt2Pattern;

}  // namespace espalier

#endif  // ESPALIER_ENGINE_PRE_TOKENIZER_H_
