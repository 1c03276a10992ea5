// Byte-level byte-pair encoding (Sennrich et al., "Neural machine translation of rare words with subword
// units", ACL 2016; over bytes as in GPT-2, Radford et al., 2019), as GGUF's tokenizer model "gpt2" stores
// it.
#ifndef ESPALIER_ENGINE_BPE_TOKENIZER_H_
#define ESPALIER_ENGINE_BPE_TOKENIZER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "engine/bpe_merges.h"
#include "engine/pre_tokenizer.h"
#include "engine/special_tokens.h"
#include "engine/tokenizer.h"

namespace espalier {

// GGUF's tokenizer.ggml.token_type.
enum class TokenType : int64_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6
};

// A vocabulary as the model file spells it: texts of normal tokens and merges ("left right") in GPT-2's
// printable alphabet for bytes, all other tokens as plain text.
struct BpeVocabulary {
  std::string pre_tokenizer;
  std::vector<std::string_view> tokens;
  std::vector<int64_t> types;            // TokenType; empty: all normal
  std::vector<std::string_view> merges;  // best first
  TokenId bos = -1;
  TokenId eos = -1;
  std::vector<TokenId> end_ids;  // any order
  std::optional<bool> add_bos;   // absent: the pre-tokenizer's convention
};

class BpeTokenizer : public Tokenizer {
 public:
  // Keeps no reference to `vocabulary`. Errors as for MakeTokenizer.
  static absl::StatusOr<std::unique_ptr<BpeTokenizer>> Make(const BpeVocabulary& vocabulary);

  using Tokenizer::Encode;
  std::vector<TokenId> Encode(std::string_view text, const TokenizeOptions& options) const override;
  std::string_view Piece(TokenId id, bool show_special = false) const override;
  int32_t size() const override { return static_cast<int32_t>(types_.size()); }
  bool IsControl(TokenId id) const override;
  std::span<const TokenId> end_ids() const override { return end_ids_; }
  TokenId bos_id() const override { return bos_; }
  TokenId eos_id() const override { return eos_; }
  bool adds_bos() const override { return adds_bos_; }

 private:
  explicit BpeTokenizer(PreTokenizer pre_tokenizer) : pre_tokenizer_(std::move(pre_tokenizer)) {}

  absl::Status AddTypes(const BpeVocabulary& vocabulary);
  void AddPieces(const BpeVocabulary& vocabulary);
  absl::Status AddMerges(const BpeVocabulary& vocabulary);
  void EncodePlain(std::string_view text, std::vector<TokenId>& ids) const;

  PreTokenizer pre_tokenizer_;
  std::vector<TokenType> types_;
  std::string bytes_;                  // the pieces of all tokens, one after the other
  std::vector<size_t> piece_ends_;     // of token i in bytes_
  std::array<TokenId, 256> byte_ids_;  // the token of each byte; -1: none
  BpeMerges merges_;
  absl::flat_hash_map<std::string_view, TokenId>
      whole_pieces_;  // into bytes_; empty unless merges are ignored
  SpecialTokens special_tokens_;
  std::vector<TokenId> end_ids_;
  TokenId bos_ = -1;
  TokenId eos_ = -1;
  bool adds_bos_ = false;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_BPE_TOKENIZER_H_
