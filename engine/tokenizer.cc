#include "engine/tokenizer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/bpe_tokenizer.h"
#include "engine/gguf.h"

namespace espalier {
namespace {

// Control tokens that end a turn wherever they exist, whatever else the file names.
constexpr std::array<std::string_view, 10> kEndTexts = {
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>",      "<|eom_id|>",    "<|end|>",
    "</s>",       "<|EOT|>",       "<|end_of_text|>", "<end_of_turn>", "<｜end▁of▁sentence｜>"};

// -1: absent.
absl::StatusOr<TokenId> GetTokenId(const GgufFile& file, std::string_view key, size_t vocabulary_size) {
  if (!file.Has(key)) return -1;
  ESPALIER_ASSIGN_OR_RETURN(const int64_t id, file.GetInt(key));
  if (id < 0 || id >= static_cast<int64_t>(vocabulary_size)) {
    return absl::InvalidArgumentError(Cat("'", file.path(), "': ", key, " is ", id,
                                          ", outside the vocabulary of ", vocabulary_size,
                                          " tokens; download the file again"));
  }
  return static_cast<TokenId>(id);
}

absl::StatusOr<std::vector<TokenId>> FindEndIds(const GgufFile& file, const BpeVocabulary& vocabulary) {
  std::vector<TokenId> ids;
  for (const char* key :
       {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
    ESPALIER_ASSIGN_OR_RETURN(const TokenId id, GetTokenId(file, key, vocabulary.tokens.size()));
    if (id >= 0) ids.push_back(id);
  }
  for (size_t id = 0; id < vocabulary.types.size() && id < vocabulary.tokens.size(); ++id) {
    if (vocabulary.types[id] != static_cast<int64_t>(TokenType::kControl)) continue;
    if (std::count(kEndTexts.begin(), kEndTexts.end(), vocabulary.tokens[id]) > 0) {
      ids.push_back(static_cast<TokenId>(id));
    }
  }
  return ids;
}

absl::StatusOr<BpeVocabulary> ReadVocabulary(const GgufFile& file) {
  BpeVocabulary vocabulary;
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view pre, file.GetStringOr("tokenizer.ggml.pre", "default"));
  vocabulary.pre_tokenizer = pre;
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.tokens, file.GetStrings("tokenizer.ggml.tokens"));
  if (file.Has("tokenizer.ggml.token_type")) {
    ESPALIER_ASSIGN_OR_RETURN(vocabulary.types, file.GetInts("tokenizer.ggml.token_type"));
  }
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.merges, file.GetStrings("tokenizer.ggml.merges"));
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.bos,
                            GetTokenId(file, "tokenizer.ggml.bos_token_id", vocabulary.tokens.size()));
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.eos,
                            GetTokenId(file, "tokenizer.ggml.eos_token_id", vocabulary.tokens.size()));
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.end_ids, FindEndIds(file, vocabulary));
  if (file.Has("tokenizer.ggml.add_bos_token")) {
    ESPALIER_ASSIGN_OR_RETURN(vocabulary.add_bos, file.GetBool("tokenizer.ggml.add_bos_token"));
  }
  return vocabulary;
}

}  // namespace

std::string Tokenizer::Decode(std::span<const TokenId> ids, bool show_special) const {
  std::string text;
  for (const TokenId id : ids) text += Piece(id, show_special);
  return text;
}

absl::StatusOr<std::unique_ptr<Tokenizer>> MakeTokenizer(const GgufFile& file) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view model, file.GetString("tokenizer.ggml.model"));
  if (model != "gpt2") {
    return absl::UnimplementedError(Cat("'", file.path(), "': tokenizer model '", OneLine(model),
                                        "' is not supported; use a model with byte-level BPE ('gpt2')"));
  }
  ESPALIER_ASSIGN_OR_RETURN(const BpeVocabulary vocabulary, ReadVocabulary(file));
  absl::StatusOr<std::unique_ptr<BpeTokenizer>> tokenizer = BpeTokenizer::Make(vocabulary);
  if (!tokenizer.ok()) {
    return absl::Status(tokenizer.status().code(),
                        Cat("'", file.path(), "': ", ToStd(tokenizer.status().message())));
  }
  return *std::move(tokenizer);
}

}  // namespace espalier
