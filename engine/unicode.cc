#include "engine/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"
#include "base/utf8.h"

namespace espalier {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
// The longest decomposition in Unicode has 18 characters (U+FDFA).
constexpr size_t kMaxDecomposition = 32;

bool IsCompatible(NormalForm form) { return form == NormalForm::kNfkc || form == NormalForm::kNfkd; }
bool Composes(NormalForm form) { return form == NormalForm::kNfc || form == NormalForm::kNfkc; }

utf8proc_propval_t CombiningClass(int32_t character) {
  return utf8proc_get_property(character)->combining_class;
}

// The canonical order: each run of combining marks by class. (utf8proc's own decomposition of whole texts
// sorts by insertion, which is quadratic in the length of a run.)
void SortMarks(std::vector<int32_t>& characters) {
  const auto is_mark = [](int32_t character) { return CombiningClass(character) != 0; };
  auto run = characters.begin();
  while ((run = std::find_if(run, characters.end(), is_mark)) != characters.end()) {
    const auto end = std::find_if_not(run, characters.end(), is_mark);
    std::stable_sort(run, end, [](int32_t a, int32_t b) { return CombiningClass(a) < CombiningClass(b); });
    run = end;
  }
}

void AppendNormalized(std::string_view valid, NormalForm form, std::string& out) {
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
                                                      (IsCompatible(form) ? UTF8PROC_COMPAT : 0));
  std::vector<int32_t> characters;
  characters.reserve(valid.size());
  std::array<int32_t, kMaxDecomposition> decomposed;
  int boundary = 0;
  while (!valid.empty()) {
    const size_t size = Utf8CharacterSize(valid);
    const auto character = static_cast<int32_t>(DecodeUtf8Character(valid, size));
    const auto count =
        utf8proc_decompose_char(character, decomposed.data(), decomposed.size(), options, &boundary);
    ESPALIER_CHECK(count >= 0 && count <= static_cast<utf8proc_ssize_t>(decomposed.size()), character);
    characters.insert(characters.end(), decomposed.begin(), decomposed.begin() + count);
    valid.remove_prefix(size);
  }
  SortMarks(characters);
  auto count = static_cast<utf8proc_ssize_t>(characters.size());
  if (Composes(form)) {
    count = utf8proc_normalize_utf32(characters.data(), count,
                                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  }
  for (utf8proc_ssize_t i = 0; i < count; ++i) AppendUtf8(static_cast<char32_t>(characters[i]), out);
}

}  // namespace

Utf8Stretch FirstStretch(std::string_view text) {
  const bool valid = Utf8CharacterSize(text) > 0;
  size_t end = 0;
  while (end < text.size()) {
    const size_t size = Utf8CharacterSize(text.substr(end));
    if ((size > 0) != valid) break;
    end += std::max<size_t>(size, 1);
  }
  return {text.substr(0, end), valid};
}

std::string Normalize(std::string_view text, NormalForm form) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  std::string out;
  while (!text.empty()) {
    const Utf8Stretch stretch = FirstStretch(text);
    if (stretch.valid && !std::all_of(stretch.text.begin(), stretch.text.end(), is_ascii)) {
      AppendNormalized(stretch.text, form, out);
    } else {
      out.append(stretch.text);
    }
    text.remove_prefix(stretch.text.size());
  }
  return out;
}

bool IsWhiteSpace(char32_t character) {
  if (character >= 0x9 && character <= 0xD) return true;
  if (character == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(static_cast<int32_t>(character));
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

bool IsWordCharacter(char32_t character) {
  switch (utf8proc_category(static_cast<int32_t>(character))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return false;
  }
}

char32_t FirstCharacter(std::string_view text) {
  const size_t size = Utf8CharacterSize(text);
  return size > 0 ? DecodeUtf8Character(text, size) : kReplacement;
}

char32_t LastCharacter(std::string_view text) {
  for (size_t size = 1; size <= std::min<size_t>(4, text.size()); ++size) {
    const std::string_view tail = text.substr(text.size() - size);
    if (Utf8CharacterSize(tail) == size) return DecodeUtf8Character(tail, size);
  }
  return kReplacement;
}

size_t LeadingWhiteSpace(std::string_view text) {
  size_t size = 0;
  while (IsWhiteSpace(FirstCharacter(text.substr(size)))) size += Utf8CharacterSize(text.substr(size));
  return size;
}

size_t TrailingWhiteSpace(std::string_view text) {
  size_t rest = text.size();
  for (char32_t last; IsWhiteSpace(last = LastCharacter(text.substr(0, rest)));) {
    std::string spelled;
    AppendUtf8(last, spelled);
    rest -= spelled.size();
  }
  return text.size() - rest;
}

}  // namespace espalier
