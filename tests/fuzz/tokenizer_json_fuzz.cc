// Any bytes as tokenizer.json: the parser gives a tokenizer or an error of one line, and a tokenizer encodes
// and decodes any text. Bytes after the first zero byte, if there is one, are the text.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "engine/tokenizer_json.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/temporary_file.h"

using espalier::ParseTokenizerJson;
using espalier::TokenId;
using espalier::TokenizeOptions;
using espalier::TokenizerFiles;

namespace espalier {

std::vector<std::string> GeneratedSeeds() {
  std::vector<std::string> seeds = {ReadFile("tests/golden/architectures/llama2/tokenizer.json")};
  const auto small = nlohmann::json::parse(std::ifstream("tests/golden/tokenizer/small_tokenizers.json"));
  for (const auto& entry : small) seeds.push_back(entry["tokenizer"].dump());
  return seeds;
}

std::vector<std::string> FuzzWords() {
  return {"\"Split\"",
          "\"Regex\"",
          "\"ByteLevel\"",
          "\"Metaspace\"",
          "\"Digits\"",
          "\"Prepend\"",
          "\"Replace\"",
          "\"NFC\"",
          "\"NFKD\"",
          "\"Strip\"",
          "\"byte_fallback\"",
          "\"ignore_merges\"",
          "\"lstrip\"",
          "\"rstrip\"",
          "\"normalized\"",
          "(?i:",
          "\\\\p{L}+",
          "(a*)*",
          "null",
          "true",
          "-1",
          "1e999",
          "[]",
          "{}"};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\0');
  TokenizerFiles files;
  files.tokenizer = input.substr(0, end);
  const auto tokenizer = ParseTokenizerJson(files);
  if (!tokenizer.ok()) {
    espalier::CheckMessage(tokenizer.status());
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
