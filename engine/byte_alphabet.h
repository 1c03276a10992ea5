// GPT-2's printable alphabet for bytes: vocabularies spell every byte as one visible character.
#ifndef ESPALIER_ENGINE_BYTE_ALPHABET_H_
#define ESPALIER_ENGINE_BYTE_ALPHABET_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace espalier {

// The character (UTF-8) that stands for `byte`.
std::string_view ByteToLetter(uint8_t byte);

// Appends the bytes that `letters` spell. What is not of the alphabet stands for itself.
void AppendSpelledBytes(std::string_view letters, std::string& bytes);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_BYTE_ALPHABET_H_
