#include "engine/byte_alphabet.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace espalier {
namespace {

// Visible Latin-1 characters stand for themselves, all other bytes in order for U+0100, U+0101, ...
bool IsVisible(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<std::string, 256> letters;
  std::array<int16_t, 0x100 + 68> bytes;  // by code point; -1: none. 68 bytes are not visible.

  Alphabet() {
    bytes.fill(-1);
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      const char32_t letter = IsVisible(byte) ? static_cast<char32_t>(byte) : next++;
      AppendUtf8(letter, letters[byte]);
      bytes[letter] = static_cast<int16_t>(byte);
    }
  }
};

const Alphabet& TheAlphabet() {
  static const auto& alphabet = *new Alphabet();
  return alphabet;
}

}  // namespace

std::string_view ByteToLetter(uint8_t byte) { return TheAlphabet().letters[byte]; }

void AppendSpelledBytes(std::string_view letters, std::string& bytes) {
  const Alphabet& alphabet = TheAlphabet();
  while (!letters.empty()) {
    const size_t size = Utf8CharacterSize(letters);
    const char32_t letter = size > 0 ? DecodeUtf8Character(letters, size) : 0;
    if (size > 0 && letter < alphabet.bytes.size() && alphabet.bytes[letter] >= 0) {
      bytes += static_cast<char>(alphabet.bytes[letter]);
    } else {
      bytes += letters.substr(0, std::max<size_t>(size, 1));
    }
    letters.remove_prefix(std::max<size_t>(size, 1));
  }
}

}  // namespace espalier
