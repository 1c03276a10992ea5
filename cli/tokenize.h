// espalier tokenize: text to token ids and back, with the model's tokenizer and nothing else of the model.
#ifndef ESPALIER_CLI_TOKENIZE_H_
#define ESPALIER_CLI_TOKENIZE_H_

#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "cli/command.h"

namespace espalier {

struct TokenizeCommandOptions {
  CommonOptions common;  // its model's weights are not read
  // Exactly one of these three.
  std::optional<std::string> text;
  std::optional<std::string> file;    // path of a text file, any bytes
  std::optional<std::string> decode;  // ids, separated by spaces or commas
  std::string separator;  // splits the text into documents and is removed whole; empty: one document
  bool special = false;   // special tokens in the text become their ids; --decode shows them

  TokenizeCommandOptions() {}
};

// Prints {"ids": [[...], ...]}, one list per document, or the ids of each document on a line of its own; with
// `decode` {"text": "..."} or the bytes as they are, the ids taken as a whole document. No BOS is added.
// Options are checked before the model is looked for.
absl::Status RunTokenize(const TokenizeCommandOptions& options, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_TOKENIZE_H_
