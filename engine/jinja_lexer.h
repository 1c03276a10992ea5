// Template text to tokens, with white space already trimmed as Jinja's trim_blocks and lstrip_blocks say
// (both on, as chat templates assume).
#ifndef ESPALIER_ENGINE_JINJA_LEXER_H_
#define ESPALIER_ENGINE_JINJA_LEXER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace espalier::jinja {

enum class TokenKind {
  kText,         // between tags
  kBlockBegin,   // {%
  kBlockEnd,     // %}
  kOutputBegin,  // {{
  kOutputEnd,    // }}
  kName,
  kString,  // `text` is unescaped
  kInteger,
  kFloat,
  kOperator,
  kEnd,
};

struct Token {
  TokenKind kind;
  std::string text;
  int line;  // from 1
};

// The last token is kEnd. Error: InvalidArgument with the line.
absl::StatusOr<std::vector<Token>> Tokenize(std::string_view source);

// "chat template, line 3: message".
absl::Status TemplateError(int line, std::string_view message);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_LEXER_H_
