// Text <-> token ids, exactly as the model file defines them.
#ifndef ESPALIER_ENGINE_TOKENIZER_H_
#define ESPALIER_ENGINE_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"

namespace espalier {

class GgufFile;

struct TokenizeOptions {
  bool parse_special = false;  // "<|im_end|>" in the text becomes its id instead of plain text
  bool add_bos = false;        // prepend the model's BOS, if it has one
  bool continues = false;      // the text goes on after other tokens: no space is put before it

  TokenizeOptions() {}
  TokenizeOptions(bool special, bool bos) : parse_special(special), add_bos(bos) {}
};

// Thread-safe after construction.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Any bytes are accepted; what is not valid UTF-8 takes the model's byte tokens. A byte for which the
  // vocabulary has no token (SmolLM2 lacks 21, none of them ordinary text) gives none.
  virtual std::vector<TokenId> Encode(std::string_view text, const TokenizeOptions& options) const = 0;

  // The bytes of one token. They may be part of a UTF-8 character. Control tokens give "" unless
  // `show_special`. Ids outside the vocabulary give "".
  virtual std::string_view Piece(TokenId id, bool show_special = false) const = 0;

  virtual int32_t size() const = 0;
  virtual bool IsControl(TokenId id) const = 0;
  // Ids that end a generation (EOS, end of turn, ...), ascending.
  virtual std::span<const TokenId> end_ids() const = 0;
  virtual TokenId bos_id() const = 0;  // -1: none
  virtual TokenId eos_id() const = 0;  // the one that chat templates call eos_token; -1: none
  virtual bool adds_bos() const = 0;   // the model file asks for BOS before a prompt
  // Encode puts a space before a text, as SentencePiece does: "one" and " one" at a text's start are told
  // apart by one space more.
  virtual bool adds_space_prefix() const { return false; }

  std::vector<TokenId> Encode(std::string_view text) const { return Encode(text, TokenizeOptions()); }
  // `text` as it goes on after other tokens, its special tokens as plain text.
  std::vector<TokenId> EncodeContinuation(std::string_view text) const;
  // Concatenated pieces, for a stretch within a text: what a model generates, say. May end in the middle of a
  // character; TextStream makes whole characters of pieces as they come.
  std::string Decode(std::span<const TokenId> ids, bool show_special = false) const;
  // The inverse of Encode for a whole text: Decode without the space that Encode put before it.
  std::string DecodeDocument(std::span<const TokenId> ids, bool show_special = false) const;
};

// The tokenizer that `file`'s metadata (tokenizer.ggml.*) defines; it keeps no reference to `file`.
// Errors: Unimplemented, naming the tokenizer model or pre-tokenizer that is not supported; InvalidArgument
// for metadata that contradicts itself.
absl::StatusOr<std::unique_ptr<Tokenizer>> MakeTokenizer(const GgufFile& file);

// The tokenizer of the model at `path`: a GGUF file, or a folder as for MakeTokenizerFromFolder. Nothing else
// of the model is read. Errors as for these, and NotFound.
absl::StatusOr<std::unique_ptr<Tokenizer>> OpenTokenizer(const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_TOKENIZER_H_
