// espalier tokenize: text to token ids and back, with the model's tokenizer and nothing else of the model.
#ifndef ESPALIER_CLI_TOKENIZE_H_
#define ESPALIER_CLI_TOKENIZE_H_

#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"

namespace espalier {

struct TokenizeCommandOptions {
  std::string model;  // path of a model file; its weights are not read
  // Exactly one of these three.
  std::optional<std::string> text;
  std::optional<std::string> file;    // path of a text file, any bytes
  std::optional<std::string> decode;  // ids, separated by spaces or commas
  std::string separator;  // splits the file into documents and is removed whole; empty: one document
  bool special = false;   // special tokens in the text become their ids; --decode shows them
  bool json = false;

  TokenizeCommandOptions() {}
};

// Prints {"ids": [[...], ...]}, one list per document, or the ids of each document on a line of its own; with
// `decode` {"text": "..."} or the bytes as they are. No BOS is added.
absl::Status RunTokenize(const TokenizeCommandOptions& options, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_TOKENIZE_H_
