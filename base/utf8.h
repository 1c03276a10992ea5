// UTF-8 as Unicode defines it (section 3.9, table 3-7): no overlong forms, no surrogates, up to U+10FFFF.
#ifndef ESPALIER_BASE_UTF8_H_
#define ESPALIER_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace espalier {

// Bytes of the well-formed character that `bytes` starts with, 1 to 4; 0 if there is none.
size_t Utf8CharacterSize(std::string_view bytes);

// Whether `bytes` (1 to 3 of them) is a proper beginning of some well-formed character.
bool IsUtf8Prefix(std::string_view bytes);

// The code point of a well-formed character of the given size.
char32_t DecodeUtf8Character(std::string_view bytes, size_t size);

// Appends `code_point`, which is not a surrogate and at most U+10FFFF.
void AppendUtf8(char32_t code_point, std::string& text);

}  // namespace espalier

#endif  // ESPALIER_BASE_UTF8_H_
