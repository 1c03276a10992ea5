#include "engine/tokenizer_json.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/bpe_tokenizer.h"
#include "engine/end_tokens.h"
#include "engine/json_fields.h"
#include "engine/quoted.h"
#include "engine/tokenizer_json_pipeline.h"

namespace espalier {
namespace {

constexpr int64_t kMaxFileBytes = int64_t{256} << 20;

absl::Status InFile(std::string_view name, const absl::Status& status) {
  return status.ok() ? status : absl::Status(status.code(), Cat(name, ": ", ToStd(status.message())));
}

absl::Status Malformed(std::string_view fault) { return absl::InvalidArgumentError(ToAbsl(fault)); }

absl::Status Unsupported(std::string_view what) {
  return absl::UnimplementedError(Cat(what, " is not supported; use a model with another tokenizer"));
}

// The parsed files. Vocabularies point into them.
struct Sources {
  Json tokenizer;
  Json tokenizer_config;
  Json special_tokens_map;
  Json generation_config;
  Json config;
};

absl::StatusOr<Sources> ParseSources(const TokenizerFiles& files) {
  Sources sources;
  for (const auto& [text, name, value] :
       {std::tuple(&files.tokenizer, "tokenizer.json", &sources.tokenizer),
        std::tuple(&files.tokenizer_config, "tokenizer_config.json", &sources.tokenizer_config),
        std::tuple(&files.special_tokens_map, "special_tokens_map.json", &sources.special_tokens_map),
        std::tuple(&files.generation_config, "generation_config.json", &sources.generation_config),
        std::tuple(&files.config, "config.json", &sources.config)}) {
    if (text->empty() && value != &sources.tokenizer) continue;
    ESPALIER_ASSIGN_OR_RETURN(*value, ParseJson(*text, name));
  }
  return sources;
}

absl::Status PlaceToken(std::string_view text, int64_t id, BpeVocabulary& vocabulary) {
  const auto size = static_cast<int64_t>(vocabulary.tokens.size());
  if (id >= size) {
    vocabulary.tokens.resize(id + 1);
    vocabulary.types.resize(id + 1, TokenType::kUnused);
  } else if (!vocabulary.tokens[id].empty() && vocabulary.tokens[id] != text) {
    return Malformed(Cat(Quoted(text), " and ", Quoted(vocabulary.tokens[id]), " have one id, ", id));
  }
  vocabulary.tokens[id] = text;
  vocabulary.types[id] = TokenType::kNormal;
  return absl::OkStatus();
}

absl::Status ReadTokens(const Json& tokens, BpeVocabulary& vocabulary) {
  if (!tokens.is_object()) return Malformed("the model's vocab is no object");
  vocabulary.tokens.reserve(tokens.size());
  vocabulary.types.reserve(tokens.size());
  for (auto it = tokens.begin(); it != tokens.end(); ++it) {
    const std::string_view text = it.key();
    const Json& id = it.value();
    if (!id.is_number_unsigned() || id.get<uint64_t>() >= kMaxTokens) {
      return Malformed(Cat("the id of ", Quoted(text), " is no whole number below ", kMaxTokens));
    }
    ESPALIER_RETURN_IF_ERROR(PlaceToken(text, id.get<int64_t>(), vocabulary));
  }
  return absl::OkStatus();
}

// "left right" or ["left", "right"]
absl::Status ReadMerges(const Json& merges, BpeVocabulary& vocabulary) {
  if (!merges.is_array()) return Malformed("the model's merges are no list");
  vocabulary.merges.reserve(merges.size());
  for (const Json& merge : merges) {
    if (merge.is_string()) {
      const std::string_view text = merge.get_ref<const std::string&>();
      const size_t space = text.find(' ');
      if (space == std::string_view::npos) return Malformed(Cat("the merge ", Quoted(text), " is no pair"));
      vocabulary.merges.emplace_back(text.substr(0, space), text.substr(space + 1));
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      vocabulary.merges.emplace_back(merge[0].get_ref<const std::string&>(),
                                     merge[1].get_ref<const std::string&>());
    } else {
      return Malformed("a merge is neither \"left right\" nor [\"left\", \"right\"]");
    }
  }
  return absl::OkStatus();
}

// -1: no such token.
TokenId FindToken(const BpeVocabulary& vocabulary, std::string_view text) {
  if (text.empty()) return -1;
  const auto it = std::find(vocabulary.tokens.begin(), vocabulary.tokens.end(), text);
  return it == vocabulary.tokens.end() ? -1 : static_cast<TokenId>(it - vocabulary.tokens.begin());
}

absl::Status ReadModel(const Json& model, BpeVocabulary& vocabulary) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view type, GetString(model, "type", "BPE"));
  if (type != "BPE") return Unsupported(Cat("model ", Quoted(type)));
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    ESPALIER_ASSIGN_OR_RETURN(const std::string_view affix, GetString(model, key, ""));
    if (!affix.empty()) return Unsupported(Cat("the model's ", std::string_view(key)));
  }
  const Json& dropout = Field(model, "dropout");
  if (!dropout.is_null() && dropout != 0) return Unsupported("the model's dropout");
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.ignores_merges, GetBool(model, "ignore_merges", false));
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.byte_fallback, GetBool(model, "byte_fallback", false));
  ESPALIER_ASSIGN_OR_RETURN(vocabulary.fuses_unknown, GetBool(model, "fuse_unk", false));
  vocabulary.unknown_separates = false;
  ESPALIER_RETURN_IF_ERROR(ReadTokens(Field(model, "vocab"), vocabulary));
  ESPALIER_RETURN_IF_ERROR(ReadMerges(Field(model, "merges"), vocabulary));
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view unknown, GetString(model, "unk_token", ""));
  const Json& tokens = Field(model, "vocab");
  if (const Json& id = Field(tokens, unknown); !id.is_null()) vocabulary.unknown = id.get<TokenId>();
  for (int byte = 0; vocabulary.byte_fallback && byte < 256; ++byte) {
    const Json& id = Field(tokens, absl::StrFormat("<0x%02X>", byte));
    if (!id.is_null()) vocabulary.types[id.get<TokenId>()] = TokenType::kByte;
  }
  return absl::OkStatus();
}

