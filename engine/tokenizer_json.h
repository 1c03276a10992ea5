// Tokenizers of Hugging Face model folders: tokenizer.json, as PyPI's `tokenizers` reads it, and what the
// files beside it say of special tokens.
#ifndef ESPALIER_ENGINE_TOKENIZER_JSON_H_
#define ESPALIER_ENGINE_TOKENIZER_JSON_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/tokenizer.h"

namespace espalier {

// The texts of the files; only tokenizer.json must be there, the others may be empty.
struct TokenizerFiles {
  std::string tokenizer;           // tokenizer.json
  std::string tokenizer_config;    // tokenizer_config.json: bos_token, eos_token, add_bos_token
  std::string special_tokens_map;  // special_tokens_map.json: the same tokens, where the former is silent
  std::string generation_config;   // generation_config.json: eos_token_id
  std::string config;              // config.json: vocab_size, the rows of the embedding, and eos_token_id
};

// Errors: Unimplemented, naming the first component of tokenizer.json that is not supported; InvalidArgument
// for files that are damaged or contradict themselves.
absl::StatusOr<std::unique_ptr<Tokenizer>> ParseTokenizerJson(const TokenizerFiles& files);

// The same from the files in `folder`; messages name it. Errors also: NotFound without a tokenizer.json.
absl::StatusOr<std::unique_ptr<Tokenizer>> MakeTokenizerFromFolder(const std::string& folder);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_TOKENIZER_JSON_H_
