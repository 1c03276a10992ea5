// Any bytes as tokenizer.json: the parser gives a tokenizer or an error of one line, and a tokenizer encodes
// and decodes any text. Bytes after the first zero byte, if there is one, are the text.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "engine/tokenizer_json.h"

using espalier::ParseTokenizerJson;
using espalier::TokenId;
using espalier::TokenizeOptions;
using espalier::TokenizerFiles;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\0');
  TokenizerFiles files;
  files.tokenizer = input.substr(0, end);
  const auto tokenizer = ParseTokenizerJson(files);
  if (!tokenizer.ok()) {
    const std::string_view message(tokenizer.status().message().data(), tokenizer.status().message().size());
    ESPALIER_CHECK(!message.empty() && message.find('\n') == std::string_view::npos, message);
    return 0;
  }
  const std::string_view text =
      end == std::string_view::npos ? "ab <s>\xC3\xA9\xFF 12" : input.substr(end + 1);
  for (const bool special : {false, true}) {
    const std::vector<TokenId> ids = (*tokenizer)->Encode(text, TokenizeOptions(special, true));
    for (const TokenId id : ids) ESPALIER_CHECK(id >= 0 && id < (*tokenizer)->size(), id);
    (*tokenizer)->DecodeDocument(ids, special);
  }
  return 0;
}
