#include "engine/jinja_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/utf8.h"

namespace espalier::jinja {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }

class Lexer {
 public:
  explicit Lexer(std::string_view source)
      : source_(absl::StrReplaceAll(ToAbsl(source), {{"\r\n", "\n"}, {"\r", "\n"}})) {
    if (source_.ends_with('\n')) source_.pop_back();
  }

  absl::StatusOr<std::vector<Token>> Run() {
    while (position_ < source_.size()) {
      const size_t tag = FindTag(position_);
      ESPALIER_RETURN_IF_ERROR(tag == kNone ? LexText(source_.size()) : LexTag(tag));
    }
    Add(TokenKind::kEnd, "");
    return std::move(tokens_);
  }

 private:
  std::string_view Rest() const { return std::string_view(source_).substr(position_); }
  char At(size_t position) const { return position < source_.size() ? source_[position] : '\0'; }
  void Add(TokenKind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }
  absl::Status Error(std::string_view message) const { return TemplateError(line_, message); }

  void AdvanceTo(size_t position) {
    line_ += static_cast<int>(std::count(source_.begin() + position_, source_.begin() + position, '\n'));
    position_ = position;
  }

  size_t FindTag(size_t from) const {
    for (size_t brace = source_.find('{', from); brace != kNone; brace = source_.find('{', brace + 1)) {
      const char next = At(brace + 1);
      if (next == '%' || next == '{' || next == '#') return brace;
    }
    return kNone;
  }

  absl::Status LexText(size_t end) {
    if (end > position_) Add(TokenKind::kText, source_.substr(position_, end - position_));
    AdvanceTo(end);
    return absl::OkStatus();
  }

  // The text before the tag, less the white space that the tag takes.
  void LexTextBeforeTag(size_t tag) {
    size_t end = tag;
    const char sign = At(tag + 2);
    if (sign == '-') {
      while (end > position_ && IsSpace(source_[end - 1])) --end;
    } else if (sign != '+' && At(tag + 1) != '{') {
      size_t line_start = end;
      while (line_start > position_ && IsSpace(source_[line_start - 1]) && source_[line_start - 1] != '\n') {
        --line_start;
      }
      const bool at_line_start = line_start == position_ ? line_starting_ : source_[line_start - 1] == '\n';
      if (at_line_start) end = line_start;
    }
    if (end > position_) Add(TokenKind::kText, source_.substr(position_, end - position_));
    AdvanceTo(tag);
  }

  absl::Status LexTag(size_t tag) {
    LexTextBeforeTag(tag);
    const char kind = source_[tag + 1];
    const char sign = At(tag + 2);
    AdvanceTo(tag + 2 + (sign == '-' || (sign == '+' && kind != '{') ? 1 : 0));
    if (kind == '#') return LexComment();
    if (kind == '%' && IsRawBlock()) return LexRaw();
    Add(kind == '%' ? TokenKind::kBlockBegin : TokenKind::kOutputBegin, kind == '%' ? "{%" : "{{");
    return LexInside(kind == '%' ? "%}" : "}}");
  }

  absl::Status LexComment() {
    const size_t end = source_.find("#}", position_);
    if (end == kNone) return Error("'{#' is never closed; add '#}'");
    AdvanceTo(end);
    const char sign = end > 0 ? source_[end - 1] : '\0';
    CloseTag("#}", sign == '-' || sign == '+' ? sign : '\0');
    return absl::OkStatus();
  }

  // Behind a closing tag: '-' takes all white space, a plain block or comment one line end.
  void CloseTag(std::string_view closing, char sign) {
    size_t end = position_ + closing.size();
    if (sign == '-') {
      while (end < source_.size() && IsSpace(source_[end])) ++end;
    } else if (sign != '+' && closing != "}}" && At(end) == '\n') {
      ++end;
    }
    AdvanceTo(end);
    line_starting_ = source_[end - 1] == '\n';
  }

  // If `closing` is next, perhaps behind a sign: takes it.
  bool TryClose(std::string_view closing) {
    const char sign = At(position_);
    const bool has_sign = sign == '-' || (sign == '+' && closing == "%}");
    if (!Rest().substr(has_sign ? 1 : 0).starts_with(closing)) return false;
    Add(closing == "%}" ? TokenKind::kBlockEnd : TokenKind::kOutputEnd, std::string(closing));
    AdvanceTo(position_ + (has_sign ? 1 : 0));
    CloseTag(closing, has_sign ? sign : '\0');
    return true;
  }

  absl::Status LexInside(std::string_view closing) {
    const int begin_line = line_;
    int open_brackets = 0;  // within them, "}}" closes two dicts
    while (position_ < source_.size()) {
      if (IsSpace(source_[position_])) {
        AdvanceTo(position_ + 1);
        continue;
      }
      if (open_brackets == 0 && TryClose(closing)) return absl::OkStatus();
      ESPALIER_RETURN_IF_ERROR(LexToken());
      if (tokens_.back().kind != TokenKind::kOperator) continue;
      const char c = tokens_.back().text[0];
      if (c == '(' || c == '[' || c == '{') ++open_brackets;
      if ((c == ')' || c == ']' || c == '}') && --open_brackets < 0) {
        return Error(Cat("'", tokens_.back().text, "' closes nothing"));
      }
    }
    return TemplateError(begin_line, Cat("a tag is never closed; add '", closing, "'"));
  }

