#include "cli/tokenize.h"

#include <charconv>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/tokenizer.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

absl::Status CheckOptions(const TokenizeCommandOptions& options) {
  const int sources = options.text.has_value() + options.file.has_value() + options.decode.has_value();
  if (sources != 1) return absl::InvalidArgumentError("give one of --text, --file and --decode");
  if (!options.separator.empty() && options.decode) {
    return absl::InvalidArgumentError("--separator splits text: give it with --text or --file");
  }
  return MakeEngineOptions(options.common).status();
}

// "1 2,3" -> ids below `size`.
absl::StatusOr<std::vector<TokenId>> ParseIds(std::string_view text, int32_t size) {
  std::vector<TokenId> ids;
  constexpr std::string_view kSeparators = " ,\t\n\r";
  for (size_t begin = 0; (begin = text.find_first_not_of(kSeparators, begin)) != std::string_view::npos;) {
    const std::string_view word = text.substr(begin, text.find_first_of(kSeparators, begin) - begin);
    TokenId id = -1;
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size() || id < 0 || id >= size) {
      return absl::InvalidArgumentError(
          Cat("--decode: '", word, "' is not a token id; give whole numbers ", "from 0 to ", size - 1));
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
  const std::string text = tokenizer.DecodeDocument(ids, options.special);
  if (options.common.json) {
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
    if (options.common.json) {
      lists.push_back(ids);
    } else {
      out << absl::StrJoin(ids, " ") << "\n";
    }
  }
  if (options.common.json) out << Json{{"ids", std::move(lists)}}.dump() << "\n";
}

}  // namespace

absl::Status RunTokenize(const TokenizeCommandOptions& options, std::ostream& out) {
  ESPALIER_RETURN_IF_ERROR(CheckOptions(options));
  std::string text = options.text.value_or("");
  if (options.file) {
    ESPALIER_ASSIGN_OR_RETURN(text, ReadTextFile(*options.file));
  }
  if (options.decode) {
    ESPALIER_RETURN_IF_ERROR(ParseIds(*options.decode, std::numeric_limits<int32_t>::max()).status());
  }
  ESPALIER_ASSIGN_OR_RETURN(const std::string path, FindModelFile(options.common));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Tokenizer> tokenizer, OpenTokenizer(path));
  if (options.decode) return Decode(options, *tokenizer, out);
  Encode(options, text, *tokenizer, out);
  return absl::OkStatus();
}

}  // namespace espalier
