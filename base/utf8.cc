#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace espalier {
namespace {

uint8_t Byte(std::string_view bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

// What the lead byte alone says; 0 for a byte that leads nothing.
size_t SizeFromLead(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead <= 0xF4 ? 4 : 0;
}

// Whether bytes[1, count) may follow the lead byte bytes[0].
bool ContinuesWell(std::string_view bytes, size_t count) {
  if (count < 2) return true;
  const uint8_t lead = Byte(bytes, 0);
  const uint8_t second_min = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t second_max = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (Byte(bytes, 1) < second_min || Byte(bytes, 1) > second_max) return false;
  for (size_t i = 2; i < count; ++i) {
    if ((Byte(bytes, i) & 0xC0) != 0x80) return false;
  }
  return true;
}

}  // namespace

size_t Utf8CharacterSize(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const size_t size = SizeFromLead(Byte(bytes, 0));
  return size <= bytes.size() && ContinuesWell(bytes, size) ? size : 0;
}

bool IsUtf8Prefix(std::string_view bytes) {
  return !bytes.empty() && bytes.size() < SizeFromLead(Byte(bytes, 0)) && ContinuesWell(bytes, bytes.size());
}

char32_t DecodeUtf8Character(std::string_view bytes, size_t size) {
  if (size == 1) return Byte(bytes, 0);
  char32_t code_point = Byte(bytes, 0) & (0x7F >> size);
  for (size_t i = 1; i < size; ++i) code_point = code_point << 6 | (Byte(bytes, i) & 0x3F);
  return code_point;
}

void AppendUtf8(char32_t code_point, std::string& text) {
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
    return;
  }
  const int continuations = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  const uint32_t lead_mark = 0xFF00u >> (continuations + 1) & 0xFF;
  text += static_cast<char>(lead_mark | code_point >> (6 * continuations));
  for (int i = continuations - 1; i >= 0; --i) {
    text += static_cast<char>(0x80 | (code_point >> (6 * i) & 0x3F));
  }
}

}  // namespace espalier
