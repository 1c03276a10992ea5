// Python's string operations on UTF-8 text. Letters change case in the Latin (up to U+017F), Greek and
// Cyrillic blocks; others keep theirs. A byte that is no part of valid UTF-8 counts as a character of its
// own.
#ifndef ESPALIER_ENGINE_JINJA_STRINGS_H_
#define ESPALIER_ENGINE_JINJA_STRINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::jinja {

std::vector<std::string_view> Characters(std::string_view text);
int64_t CountCharacters(std::string_view text);

// The first (last) place of `pattern` in `text`, or npos. In linear time: both may be a template's.
size_t FindText(std::string_view text, std::string_view pattern);
size_t FindLastText(std::string_view text, std::string_view pattern);

// Whether the character (one of Characters()) is white space to str.isspace().
bool IsSpaceCharacter(std::string_view character);

struct Ends {
  bool left = true;
  bool right = true;
};
// Without the characters of `set` at the chosen ends; no set: white space.
std::string_view Strip(std::string_view text, std::optional<std::string_view> set, Ends ends = {});

// At runs of white space, at most `limit` cuts, counted from the end if `from_right`.
std::vector<std::string_view> SplitAtSpace(std::string_view text, int64_t limit, bool from_right);
// At `separator`, which is not empty.
std::vector<std::string_view> SplitAt(std::string_view text, std::string_view separator, int64_t limit,
                                      bool from_right);
std::vector<std::string_view> SplitLines(std::string_view text, bool keep_ends);

std::string Upper(std::string_view text);
std::string Lower(std::string_view text);
std::string SwapCase(std::string_view text);
std::string Capitalize(std::string_view text);
std::string Title(std::string_view text);   // str.title(): a word starts behind what is no letter
bool IsLetter(std::string_view character);  // one that has a case here

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_STRINGS_H_
