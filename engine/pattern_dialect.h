// From the regular expressions of tokenizer files to PCRE2's.
#ifndef ESPALIER_ENGINE_PATTERN_DIALECT_H_
#define ESPALIER_ENGINE_PATTERN_DIALECT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace espalier {

// `pattern` in Oniguruma's dialect (its Ruby syntax over Unicode) -> the same in PCRE2's, for PCRE2_UTF |
// PCRE2_UCP | PCRE2_MULTILINE. What the two write alike stays. They differ in \s (PCRE2's also takes U+180E),
// \w (PCRE2's lacks marks), \h (hexadecimal digits there), \uHHHH, and in classes within classes. Errors:
// Unimplemented for the last and for (?m).
absl::StatusOr<std::string> TranslatePattern(std::string_view pattern);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_PATTERN_DIALECT_H_
