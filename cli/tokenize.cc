#include "cli/tokenize.h"

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "cli/command.h"
#include "engine/gguf.h"
#include "engine/tokenizer.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

absl::Status CheckOptions(const TokenizeCommandOptions& options) {
  const int sources = options.text.has_value() + options.file.has_value() + options.decode.has_value();
  if (sources != 1) return absl::InvalidArgumentError("give one of --text, --file and --decode");
  if (!options.separator.empty() && !options.file) {
    return absl::InvalidArgumentError("--separator splits a file: give it with --file");
  }
  return absl::OkStatus();
}

// "1 2,3" -> ids of the vocabulary.
absl::StatusOr<std::vector<TokenId>> ParseIds(std::string_view text, int32_t vocabulary_size) {
  std::vector<TokenId> ids;
  constexpr std::string_view kSeparators = " ,\t\n\r";
  for (size_t begin = 0; (begin = text.find_first_not_of(kSeparators, begin)) != std::string_view::npos;) {
    const std::string_view word = text.substr(begin, text.find_first_of(kSeparators, begin) - begin);
    TokenId id = -1;
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size() || id < 0 ||
        id >= vocabulary_size) {
      return absl::InvalidArgumentError(Cat("--decode: '", ToValidUtf8(word),
                                            "' is not a token id; this model has 0 to ",
                                            vocabulary_size - 1));
    }
    ids.push_back(id);
    begin += word.size();
  }
  return ids;
}

// Without a separator, or if it does not occur: the whole text.
std::vector<std::string_view> SplitDocuments(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> documents;
  while (!separator.empty()) {
    const size_t end = text.find(separator);
    if (end == std::string_view::npos) break;
    documents.push_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  documents.push_back(text);
  return documents;
}

absl::Status Decode(const TokenizeCommandOptions& options, const Tokenizer& tokenizer, std::ostream& out) {
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<TokenId> ids, ParseIds(*options.decode, tokenizer.size()));
  const std::string text = tokenizer.Decode(ids, options.special);
  if (options.json) {
    out << Json{{"text", ToValidUtf8(text)}}.dump() << "\n";
  } else {
    out << text << "\n";
  }
  return absl::OkStatus();
}

void Encode(const TokenizeCommandOptions& options, std::string_view text, const Tokenizer& tokenizer,
            std::ostream& out) {
  Json lists = Json::array();
  for (const std::string_view document : SplitDocuments(text, options.separator)) {
    const std::vector<TokenId> ids = tokenizer.Encode(document, TokenizeOptions(options.special, false));
    if (options.json) {
      lists.push_back(ids);
    } else {
      out << absl::StrJoin(ids, " ") << "\n";
    }
  }
  if (options.json) out << Json{{"ids", std::move(lists)}}.dump() << "\n";
}

}  // namespace

absl::Status RunTokenize(const TokenizeCommandOptions& options, std::ostream& out) {
  ESPALIER_RETURN_IF_ERROR(CheckOptions(options));
  std::string text = options.text.value_or("");
  if (options.file) {
    ESPALIER_ASSIGN_OR_RETURN(text, ReadTextFile(*options.file));
  }
  ESPALIER_ASSIGN_OR_RETURN(const GgufFile model, GgufFile::Open(options.model));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Tokenizer> tokenizer, MakeTokenizer(model));
  if (options.decode) return Decode(options, *tokenizer, out);
  Encode(options, text, *tokenizer, out);
  return absl::OkStatus();
}

}  // namespace espalier