  absl::Status LexToken() {
    const char c = source_[position_];
    if (c == '\'' || c == '"') return LexString(c);
    if (IsDigit(c)) return LexNumber();
    if (IsNameStart(c)) {
      size_t end = position_;
      while (IsNamePart(At(end))) ++end;
      Add(TokenKind::kName, source_.substr(position_, end - position_));
      AdvanceTo(end);
      return absl::OkStatus();
    }
    constexpr std::array<std::string_view, 25> kOperators = {
        "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<",
        ">",  "=",  "(",  ")",  "[",  "]",  "{", "}", ",", ":", ".", "|"};
    for (const std::string_view op : kOperators) {
      if (!Rest().starts_with(op)) continue;
      Add(TokenKind::kOperator, std::string(op));
      AdvanceTo(position_ + op.size());
      return absl::OkStatus();
    }
    return Error(
        Cat("unexpected character '", Rest().substr(0, std::max<size_t>(1, Utf8CharacterSize(Rest()))), "'"));
  }

  absl::Status LexNumber() {
    size_t end = position_;
    bool is_float = false;
    while (IsDigit(At(end)) || At(end) == '_') ++end;
    if (At(end) == '.' && IsDigit(At(end + 1))) {
      is_float = true;
      for (++end; IsDigit(At(end));) ++end;
    }
    const bool signed_exponent = At(end + 1) == '+' || At(end + 1) == '-';
    if ((At(end) == 'e' || At(end) == 'E') && IsDigit(At(end + (signed_exponent ? 2 : 1)))) {
      is_float = true;
      for (end += signed_exponent ? 2 : 1; IsDigit(At(end));) ++end;
    }
    std::string digits = source_.substr(position_, end - position_);
    std::erase(digits, '_');
    Add(is_float ? TokenKind::kFloat : TokenKind::kInteger, std::move(digits));
    AdvanceTo(end);
    return absl::OkStatus();
  }

  absl::Status LexString(char quote) {
    std::string text;
    size_t i = position_ + 1;
    for (; i < source_.size() && source_[i] != quote; ++i) {
      if (source_[i] != '\\') {
        text += source_[i];
      } else if (!Unescape(i, text)) {
        return Error(Cat("bad escape in a string: ", std::string_view(source_).substr(i, 6)));
      }
    }
    if (i == source_.size()) return Error("a string is never closed");
    Add(TokenKind::kString, std::move(text));
    AdvanceTo(i + 1);
    return absl::OkStatus();
  }

  // `i` is at the backslash and moves to the escape's last character.
  bool Unescape(size_t& i, std::string& text) const {
    const char c = At(++i);
    constexpr std::string_view kLetters = "ntrbfav0\\'\"\n";
    constexpr std::string_view kMeanings("\n\t\r\b\f\a\v\0\\'\"", 11);
    if (const size_t index = kLetters.find(c); index != kNone) {
      if (index < kMeanings.size()) text += kMeanings[index];  // an escaped line end means nothing
      return true;
    }
    const int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0) {
      (text += '\\') += c;  // as Python: not an escape
      return c != '\0';
    }
    uint32_t code_point = 0;
    const char* begin = source_.data() + i + 1;
    const char* end = source_.data() + std::min(source_.size(), i + 1 + digits);
    const auto parsed = std::from_chars(begin, end, code_point, 16);
    const bool is_surrogate = code_point >= 0xD800 && code_point < 0xE000;
    if (parsed.ptr != begin + digits || is_surrogate || code_point > 0x10FFFF) return false;
    AppendUtf8(code_point, text);
    i += digits;
    return true;
  }

  // Just behind "{%": skips over `name` and the tag's end if that is all the tag holds.
  bool IsTagOf(std::string_view name, size_t& after) const {
    size_t i = after;
    while (IsSpace(At(i))) ++i;
    if (!std::string_view(source_).substr(i).starts_with(name)) return false;
    i += name.size();
    while (IsSpace(At(i))) ++i;
    if (At(i) == '-' || At(i) == '+') ++i;
    if (At(i) != '%' || At(i + 1) != '}') return false;
    after = i;
    return true;
  }

  bool IsRawBlock() const {
    size_t after = position_;
    return IsTagOf("raw", after);
  }

  absl::Status LexRaw() {
    const int begin_line = line_;
    size_t close = position_;
    IsTagOf("raw", close);
    AdvanceTo(close);
    if (source_[close - 1] == '-') {
      CloseTag("%}", '-');
    } else {
      AdvanceTo(close + 2);  // as Jinja: a line end behind {% raw %} stays
      line_starting_ = false;
    }
    for (size_t tag = source_.find("{%", position_); tag != kNone; tag = source_.find("{%", tag + 2)) {
      size_t end = tag + 2 + (At(tag + 2) == '-' || At(tag + 2) == '+' ? 1 : 0);
      if (!IsTagOf("endraw", end)) continue;
      LexTextBeforeTag(tag);
      AdvanceTo(end);
      CloseTag("%}", source_[end - 1] == '-' || source_[end - 1] == '+' ? source_[end - 1] : '\0');
      return absl::OkStatus();
    }
    return TemplateError(begin_line, "'{% raw %}' is never closed; add '{% endraw %}'");
  }

  std::string source_;
  size_t position_ = 0;
  int line_ = 1;
  bool line_starting_ = true;  // nothing but a line end stands before position_
  std::vector<Token> tokens_;
};

}  // namespace

absl::StatusOr<std::vector<Token>> Tokenize(std::string_view source) { return Lexer(source).Run(); }

absl::Status TemplateError(int line, std::string_view message) {
  return absl::InvalidArgumentError(Cat("chat template, line ", line, ": ", message));
}

}  // namespace espalier::jinja
