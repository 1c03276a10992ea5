#include "engine/tokenizer.h"

#include <sys/stat.h>

#include "base/status.h"
#include "engine/gguf.h"
#include "engine/tokenizer_json.h"

namespace espalier {

std::string Tokenizer::Decode(std::span<const TokenId> ids, bool show_special) const {
  std::string text;
  for (const TokenId id : ids) text += Piece(id, show_special);
  return text;
}

std::vector<TokenId> Tokenizer::EncodeContinuation(std::string_view text) const {
  TokenizeOptions options;
  options.continues = true;
  return Encode(text, options);
}

std::string Tokenizer::DecodeDocument(std::span<const TokenId> ids, bool show_special) const {
  std::string text = Decode(ids, show_special);
  if (adds_space_prefix() && text.starts_with(' ')) text.erase(0, 1);
  return text;
}

absl::StatusOr<std::unique_ptr<Tokenizer>> OpenTokenizer(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return MakeTokenizerFromFolder(path);
  ESPALIER_ASSIGN_OR_RETURN(const GgufFile file, GgufFile::Open(path));
  return MakeTokenizer(file);
}

}  // namespace espalier
