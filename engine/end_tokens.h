// Tokens that end a turn wherever they exist, whatever else a model file names.
#ifndef ESPALIER_ENGINE_END_TOKENS_H_
#define ESPALIER_ENGINE_END_TOKENS_H_

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/bpe_vocabulary.h"

namespace espalier {

// Appends to vocabulary.end_ids the control tokens that are known to end a turn.
inline void AddKnownEndTokens(BpeVocabulary& vocabulary) {
  constexpr std::array<std::string_view, 10> kTexts = {
      "<|im_end|>", "<|endoftext|>", "<|eot_id|>",      "<|eom_id|>",    "<|end|>",
      "</s>",       "<|EOT|>",       "<|end_of_text|>", "<end_of_turn>", "<｜end▁of▁sentence｜>"};
  for (size_t id = 0; id < vocabulary.tokens.size() && id < vocabulary.types.size(); ++id) {
    if (vocabulary.types[id] != TokenType::kControl) continue;
    if (std::count(kTexts.begin(), kTexts.end(), vocabulary.tokens[id]) > 0) {
      vocabulary.end_ids.push_back(static_cast<TokenId>(id));
    }
  }
}

}  // namespace espalier

#endif  // ESPALIER_ENGINE_END_TOKENS_H_
