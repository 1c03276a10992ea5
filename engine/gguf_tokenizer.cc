// The tokenizer in a GGUF file's metadata (tokenizer.ggml.*). Where the file is silent, the defaults are
// llama.cpp's.
#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/status.h"
#include "engine/bpe_tokenizer.h"
#include "engine/end_tokens.h"
#include "engine/gguf.h"
#include "engine/quoted.h"
#include "engine/tokenizer.h"

namespace espalier {
namespace {

constexpr std::string_view kSpaceMark = "\u2581";

absl::Status Damaged(const GgufFile& file, std::string_view fault) {
  return absl::InvalidArgumentError(Cat("'", file.path(), "': ", fault, "; download the file again"));
}

// `absent` without the key, or -1 where that is outside the vocabulary as well.
absl::StatusOr<TokenId> GetTokenId(const GgufFile& file, std::string_view key, TokenId absent,
                                   const BpeVocabulary& vocabulary) {
  const auto size = static_cast<int64_t>(vocabulary.tokens.size());
  if (!file.Has(key)) return absent < size ? absent : -1;
  ESPALIER_ASSIGN_OR_RETURN(const int64_t id, file.GetInt(key));
  if (id >= 0 && id < size) return static_cast<TokenId>(id);
  return Damaged(file, Cat(key, " is ", id, ", outside the vocabulary of ", size, " tokens"));
}

absl::Status ReadTypes(const GgufFile& file, BpeVocabulary& vocabulary) {
  vocabulary.types.assign(vocabulary.tokens.size(), TokenType::kNormal);
  if (!file.Has("tokenizer.ggml.token_type")) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<int64_t> types, file.GetInts("tokenizer.ggml.token_type"));
  if (types.size() != vocabulary.tokens.size()) {
    return Damaged(file,
                   Cat("it has ", vocabulary.tokens.size(), " tokens but ", types.size(), " token types"));
  }
  for (size_t id = 0; id < types.size(); ++id) {
    const bool known = types[id] >= 1 && types[id] <= 6;
    vocabulary.types[id] = known ? static_cast<TokenType>(types[id]) : TokenType::kUnused;
    const bool hidden = IsHidden(vocabulary.types[id]);
    if (hidden || vocabulary.types[id] == TokenType::kUserDefined) {
      SpecialToken token;
      token.text = vocabulary.tokens[id];
      token.id = static_cast<TokenId>(id);
      token.control = hidden;
      vocabulary.special_tokens.push_back(std::move(token));
    }
  }
  return absl::OkStatus();
}

// `bos` and `eos`: the ids where the file names none.
absl::Status ReadBosAndEnds(const GgufFile& file, TokenId bos, TokenId eos, BpeVocabulary& vocabulary) {
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.bos, GetTokenId(file, "tokenizer.ggml.bos_token_id", bos, vocabulary));
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.adds_bos,
                            file.GetBoolOr("tokenizer.ggml.add_bos_token", vocabulary.adds_bos));
  for (const auto& [key, absent] :
       {std::pair("tokenizer.ggml.eos_token_id", eos), std::pair("tokenizer.ggml.eot_token_id", TokenId{-1}),
        std::pair("tokenizer.ggml.eom_token_id", TokenId{-1})}) {
    ESPALIER_ASSIGN_OR_RETURN(const TokenId id, GetTokenId(file, key, absent, vocabulary));
    if (id >= 0) vocabulary.end_ids.push_back(id);
    if (std::string_view(key) == "tokenizer.ggml.eos_token_id") vocabulary.eos = id;
  }
  AddKnownEndTokens(vocabulary);
  return absl::OkStatus();
}

