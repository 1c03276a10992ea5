// The vocabularies of tests/golden/tokenizer.
#ifndef ESPALIER_TESTS_ENGINE_GOLDEN_VOCABULARY_H_
#define ESPALIER_TESTS_ENGINE_GOLDEN_VOCABULARY_H_

#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer.h"

namespace espalier {

// "gpt-2", "llama-bpe", "qwen2", "smollm" or "llama-spm"; made once per process.
const Tokenizer& GoldenTokenizer(const std::string& name);

// The same vocabulary as the text of a tokenizer.json, with the pipeline of its family (pipelines.json), and
// the tokenizer that this gives.
std::string MakeTokenizerJson(const std::string& name);
const Tokenizer& GoldenJsonTokenizer(const std::string& name);

std::string ReadGolden(const std::string& file_name);
std::string InflateGolden(const std::string& file_name);

// `text` split at every `separator`; n separators make n + 1 parts.
std::vector<std::string> SplitAt(std::string_view text, std::string_view separator);

}  // namespace espalier

#endif  // ESPALIER_TESTS_ENGINE_GOLDEN_VOCABULARY_H_