// `rows`: ids from there on have no row in the embedding, so that a text must not contain them.
absl::Status ReadAddedToken(const Json& entry, int64_t rows, BpeVocabulary& vocabulary) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t id, GetInt(entry, "id", kMaxTokens, -1));
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view text, GetString(entry, "content", ""));
  if (id < 0 || text.empty()) return Malformed("an added token has no id or no content");
  if (rows > 0 && id >= rows) return absl::OkStatus();
  SpecialToken token;
  token.text = text;
  token.id = static_cast<TokenId>(id);
  ESPALIER_ASSIGN_OR_RETURN(token.control, GetBool(entry, "special", false));
  ESPALIER_ASSIGN_OR_RETURN(token.single_word, GetBool(entry, "single_word", false));
  ESPALIER_ASSIGN_OR_RETURN(token.strips_left, GetBool(entry, "lstrip", false));
  ESPALIER_ASSIGN_OR_RETURN(token.strips_right, GetBool(entry, "rstrip", false));
  ESPALIER_ASSIGN_OR_RETURN(const bool normalized, GetBool(entry, "normalized", !token.control));
  ESPALIER_RETURN_IF_ERROR(PlaceToken(text, id, vocabulary));
  vocabulary.types[id] = token.control ? TokenType::kControl : TokenType::kUserDefined;
  if (normalized) token.text = vocabulary.normalizer.Apply(token.text, StretchPlace::kTextStart);
  (normalized ? vocabulary.normalized_special_tokens : vocabulary.special_tokens).push_back(std::move(token));
  return absl::OkStatus();
}

