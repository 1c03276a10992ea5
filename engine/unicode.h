// Properties and normal forms of Unicode text, after the tables of utf8proc.
#ifndef ESPALIER_ENGINE_UNICODE_H_
#define ESPALIER_ENGINE_UNICODE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace espalier {

// A stretch of bytes that are valid UTF-8 throughout, or nowhere.
struct Utf8Stretch {
  std::string_view text;
  bool valid;
};

// The longest stretch that `text`, which is not empty, begins with.
Utf8Stretch FirstStretch(std::string_view text);

enum class NormalForm { kNfc, kNfd, kNfkc, kNfkd };

// `text` in the given normal form. Bytes that are not valid UTF-8 stay as they are and separate what lies
// around them. O(n log n), whatever runs of combining marks the text has.
std::string Normalize(std::string_view text, NormalForm form);

// The property White_Space.
bool IsWhiteSpace(char32_t character);
// Letters, marks, decimal and letter numbers, connector punctuation.
bool IsWordCharacter(char32_t character);

// Bytes of white space that `text` starts or ends with.
size_t LeadingWhiteSpace(std::string_view text);
size_t TrailingWhiteSpace(std::string_view text);

// The character at the start or the end of `text`; U+FFFD where there is none or the bytes are not valid.
char32_t FirstCharacter(std::string_view text);
char32_t LastCharacter(std::string_view text);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_UNICODE_H_
