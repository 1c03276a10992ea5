#include "engine/jinja_strings.h"

#include <algorithm>
#include <cstring>

#include "absl/container/flat_hash_set.h"
#include "base/utf8.h"

namespace espalier::jinja {
namespace {

constexpr size_t kNone = std::string_view::npos;

size_t FirstSize(std::string_view text) { return std::max<size_t>(1, Utf8CharacterSize(text)); }

size_t LastSize(std::string_view text) {
  for (size_t size = 1; size <= std::min<size_t>(4, text.size()); ++size) {
    if (Utf8CharacterSize(text.substr(text.size() - size)) == size) return size;
  }
  return 1;
}

char32_t Decode(std::string_view character) {
  const size_t size = Utf8CharacterSize(character);
  return size == 0 ? U'\xFFFD' : DecodeUtf8Character(character, size);
}

bool IsBetween(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

// In Latin Extended-A, letters come in pairs: upper case, then lower case; in two stretches the upper one is
// odd.
bool IsPaired(char32_t c) {
  return IsBetween(c, 0x100, 0x17E) && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149 && c != 0x178;
}
bool IsUpperOdd(char32_t c) { return IsBetween(c, 0x139, 0x148) || IsBetween(c, 0x179, 0x17E); }

char32_t ToUpper(char32_t c) {
  if (IsBetween(c, 'a', 'z') || (IsBetween(c, 0xE0, 0xFE) && c != 0xF7)) return c - 32;
  if (c == 0xB5) return 0x39C;
  if (c == 0xFF) return 0x178;
  if (c == 0x131) return 'I';
  if (c == 0x17F) return 'S';
  if (IsPaired(c)) return (c % 2 == 1) != IsUpperOdd(c) ? c - 1 : c;
  if (c == 0x3C2) return 0x3A3;
  if (IsBetween(c, 0x3B1, 0x3C9)) return c - 32;
  if (c == 0x3AC) return 0x386;
  if (IsBetween(c, 0x3AD, 0x3AF)) return c - 37;
  if (c == 0x3CC) return 0x38C;
  if (c == 0x3CD || c == 0x3CE) return c - 63;
  if (IsBetween(c, 0x430, 0x44F)) return c - 32;
  return IsBetween(c, 0x450, 0x45F) ? c - 80 : c;
}

char32_t ToLower(char32_t c) {
  if (IsBetween(c, 'A', 'Z') || (IsBetween(c, 0xC0, 0xDE) && c != 0xD7)) return c + 32;
  if (c == 0x178) return 0xFF;
  if (IsPaired(c)) return (c % 2 == 0) != IsUpperOdd(c) ? c + 1 : c;
  if (IsBetween(c, 0x391, 0x3A9) && c != 0x3A2) return c + 32;
  if (c == 0x386) return 0x3AC;
  if (IsBetween(c, 0x388, 0x38A)) return c + 37;
  if (c == 0x38C) return 0x3CC;
  if (c == 0x38E || c == 0x38F) return c + 63;
  if (IsBetween(c, 0x410, 0x42F)) return c + 32;
  return IsBetween(c, 0x400, 0x40F) ? c + 80 : c;
}

bool IsUpperLetter(char32_t c) { return ToLower(c) != c; }
bool IsLowerLetter(char32_t c) { return ToUpper(c) != c || c == 0xDF || c == 0x138 || c == 0x149; }

void AppendUpper(std::string_view character, std::string& result) {
  const char32_t c = Decode(character);
  if (c == 0xDF) {
    result += "SS";
  } else if (c == 0x149) {
    result += "\u02BCN";
  } else if (const char32_t upper = ToUpper(c); upper != c) {
    AppendUtf8(upper, result);
  } else {
    result += character;
  }
}

void AppendLower(std::string_view character, std::string& result) {
  const char32_t c = Decode(character);
  if (c == 0x130) {
    result += "i\u0307";
  } else if (const char32_t lower = ToLower(c); lower != c) {
    AppendUtf8(lower, result);
  } else {
    result += character;
  }
}

// A sigma that ends a word is written another way.
bool EndsWord(const std::vector<std::string_view>& characters, size_t i) {
  return i > 0 && IsLetter(characters[i - 1]) && (i + 1 == characters.size() || !IsLetter(characters[i + 1]));
}

void AppendLowerAt(const std::vector<std::string_view>& characters, size_t i, std::string& result) {
  if (Decode(characters[i]) == 0x3A3 && EndsWord(characters, i)) {
    result += "\u03C2";
  } else {
    AppendLower(characters[i], result);
  }
}

bool IsLineEnd(char32_t c) {
  return IsBetween(c, 0x0A, 0x0D) || IsBetween(c, 0x1C, 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

}  // namespace

std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    characters.push_back(text.substr(0, FirstSize(text)));
    text.remove_prefix(characters.back().size());
  }
  return characters;
}

int64_t CountCharacters(std::string_view text) {
  int64_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(FirstSize(text));
  return count;
}

size_t FindText(std::string_view text, std::string_view pattern) {
  const void* hit = memmem(text.data(), text.size(), pattern.data(), pattern.size());
  return hit == nullptr ? kNone : static_cast<size_t>(static_cast<const char*>(hit) - text.data());
}

size_t FindLastText(std::string_view text, std::string_view pattern) {
  constexpr size_t kShort = 32;
  if (pattern.size() <= kShort) return text.rfind(pattern);
  const std::string reversed_text(text.rbegin(), text.rend());
  const std::string reversed_pattern(pattern.rbegin(), pattern.rend());
  const size_t hit = FindText(reversed_text, reversed_pattern);
  return hit == kNone ? kNone : text.size() - pattern.size() - hit;
}

bool IsSpaceCharacter(std::string_view character) {
  const char32_t c = Decode(character);
  return IsBetween(c, 0x09, 0x0D) || IsBetween(c, 0x1C, 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         IsBetween(c, 0x2000, 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

std::string_view Strip(std::string_view text, std::optional<std::string_view> set, Ends ends) {
  absl::flat_hash_set<std::string_view> characters;
  if (set) {
    for (const std::string_view character : Characters(*set)) characters.insert(character);
  }
  const auto strips = [&](std::string_view character) {
    return set ? characters.contains(character) : IsSpaceCharacter(character);
  };
  while (ends.left && !text.empty() && strips(text.substr(0, FirstSize(text)))) {
    text.remove_prefix(FirstSize(text));
  }
  while (ends.right && !text.empty() && strips(text.substr(text.size() - LastSize(text)))) {
    text.remove_suffix(LastSize(text));
  }
  return text;
}

std::vector<std::string_view> SplitAtSpace(std::string_view text, int64_t limit, bool from_right) {
  std::vector<std::string_view> parts;
  const Ends near = {.left = !from_right, .right = from_right};
  for (text = Strip(text, {}, near); !text.empty(); text = Strip(text, {}, near)) {
    size_t size = 0;  // of the word at the near end
    while (size < text.size()) {
      const std::string_view rest = from_right ? text.substr(0, text.size() - size) : text.substr(size);
      const size_t next = from_right ? LastSize(rest) : FirstSize(rest);
      if (IsSpaceCharacter(from_right ? rest.substr(rest.size() - next) : rest.substr(0, next))) break;
      size += next;
    }
    if (limit-- == 0) {
      parts.push_back(text);
      break;
    }
    parts.push_back(from_right ? text.substr(text.size() - size) : text.substr(0, size));
    from_right ? text.remove_suffix(size) : text.remove_prefix(size);
  }
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string_view> SplitAt(std::string_view text, std::string_view separator, int64_t limit,
                                      bool from_right) {
  std::vector<std::string_view> parts;
  for (; limit != 0; --limit) {
    const size_t hit = from_right ? FindLastText(text, separator) : FindText(text, separator);
    if (hit == kNone) break;
    parts.push_back(from_right ? text.substr(hit + separator.size()) : text.substr(0, hit));
    text = from_right ? text.substr(0, hit) : text.substr(hit + separator.size());
  }
  parts.push_back(text);
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string_view> SplitLines(std::string_view text, bool keep_ends) {
  std::vector<std::string_view> lines;
  size_t size = 0;  // of the line so far
  while (size < text.size()) {
    const std::string_view rest = text.substr(size);
    size_t end = FirstSize(rest);
    if (!IsLineEnd(Decode(rest.substr(0, end)))) {
      size += end;
      continue;
    }
    if (rest.starts_with("\r\n")) end = 2;
    lines.push_back(text.substr(0, keep_ends ? size + end : size));
    text.remove_prefix(size + end);
    size = 0;
  }
  if (!text.empty()) lines.push_back(text);
  return lines;
}

std::string Upper(std::string_view text) {
  std::string result;
  for (const std::string_view character : Characters(text)) AppendUpper(character, result);
  return result;
}

std::string Lower(std::string_view text) {
  std::string result;
  const std::vector<std::string_view> characters = Characters(text);
  for (size_t i = 0; i < characters.size(); ++i) AppendLowerAt(characters, i, result);
  return result;
}

std::string SwapCase(std::string_view text) {
  std::string result;
  const std::vector<std::string_view> characters = Characters(text);
  for (size_t i = 0; i < characters.size(); ++i) {
    const bool is_upper = IsUpperLetter(Decode(characters[i]));
    is_upper ? AppendLowerAt(characters, i, result) : AppendUpper(characters[i], result);
  }
  return result;
}

std::string Capitalize(std::string_view text) {
  std::string result;
  const std::vector<std::string_view> characters = Characters(text);
  for (size_t i = 0; i < characters.size(); ++i) {
    i == 0 ? AppendUpper(characters[i], result) : AppendLowerAt(characters, i, result);
  }
  return result;
}

std::string Title(std::string_view text) {
  std::string result;
  const std::vector<std::string_view> characters = Characters(text);
  for (size_t i = 0; i < characters.size(); ++i) {
    const bool continues = i > 0 && IsLetter(characters[i - 1]);
    continues ? AppendLowerAt(characters, i, result) : AppendUpper(characters[i], result);
  }
  return result;
}

bool IsLetter(std::string_view character) {
  const char32_t c = Decode(character);
  return IsUpperLetter(c) || IsLowerLetter(c);
}

}  // namespace espalier::jinja
