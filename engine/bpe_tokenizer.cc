#include "engine/bpe_tokenizer.h"

#include <algorithm>
#include <limits>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/byte_alphabet.h"

namespace espalier {
namespace {

using TokenIndex = absl::flat_hash_map<std::string_view, TokenId>;

// Where two tokens have one text, the normal one counts, else the last.
TokenIndex IndexByText(const BpeVocabulary& vocabulary, const std::vector<TokenType>& types) {
  TokenIndex index;
  index.reserve(types.size());
  for (size_t id = 0; id < types.size(); ++id) {
    const auto [it, added] = index.try_emplace(vocabulary.tokens[id], static_cast<TokenId>(id));
    if (!added && (types[id] == TokenType::kNormal || types[it->second] != TokenType::kNormal)) {
      it->second = static_cast<TokenId>(id);
    }
  }
  return index;
}

TokenId FindOrNone(const TokenIndex& index, std::string_view text) {
  const auto it = index.find(text);
  return it == index.end() ? -1 : it->second;
}

bool IsSpelled(TokenType type) { return type == TokenType::kNormal || type == TokenType::kByte; }

bool IsHidden(TokenType type) { return type == TokenType::kControl || type == TokenType::kUnknown; }

}  // namespace

absl::StatusOr<std::unique_ptr<BpeTokenizer>> BpeTokenizer::Make(const BpeVocabulary& vocabulary) {
  ESPALIER_ASSIGN_OR_RETURN(PreTokenizer pre_tokenizer, PreTokenizer::Make(vocabulary.pre_tokenizer));
  std::unique_ptr<BpeTokenizer> tokenizer(new BpeTokenizer(std::move(pre_tokenizer)));
  ESPALIER_RETURN_IF_ERROR(tokenizer->AddTypes(vocabulary));
  tokenizer->AddPieces(vocabulary);
  ESPALIER_RETURN_IF_ERROR(tokenizer->AddMerges(vocabulary));
  return tokenizer;
}

absl::Status BpeTokenizer::AddTypes(const BpeVocabulary& vocabulary) {
  const size_t size = vocabulary.tokens.size();
  if (size == 0 || size > std::numeric_limits<TokenId>::max()) {
    return absl::InvalidArgumentError(Cat("a vocabulary of ", size, " tokens cannot be used"));
  }
  if (!vocabulary.types.empty() && vocabulary.types.size() != size) {
    return absl::InvalidArgumentError(Cat("the vocabulary has ", size, " tokens but ",
                                          vocabulary.types.size(),
                                          " token types: the model file is damaged"));
  }
  types_.assign(size, TokenType::kNormal);
  for (size_t id = 0; id < vocabulary.types.size(); ++id) types_[id] = TokenType{vocabulary.types[id]};

  end_ids_ = vocabulary.end_ids;
  bos_ = vocabulary.bos;
  eos_ = vocabulary.eos;
  adds_bos_ = vocabulary.add_bos.value_or(pre_tokenizer_.adds_bos()) && bos_ >= 0;
  std::vector<TokenId> named = end_ids_;
  if (bos_ >= 0) named.push_back(bos_);
  if (eos_ >= 0) named.push_back(eos_);
  for (const TokenId id : named) {
    if (id < 0 || id >= this->size()) {
      return absl::InvalidArgumentError(Cat("special token id ", id, " is outside the vocabulary of ", size,
                                            " tokens: the model file is damaged"));
    }
  }
  std::sort(end_ids_.begin(), end_ids_.end());
  end_ids_.erase(std::unique(end_ids_.begin(), end_ids_.end()), end_ids_.end());
  return absl::OkStatus();
}

void BpeTokenizer::AddPieces(const BpeVocabulary& vocabulary) {
  piece_ends_.reserve(types_.size());
  for (size_t i = 0; i < types_.size(); ++i) {
    const std::string_view text = vocabulary.tokens[i];
    if (IsSpelled(types_[i])) {
      AppendSpelledBytes(text, bytes_);
    } else {
      bytes_ += text;
    }
    piece_ends_.push_back(bytes_.size());
    if (IsHidden(types_[i]) || types_[i] == TokenType::kUserDefined) {
      special_tokens_.Add(text, static_cast<TokenId>(i), IsHidden(types_[i]));
    }
  }
  special_tokens_.Finish();
  if (!pre_tokenizer_.ignores_merges()) return;
  for (TokenId id = 0; id < size(); ++id) {
    if (IsSpelled(types_[id])) whole_pieces_[Piece(id)] = id;
  }
}

absl::Status BpeTokenizer::AddMerges(const BpeVocabulary& vocabulary) {
  const TokenIndex index = IndexByText(vocabulary, types_);
  for (int byte = 0; byte < 256; ++byte) byte_ids_[byte] = FindOrNone(index, ByteToLetter(byte));
  std::string merged;
  for (const std::string_view merge : vocabulary.merges) {
    const size_t space = merge.find(' ', 1);
    const std::string_view left = merge.substr(0, space);
    const std::string_view right = space == std::string_view::npos ? "" : merge.substr(space + 1);
    merged.assign(left).append(right);
    const TokenId left_id = FindOrNone(index, left);
    const TokenId right_id = FindOrNone(index, right);
    const TokenId merged_id = FindOrNone(index, merged);
    if (left_id < 0 || right_id < 0 || merged_id < 0) {
      return absl::InvalidArgumentError(Cat(
          "merge '", OneLine(merge), "' names a token that the vocabulary lacks: the model file is damaged"));
    }
    merges_.Add(left_id, right_id, merged_id);
  }
  return absl::OkStatus();
}

std::vector<TokenId> BpeTokenizer::Encode(std::string_view text, const TokenizeOptions& options) const {
  std::vector<TokenId> ids;
  if (options.add_bos && bos_ >= 0) ids.push_back(bos_);
  size_t done = 0;
  while (done < text.size()) {
    const auto special = special_tokens_.Find(text, done, options.parse_special);
    const size_t plain_end = special ? special->begin : text.size();
    if (plain_end > done) EncodePlain(text.substr(done, plain_end - done), ids);
    if (special) ids.push_back(special->id);
    done = special ? special->end : text.size();
  }
  return ids;
}

void BpeTokenizer::EncodePlain(std::string_view text, std::vector<TokenId>& ids) const {
  std::vector<std::string_view> pieces;
  pre_tokenizer_.Split(text, pieces);
  std::vector<TokenId> tokens;
  for (const std::string_view piece : pieces) {
    if (const auto whole = whole_pieces_.find(piece); whole != whole_pieces_.end()) {
      ids.push_back(whole->second);
      continue;
    }
    tokens.clear();
    for (const char c : piece) {
      const TokenId id = byte_ids_[static_cast<uint8_t>(c)];
      tokens.push_back(id);
    }
    merges_.Apply(tokens);
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(ids), [](TokenId id) { return id >= 0; });
  }
}

std::string_view BpeTokenizer::Piece(TokenId id, bool show_special) const {
  if (id < 0 || id >= size()) return "";
  if (!show_special && (IsHidden(types_[id]) || types_[id] == TokenType::kUnused)) return "";
  const size_t begin = id == 0 ? 0 : piece_ends_[id - 1];
  return std::string_view(bytes_).substr(begin, piece_ends_[id] - begin);
}

bool BpeTokenizer::IsControl(TokenId id) const { return id >= 0 && id < size() && IsHidden(types_[id]); }

}  // namespace espalier
