// Byte-pair encoding (Sennrich et al., "Neural machine translation of rare words with subword units", ACL
// 2016): over bytes as in GPT-2 (Radford et al., 2019), or over characters as in SentencePiece (Kudo and
// Richardson, EMNLP 2018).
#ifndef ESPALIER_ENGINE_BPE_TOKENIZER_H_
#define ESPALIER_ENGINE_BPE_TOKENIZER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/ids.h"
#include "engine/bpe_merges.h"
#include "engine/bpe_vocabulary.h"
#include "engine/tokenizer.h"

namespace espalier {

class BpeTokenizer : public Tokenizer {
 public:
  // Keeps no reference to the texts of `vocabulary`. Errors: InvalidArgument for a vocabulary that
  // contradicts itself or goes beyond kMaxTokens or kMaxTokenBytes.
  static absl::StatusOr<std::unique_ptr<BpeTokenizer>> Make(BpeVocabulary vocabulary);

  using Tokenizer::Encode;
  std::vector<TokenId> Encode(std::string_view text, const TokenizeOptions& options) const override;
  std::string_view Piece(TokenId id, bool show_special = false) const override;
  int32_t size() const override { return static_cast<int32_t>(types_.size()); }
  bool IsControl(TokenId id) const override;
  std::span<const TokenId> end_ids() const override { return end_ids_; }
  TokenId bos_id() const override { return bos_; }
  TokenId eos_id() const override { return eos_; }
  bool adds_bos() const override { return adds_bos_; }
  bool adds_space_prefix() const override { return adds_space_prefix_; }

 private:
  BpeTokenizer() = default;

  absl::Status CheckIds(const BpeVocabulary& vocabulary);
  void AddPieces(const BpeVocabulary& vocabulary);
  void AddSymbols(const BpeVocabulary& vocabulary, const TokenIndex& index);
  absl::Status AddMerges(const BpeVocabulary& vocabulary, const TokenIndex& index);
  void AddScoredMerges(const BpeVocabulary& vocabulary, const TokenIndex& index);

  // `stretch` lies between special tokens and is normalized.
  void EncodeStretch(std::string_view stretch, StretchPlace place, std::vector<TokenId>& ids) const;
  // The tokens of the single bytes or characters of `piece`, before merging; -1: none, and no merge across
  // it.
  void AppendSymbols(std::string_view piece, std::vector<TokenId>& symbols) const;
  void AppendUnknown(std::string_view character, std::vector<TokenId>& symbols) const;

  std::vector<TokenType> types_;
  std::string bytes_;               // the pieces of all tokens, one after the other
  std::vector<size_t> piece_ends_;  // of token i in bytes_

  bool byte_level_ = true;
  bool byte_fallback_ = false;
  bool fuses_unknown_ = false;
  bool unknown_separates_ = true;
  TokenId unknown_ = -1;
  std::array<TokenId, 256> byte_ids_;  // the token of each byte, or of its fallback; -1: none
  // By plain text: single characters unless byte_level_, and all tokens that pieces are compared with.
  absl::flat_hash_map<std::string, TokenId> texts_;
  bool ignores_merges_ = false;
  BpeMerges merges_;

  SpecialTokens special_tokens_;
  SpecialTokens normalized_special_tokens_;
  Normalizer normalizer_;
  Normalizer preparation_;
  PreTokenizer pre_tokenizer_;
  bool adds_space_prefix_ = false;

  std::vector<TokenId> end_ids_;
  TokenId bos_ = -1;
  TokenId eos_ = -1;
  bool adds_bos_ = false;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_BPE_TOKENIZER_H_