// "left right"; the left token may begin with a space.
absl::Status ReadMerges(const GgufFile& file, BpeVocabulary& vocabulary) {
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<std::string_view> merges,
                            file.GetStrings("tokenizer.ggml.merges"));
  vocabulary.merges.reserve(merges.size());
  for (const std::string_view merge : merges) {
    const size_t space = merge.find(' ', 1);
    if (space == std::string_view::npos)
      return Damaged(file, Cat("the merge ", Quoted(merge), " is no pair"));
    vocabulary.merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
  return absl::OkStatus();
}

absl::Status ReadByteLevel(const GgufFile& file, BpeVocabulary& vocabulary) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view pre, file.GetStringOr("tokenizer.ggml.pre", "default"));
  absl::StatusOr<PreTokenizerFamily> family = FindPreTokenizerFamily(pre);
  if (!family.ok()) {
    return absl::Status(family.status().code(),
                        Cat("'", file.path(), "': ", ToStd(family.status().message())));
  }
  vocabulary.pre_tokenizer = std::move(family->pre_tokenizer);
  vocabulary.adds_bos = family->adds_bos;
  vocabulary.ignores_merges = family->ignores_merges;
  ESPALIER_RETURN_IF_ERROR(ReadMerges(file, vocabulary));
  return ReadBosAndEnds(file, -1, -1, vocabulary);
}

absl::Status ReadSentencePiece(const GgufFile& file, BpeVocabulary& vocabulary) {
  ESPALIER_ASSIGN_OR_RETURN(const bool removes_spaces,
                            file.GetBoolOr("tokenizer.ggml.remove_extra_whitespaces", false));
  if (removes_spaces) {
    return absl::UnimplementedError(Cat(
        "'", file.path(), "': tokenizer.ggml.remove_extra_whitespaces is not supported; use another model"));
  }
  vocabulary.scores.assign(vocabulary.tokens.size(), 0.0);
  if (file.Has("tokenizer.ggml.scores")) {
    ESPALIER_ASSIGN_OR_RETURN(vocabulary.scores, file.GetFloats("tokenizer.ggml.scores"));
  }
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.adds_space_prefix,
                            file.GetBoolOr("tokenizer.ggml.add_space_prefix", true));
  vocabulary.byte_level = false;
  vocabulary.byte_fallback = true;
  vocabulary.space_mark = kSpaceMark;
  if (vocabulary.adds_space_prefix) {
    ESPALIER_RETURN_IF_ERROR(vocabulary.normalizer.AddPrefix(" ", PrefixPlace::kEverywhere));
  }
  ESPALIER_RETURN_IF_ERROR(vocabulary.normalizer.AddReplacement(SplitPattern::Literal(" "), 1, kSpaceMark));
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.unknown,
                            GetTokenId(file, "tokenizer.ggml.unknown_token_id", 0, vocabulary));
  vocabulary.adds_bos = true;
  return ReadBosAndEnds(file, 1, 2, vocabulary);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> MakeTokenizer(const GgufFile& file) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view model, file.GetString("tokenizer.ggml.model"));
  if (model != "gpt2" && model != "llama") {
    return absl::UnimplementedError(Cat("'", file.path(), "': tokenizer model ", Quoted(model),
                                        " is not supported; use a model with byte-level BPE ('gpt2') or "
                                        "SentencePiece BPE ('llama')"));
  }
  BpeVocabulary vocabulary;
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.tokens, file.GetStrings("tokenizer.ggml.tokens"));
  ESPALIER_RETURN_IF_ERROR(ReadTypes(file, vocabulary));
  ESPALIER_RETURN_IF_ERROR(model == "gpt2" ? ReadByteLevel(file, vocabulary)
                                           : ReadSentencePiece(file, vocabulary));
  absl::StatusOr<std::unique_ptr<BpeTokenizer>> tokenizer = BpeTokenizer::Make(std::move(vocabulary));
  if (!tokenizer.ok()) {
    return absl::Status(tokenizer.status().code(),
                        Cat("'", file.path(), "': ", ToStd(tokenizer.status().message())));
  }
  return *std::move(tokenizer);
}

}  // namespace espalier