absl::Status ReadAddedTokens(const Json& added, int64_t rows, BpeVocabulary& vocabulary) {
  if (!added.is_null() && !added.is_array()) return Malformed("added_tokens is no list");
  for (const Json& entry : added) ESPALIER_RETURN_IF_ERROR(ReadAddedToken(entry, rows, vocabulary));
  return absl::OkStatus();
}

// A post-processor may put BOS before a text (and EOS after it, which a prompt does without). "" for none.
absl::StatusOr<std::string_view> FindTemplateBos(const Json& processor) {
  const Json& type = Field(processor, "type");
  if (processor.is_null() || type == "ByteLevel") return "";
  if (type == "Sequence") {
    std::string_view found;
    for (const Json& member : Field(processor, "processors")) {
      ESPALIER_ASSIGN_OR_RETURN(const std::string_view bos, FindTemplateBos(member));
      if (!bos.empty()) found = bos;
    }
    return found;
  }
  if (type != "TemplateProcessing") {
    return Unsupported(Cat("post_processor ", Quoted(type.is_string() ? type.get<std::string>() : "")));
  }
  const Json& single = Field(processor, "single");
  if (!single.is_array() || single.empty()) return Malformed("a post_processor without a template");
  const Json& first = Field(single[0], "SpecialToken");
  if (first.is_null()) return "";
  if (single.size() > 1 && !Field(single[1], "SpecialToken").is_null()) {
    return Unsupported("a post_processor that puts several tokens before a text");
  }
  return GetString(first, "id", "");
}

// "<s>" or {"content": "<s>"}, of tokenizer_config.json or else special_tokens_map.json; -1: no such token.
TokenId FindNamedToken(const Sources& sources, std::string_view key, const BpeVocabulary& vocabulary) {
  for (const Json* source : {&sources.tokenizer_config, &sources.special_tokens_map}) {
    const Json& value = Field(*source, key);
    const Json& text = value.is_object() ? Field(value, "content") : value;
    if (text.is_string()) return FindToken(vocabulary, text.get_ref<const std::string&>());
  }
  return -1;
}

// `from_template`: the text of the token that the post-processor puts before a text, "" for none.
absl::Status ReadBos(const Sources& sources, std::string_view from_template, BpeVocabulary& vocabulary) {
  vocabulary.bos = FindNamedToken(sources, "bos_token", vocabulary);
  if (vocabulary.bos < 0) vocabulary.bos = FindToken(vocabulary, from_template);
  const auto adds = GetBool(sources.tokenizer_config, "add_bos_token", !from_template.empty());
  if (!adds.ok()) return InFile("tokenizer_config.json", adds.status());
  vocabulary.adds_bos = *adds;
  return absl::OkStatus();
}

// `value`: null, an id or a list of ids.
absl::Status AddEndIds(const Json& value, BpeVocabulary& vocabulary) {
  const Json ids = value.is_array() ? value : value.is_null() ? Json::array() : Json::array({value});
  for (const Json& id : ids) {
    if (!id.is_number_unsigned() || id.get<uint64_t>() >= vocabulary.tokens.size()) {
      return absl::InvalidArgumentError(
          Cat("eos_token_id is no token of the ", vocabulary.tokens.size(), " in tokenizer.json"));
    }
    vocabulary.end_ids.push_back(id.get<TokenId>());
  }
  return absl::OkStatus();
}

absl::Status ReadEnds(const Sources& sources, BpeVocabulary& vocabulary) {
  vocabulary.eos = FindNamedToken(sources, "eos_token", vocabulary);
  if (vocabulary.eos >= 0) vocabulary.end_ids.push_back(vocabulary.eos);
  ESPALIER_RETURN_IF_ERROR(AddEndIds(Field(sources.generation_config, "eos_token_id"), vocabulary));
  ESPALIER_RETURN_IF_ERROR(AddEndIds(Field(sources.config, "eos_token_id"), vocabulary));
  AddKnownEndTokens(vocabulary);
  return absl::OkStatus();
}

