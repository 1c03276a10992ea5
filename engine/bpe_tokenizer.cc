#include "engine/bpe_tokenizer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"
#include "engine/byte_alphabet.h"
#include "engine/quoted.h"

namespace espalier {
namespace {

// The search for special tokens may compare this much at every byte of a text.
constexpr size_t kMaxSpecialTokenBytes = 1024;

std::string ByteTokenText(int byte) { return absl::StrFormat("<0x%02X>", byte); }

// The byte that "<0xNN>" stands for; -1 for any other text.
int ByteOfToken(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>') return -1;
  const size_t high = kDigits.find(text[3]);
  const size_t low = kDigits.find(text[4]);
  return high == std::string_view::npos || low == std::string_view::npos ? -1
                                                                         : static_cast<int>(high * 16 + low);
}

template <typename Index>
TokenId FindOrNone(const Index& index, std::string_view text) {
  const auto it = index.find(text);
  return it == index.end() ? -1 : it->second;
}

bool IsSpelled(TokenType type) { return type == TokenType::kNormal || type == TokenType::kByte; }

absl::StatusOr<SpecialTokens> MakeSpecialTokens(std::vector<SpecialToken> tokens) {
  SpecialTokens made;
  for (SpecialToken& token : tokens) {
    if (token.text.size() > kMaxSpecialTokenBytes) {
      return absl::InvalidArgumentError(Cat("special token ", token.id, " has ", token.text.size(),
                                            " bytes; at most ", kMaxSpecialTokenBytes, " can be used"));
    }
    made.Add(std::move(token));
  }
  made.Finish();
  return made;
}

SplitStage WordsWithLeadingMarks(std::string_view mark) {
  const std::string quoted = Cat("\\Q", mark, "\\E");
  absl::StatusOr<SplitPattern> pattern =
      SplitPattern::Compile(Cat("(?:", quoted, ")+(?:(?!", quoted, ").)*+|(?:(?!", quoted, ").)++"));
  ESPALIER_CHECK(pattern.ok(), pattern.status().ToString());
  return {*std::move(pattern)};
}

// Calls `plain(stretch, begin)` for what lies between the special tokens of `text`, and appends these.
template <typename Plain>
void SplitAtSpecialTokens(const SpecialTokens& tokens, std::string_view text, bool with_control,
                          std::vector<TokenId>& ids, const Plain& plain) {
  size_t done = 0;
  while (done < text.size()) {
    const auto special = tokens.Find(text, done, with_control);
    const size_t plain_end = special ? special->begin : text.size();
    if (plain_end > done) plain(text.substr(done, plain_end - done), done);
    if (special) ids.push_back(special->id);
    done = special ? special->end : text.size();
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<BpeTokenizer>> BpeTokenizer::Make(BpeVocabulary vocabulary) {
  ESPALIER_RETURN_IF_ERROR(CheckTokens(vocabulary));
  std::unique_ptr<BpeTokenizer> tokenizer(new BpeTokenizer());
  tokenizer->AddPieces(vocabulary);
  ESPALIER_RETURN_IF_ERROR(tokenizer->CheckIds(vocabulary));
  const TokenIndex index = IndexByText(vocabulary);
  tokenizer->AddSymbols(vocabulary, index);
  if (vocabulary.scores.empty()) {
    ESPALIER_RETURN_IF_ERROR(tokenizer->AddMerges(vocabulary, index));
  } else {
    tokenizer->AddScoredMerges(vocabulary, index);
  }
  ESPALIER_ASSIGN_OR_RETURN(tokenizer->special_tokens_,
                            MakeSpecialTokens(std::move(vocabulary.special_tokens)));
  ESPALIER_ASSIGN_OR_RETURN(tokenizer->normalized_special_tokens_,
                            MakeSpecialTokens(std::move(vocabulary.normalized_special_tokens)));
  tokenizer->normalizer_ = std::move(vocabulary.normalizer);
  tokenizer->preparation_ = std::move(vocabulary.preparation);
  if (MarkOnlyLeads(vocabulary, index))
    vocabulary.pre_tokenizer.Add(WordsWithLeadingMarks(vocabulary.space_mark));
  tokenizer->pre_tokenizer_ = std::move(vocabulary.pre_tokenizer);
  tokenizer->adds_space_prefix_ = vocabulary.adds_space_prefix;
  return tokenizer;
}

void BpeTokenizer::AddPieces(const BpeVocabulary& vocabulary) {
  types_ = vocabulary.types;
  piece_ends_.reserve(types_.size());
  for (size_t i = 0; i < types_.size(); ++i) {
    std::string_view text = vocabulary.tokens[i];
    const int byte = types_[i] == TokenType::kByte ? ByteOfToken(text) : -1;
    if (byte >= 0) {
      bytes_ += static_cast<char>(byte);
    } else if (IsSpelled(types_[i]) && vocabulary.byte_level) {
      AppendSpelledBytes(text, bytes_);
    } else {
      const std::string_view mark = vocabulary.space_mark;
      const bool has_marks = !mark.empty() && !IsHidden(types_[i]);
      for (size_t at; has_marks && (at = text.find(mark)) != std::string_view::npos;) {
        bytes_.append(text.substr(0, at)) += ' ';
        text.remove_prefix(at + mark.size());
      }
      bytes_ += text;
    }
    piece_ends_.push_back(bytes_.size());
  }
  types_.resize(std::max(types_.size(), vocabulary.padded_size), TokenType::kUnused);
  piece_ends_.resize(types_.size(), bytes_.size());
}

absl::Status BpeTokenizer::CheckIds(const BpeVocabulary& vocabulary) {
  std::vector<TokenId> named = vocabulary.end_ids;
  for (const SpecialToken& token : vocabulary.special_tokens) named.push_back(token.id);
  for (const SpecialToken& token : vocabulary.normalized_special_tokens) named.push_back(token.id);
  if (vocabulary.bos != -1) named.push_back(vocabulary.bos);
  if (vocabulary.eos != -1) named.push_back(vocabulary.eos);
  if (vocabulary.unknown != -1) named.push_back(vocabulary.unknown);
  for (const TokenId id : named) {
    if (id < 0 || id >= size()) {
      return absl::InvalidArgumentError(Cat("special token id ", id, " is outside the vocabulary of ", size(),
                                            " tokens: the model file is damaged"));
    }
  }
  end_ids_ = vocabulary.end_ids;
  std::sort(end_ids_.begin(), end_ids_.end());
  end_ids_.erase(std::unique(end_ids_.begin(), end_ids_.end()), end_ids_.end());
  bos_ = vocabulary.bos;
  eos_ = vocabulary.eos;
  adds_bos_ = vocabulary.adds_bos && bos_ >= 0;
  return absl::OkStatus();
}

void BpeTokenizer::AddSymbols(const BpeVocabulary& vocabulary, const TokenIndex& index) {
  byte_level_ = vocabulary.byte_level;
  byte_fallback_ = vocabulary.byte_fallback;
  fuses_unknown_ = vocabulary.fuses_unknown;
  unknown_separates_ = vocabulary.unknown_separates;
  unknown_ = vocabulary.unknown;
  ignores_merges_ = vocabulary.ignores_merges;
  for (int byte = 0; byte < 256; ++byte) {
    byte_ids_[byte] =
        byte_level_ ? FindOrNone(index, ByteToLetter(byte)) : FindOrNone(index, ByteTokenText(byte));
  }
  for (const auto& [text, id] : index) {
    if (!(byte_level_ ? IsSpelled(types_[id]) : TakesPartInMerges(types_[id]))) continue;
    if (ignores_merges_ || (!byte_level_ && Utf8CharacterSize(text) == text.size())) {
      texts_[byte_level_ ? std::string(Piece(id)) : std::string(text)] = id;
    }
  }
}

absl::Status BpeTokenizer::AddMerges(const BpeVocabulary& vocabulary, const TokenIndex& index) {
  std::string merged;
  int32_t rank = 0;
  for (const auto& [left, right] : vocabulary.merges) {
    merged.assign(left).append(right);
    const TokenId left_id = FindOrNone(index, left);
    const TokenId right_id = FindOrNone(index, right);
    const TokenId merged_id = FindOrNone(index, merged);
    if (left_id < 0 || right_id < 0 || merged_id < 0) {
      return absl::InvalidArgumentError(
          Cat("merge ", Quoted(Cat(left, " ", right)),
              " names a token that the vocabulary lacks: the model file is damaged"));
    }
    merges_.Add(left_id, right_id, merged_id, rank++);
  }
  return absl::OkStatus();
}

void BpeTokenizer::AddScoredMerges(const BpeVocabulary& vocabulary, const TokenIndex& index) {
  const std::vector<int32_t> ranks = RankByScore(vocabulary.scores);
  const auto find = [&](std::string_view text) {
    const TokenId id = FindOrNone(index, text);
    return id >= 0 && TakesPartInMerges(types_[id]) ? id : -1;
  };
  for (const auto& [text, id] : index) {
    if (!TakesPartInMerges(types_[id])) continue;
    for (size_t split = Utf8CharacterSize(text); split > 0 && split < text.size();) {
      const TokenId left = find(text.substr(0, split));
      const TokenId right = left < 0 ? -1 : find(text.substr(split));
      if (right >= 0) merges_.Add(left, right, id, ranks[id]);
      split += std::max<size_t>(1, Utf8CharacterSize(text.substr(split)));
    }
  }
}

std::vector<TokenId> BpeTokenizer::Encode(std::string_view text, const TokenizeOptions& options) const {
  std::vector<TokenId> ids;
  if (options.add_bos && bos_ >= 0) ids.push_back(bos_);
  const auto place = [&](size_t begin) {
    if (begin > 0) return StretchPlace::kAfterSpecialToken;
    return options.continues ? StretchPlace::kAfterText : StretchPlace::kTextStart;
  };
  const auto encode = [&](std::string_view stretch, size_t begin) {
    if (normalizer_.empty() && normalized_special_tokens_.empty()) {
      return EncodeStretch(stretch, place(begin), ids);
    }
    const std::string normalized = normalizer_.Apply(stretch, place(begin));
    SplitAtSpecialTokens(normalized_special_tokens_, normalized, options.parse_special, ids,
                         [&](std::string_view inner, size_t inner_begin) {
                           EncodeStretch(inner, place(begin + inner_begin), ids);
                         });
  };
  SplitAtSpecialTokens(special_tokens_, text, options.parse_special, ids, encode);
  return ids;
}

void BpeTokenizer::EncodeStretch(std::string_view stretch, StretchPlace place,
                                 std::vector<TokenId>& ids) const {
  std::string prepared;
  if (!preparation_.empty()) stretch = prepared = preparation_.Apply(stretch, place);
  std::vector<std::string_view> pieces;
  pre_tokenizer_.Split(stretch, pieces);
  std::vector<TokenId> symbols;
  for (const std::string_view piece : pieces) {
    if (ignores_merges_) {
      if (const auto whole = texts_.find(ToAbsl(piece)); whole != texts_.end()) {
        ids.push_back(whole->second);
        continue;
      }
    }
    symbols.clear();
    AppendSymbols(piece, symbols);
    merges_.Apply(symbols);
    std::copy_if(symbols.begin(), symbols.end(), std::back_inserter(ids), [](TokenId id) { return id >= 0; });
  }
}

void BpeTokenizer::AppendSymbols(std::string_view piece, std::vector<TokenId>& symbols) const {
  while (!piece.empty()) {
    const size_t size = byte_level_ ? 1 : std::max<size_t>(1, Utf8CharacterSize(piece));
    const std::string_view character = piece.substr(0, size);
    piece.remove_prefix(size);
    TokenId id = -1;
    if (byte_level_) {
      id = byte_ids_[static_cast<uint8_t>(character[0])];
    } else if (const auto found = texts_.find(ToAbsl(character)); found != texts_.end()) {
      id = found->second;
    }
    if (id >= 0) {
      symbols.push_back(id);
    } else {
      AppendUnknown(character, symbols);
    }
  }
}

void BpeTokenizer::AppendUnknown(std::string_view character, std::vector<TokenId>& symbols) const {
  const auto token = [&](char byte) { return byte_ids_[static_cast<uint8_t>(byte)]; };
  const bool spells = std::all_of(character.begin(), character.end(), [&](char c) { return token(c) >= 0; });
  if (byte_fallback_ && !byte_level_ && spells) {
    for (const char byte : character) symbols.push_back(token(byte));
    return;
  }
  const bool fused = fuses_unknown_ && unknown_ >= 0 && !symbols.empty() && symbols.back() == unknown_;
  if (!fused && (unknown_ >= 0 || unknown_separates_)) symbols.push_back(unknown_);
}

std::string_view BpeTokenizer::Piece(TokenId id, bool show_special) const {
  if (id < 0 || id >= size()) return "";
  if (!show_special && (IsHidden(types_[id]) || types_[id] == TokenType::kUnused)) return "";
  const size_t begin = id == 0 ? 0 : piece_ends_[id - 1];
  return std::string_view(bytes_).substr(begin, piece_ends_[id] - begin);
}

bool BpeTokenizer::IsControl(TokenId id) const { return id >= 0 && id < size() && IsHidden(types_[id]); }

}  // namespace espalier
