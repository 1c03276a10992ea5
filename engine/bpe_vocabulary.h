// What a model file says of its tokenizer, whichever format it has: the input of BpeTokenizer::Make.
#ifndef ESPALIER_ENGINE_BPE_VOCABULARY_H_
#define ESPALIER_ENGINE_BPE_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/ids.h"
#include "engine/normalizer.h"
#include "engine/pre_tokenizer.h"
#include "engine/special_tokens.h"

namespace espalier {

// GGUF's tokenizer.ggml.token_type.
enum class TokenType : int8_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6
};

// Control and unknown tokens are hidden in decoded text and matched in text on request only.
inline bool IsHidden(TokenType type) { return type == TokenType::kControl || type == TokenType::kUnknown; }

// Whether merges may make a token of this type or start from one.
inline bool TakesPartInMerges(TokenType type) { return !IsHidden(type) && type != TokenType::kByte; }

constexpr size_t kMaxTokens = 4'000'000;
constexpr size_t kMaxTokenBytes = 16 << 10;

struct BpeVocabulary {
  std::vector<std::string_view> tokens;  // by id, as the file spells them; empty: no such token
  std::vector<TokenType> types;          // as many
  // Either the pairs that merge, best first, or SentencePiece's scores of the tokens: then any two neighbours
  // whose texts together are a token merge, best the pair whose token has the highest score.
  std::vector<std::pair<std::string_view, std::string_view>> merges;
  std::vector<double> scores;

  // Normal tokens are spelled in GPT-2's printable alphabet for bytes; otherwise they are plain text in which
  // `space_mark` stands for a space.
  bool byte_level = true;
  std::string space_mark;
  bool byte_fallback = false;     // a character without a token becomes tokens <0xNN>
  TokenId unknown = -1;           // else this token; -1: none
  bool fuses_unknown = false;     // one for several such characters in a row
  bool unknown_separates = true;  // where neither exists: what lies around the character does not merge
  bool ignores_merges = false;    // a piece that is a token is taken whole

  // What happens to a text, in this order; the last two for each stretch between special tokens.
  std::vector<SpecialToken> special_tokens;
  Normalizer normalizer;
  std::vector<SpecialToken> normalized_special_tokens;  // matched after the normalizer
  Normalizer preparation;
  PreTokenizer pre_tokenizer;
  bool adds_space_prefix = false;  // `normalizer` or `preparation` puts a space before a text

  TokenId bos = -1;
  TokenId eos = -1;
  bool adds_bos = false;
  std::vector<TokenId> end_ids;  // any order
  size_t padded_size = 0;        // at least so many ids; those without a token decode to nothing
};

using TokenIndex = absl::flat_hash_map<std::string_view, TokenId>;

// Errors: InvalidArgument for lists of different lengths and for sizes beyond kMaxTokens, kMaxTokenBytes or,
// with scores, 1,024 bytes a token.
absl::Status CheckTokens(const BpeVocabulary& vocabulary);

// The ids by text. Where two tokens have one text, the normal one counts, else the last.
TokenIndex IndexByText(const BpeVocabulary& vocabulary);

// Equal scores have equal ranks; the best has rank 0.
std::vector<int32_t> RankByScore(const std::vector<double>& scores);

// Whether no token has the mark of a space after anything else: then no merge reaches across such a place,
// and texts can be cut there.
bool MarkOnlyLeads(const BpeVocabulary& vocabulary, const TokenIndex& index);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_BPE_VOCABULARY_H_