// The rows of the embedding; 0: not known.
absl::StatusOr<int64_t> ReadRows(const Json& config) {
  const Json& text_config = Field(config, "text_config");
  const auto rows =
      GetInt(Field(config, "vocab_size").is_null() ? text_config : config, "vocab_size", kMaxTokens + 1, 0);
  if (!rows.ok()) return InFile("config.json", rows.status());
  return rows;
}

absl::Status ReadTokenizer(const Json& json, int64_t rows, BpeVocabulary& vocabulary) {
  ESPALIER_RETURN_IF_ERROR(ReadNormalizer(Field(json, "normalizer"), vocabulary.normalizer));
  ESPALIER_RETURN_IF_ERROR(ReadPreTokenizer(Field(json, "pre_tokenizer"), vocabulary));
  ESPALIER_RETURN_IF_ERROR(ReadDecoder(Field(json, "decoder"), vocabulary));
  ESPALIER_RETURN_IF_ERROR(ReadModel(Field(json, "model"), vocabulary));
  if (rows > 0 && static_cast<int64_t>(vocabulary.tokens.size()) > rows) {
    return Malformed(
        Cat("its model has ", vocabulary.tokens.size(), " tokens, but config.json's vocab_size is ", rows));
  }
  vocabulary.padded_size = static_cast<size_t>(rows);
  return ReadAddedTokens(Field(json, "added_tokens"), rows, vocabulary);
}

// "" for an absent file.
absl::StatusOr<std::string> ReadOptionalFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return std::string();
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(Cat("'", path, "' is not a regular file"));
  if (info.st_size > kMaxFileBytes) {
    return absl::InvalidArgumentError(Cat("'", path, "' has ", FormatBytes(info.st_size), "; at most ",
                                          FormatBytes(kMaxFileBytes), " are read"));
  }
  std::string text(info.st_size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(text.data(), info.st_size))
    return absl::InvalidArgumentError(Cat("cannot read '", path, "'"));
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> ParseTokenizerJson(const TokenizerFiles& files) {
  constexpr std::string_view kFile = "tokenizer.json";
  ESPALIER_ASSIGN_OR_RETURN(const Sources sources, ParseSources(files));
  ESPALIER_ASSIGN_OR_RETURN(const int64_t rows, ReadRows(sources.config));
  BpeVocabulary vocabulary;
  ESPALIER_RETURN_IF_ERROR(InFile(kFile, ReadTokenizer(sources.tokenizer, rows, vocabulary)));
  const auto from_template = FindTemplateBos(Field(sources.tokenizer, "post_processor"));
  if (!from_template.ok()) return InFile(kFile, from_template.status());
  ESPALIER_RETURN_IF_ERROR(ReadBos(sources, *from_template, vocabulary));
  ESPALIER_RETURN_IF_ERROR(ReadEnds(sources, vocabulary));
  absl::StatusOr<std::unique_ptr<BpeTokenizer>> tokenizer = BpeTokenizer::Make(std::move(vocabulary));
  if (!tokenizer.ok()) return InFile(kFile, tokenizer.status());
  return *std::move(tokenizer);
}

absl::StatusOr<std::unique_ptr<Tokenizer>> MakeTokenizerFromFolder(const std::string& folder) {
  TokenizerFiles files;
  for (const auto& [name, text] : {std::pair("tokenizer.json", &files.tokenizer),
                                   std::pair("tokenizer_config.json", &files.tokenizer_config),
                                   std::pair("special_tokens_map.json", &files.special_tokens_map),
                                   std::pair("generation_config.json", &files.generation_config),
                                   std::pair("config.json", &files.config)}) {
    ESPALIER_ASSIGN_OR_RETURN(*text, ReadOptionalFile(Cat(folder, "/", std::string_view(name))));
  }
  if (files.tokenizer.empty()) {
    return absl::NotFoundError(
        Cat("'", folder, "' has no tokenizer.json; give a folder with one, or a GGUF file of the model"));
  }
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = ParseTokenizerJson(files);
  if (!tokenizer.ok()) return InFile(Cat("'", folder, "'"), tokenizer.status());
  return tokenizer;
}

}  // namespace espalier
