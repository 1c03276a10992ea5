#include "reward/answers/answer_tokens.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "reward/answers/answer_letters.h"
#include "reward/answers/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

bool IsDigit(char character) { return absl::ascii_isdigit(character); }
bool IsLetter(char character) {
  return absl::ascii_isalpha(character) || static_cast<unsigned char>(character) >= 0x80;
}

std::string_view Undressed(std::string_view text) {
  for (bool changed = true; changed;) {
    changed = false;
    text = ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
    for (const std::string_view mark : {"**", "__", "`", "\""}) {
      if (text.size() < 2 * mark.size() || !text.starts_with(mark) || !text.ends_with(mark)) continue;
      text = text.substr(mark.size(), text.size() - 2 * mark.size());
      changed = true;
    }
    while (!text.empty() && (text.back() == ';' || text.back() == '.')) text.remove_suffix(1), changed = true;
    while (text.starts_with(':')) text.remove_prefix(1), changed = true;
  }
  return text;
}

class Tokenizer {
 public:
  Tokenizer(std::string_view text, Thousands thousands) : rest_(Undressed(text)), thousands_(thousands) {
    size_t signs = 0;
    for (size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else {
        signs += rest_[i] == '$';
      }
    }
    dollars_delimit_ = signs % 2 == 0;
  }

  AnswerTokens Run() {
    while (!rest_.empty()) Step();
    Add(Kind::kEnd, "");
    return std::move(result_);
  }

 private:
  void Step() {
    const char next = rest_[0];
    if (absl::ascii_isspace(next) || next == '~') {
      Take(1);
      spaced_ = true;
    } else if (next == '\\') {
      Command();
    } else if (IsDigit(next) || (next == '.' && rest_.size() > 1 && IsDigit(rest_[1]))) {
      Number();
    } else if (static_cast<unsigned char>(next) >= 0x80 && Character()) {
    } else if (IsLetter(next)) {
      Letters();
    } else {
      Punctuation();
    }
  }

  std::string_view Take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  void Add(Kind kind, std::string_view text) {
    result_.tokens.push_back(
        {.kind = kind, .text = std::string(text), .spaced = spaced_, .in_text = in_text()});
    spaced_ = false;
    if (kind == Kind::kName && (text == "frac" || text == "binom")) {
      single_digits_ = 2;
    } else if (kind == Kind::kSymbol && text == "_" && result_.tokens.size() > 1) {
      single_digits_ = result_.tokens[result_.tokens.size() - 2].IsName("log") ? 1 : 0;
    } else {
      single_digits_ = kind == Kind::kNumber && single_digits_ > 0 ? single_digits_ - 1 : 0;
    }
  }

  bool in_text() const { return !braces_are_text_.empty() && braces_are_text_.back(); }

  void Punctuation() {
    constexpr std::array<std::string_view, 8> kLong = {"<=", ">=", "!=", "==", "**", "+-", "+/-", "=<"};
    constexpr std::array<std::string_view, 8> kMeaning = {"<=", ">=", "!=", "=", "^", "+-", "+-", "<="};
    for (size_t i = 0; i < kLong.size(); ++i) {
      if (!rest_.starts_with(kLong[i])) continue;
      Take(kLong[i].size());
      return Add(Kind::kSymbol, kMeaning[i]);
    }
    const char sign = Take(1)[0];
    switch (sign) {
      case '$':
        if (!dollars_delimit_ && !rest_.empty()) Add(Kind::kName, "dollar");
        return;
      case '#':
      case '"':
      case '`':
        return;
      case '.':
        if (PointMeans()) Add(Kind::kSymbol, ".");
        return;
      case '{':
        braces_are_text_.push_back(in_text());
        return Add(Kind::kSymbol, "{");
      case '}':
        return CloseBrace();
      default:
        return Bracket(std::string_view(&sign, 1));
    }
  }

  // A point that does not end a sentence: of "0.\overline{3}", or of the choice "B. 12".
  bool PointMeans() const {
    if (rest_.empty()) return false;
    if (result_.tokens.size() == 1 && result_.tokens[0].kind == Kind::kVariable) return true;
    return absl::ascii_isalnum(rest_[0]) ||
           (rest_[0] == '\\' && rest_.size() > 1 && absl::ascii_isalpha(rest_[1]));
  }

  // A bracket or any other sign.
  void Bracket(std::string_view sign) {
    if (sign == "(" || sign == "[" || sign == "\\{") ++brackets_;
    if ((sign == ")" || sign == "]" || sign == "\\}") && brackets_ > 0) --brackets_;
    Add(Kind::kSymbol, sign);
  }

  void CloseBrace() {
    const bool ends_text =
        in_text() && (braces_are_text_.size() == 1 || !braces_are_text_[braces_are_text_.size() - 2]);
    if (!braces_are_text_.empty()) braces_are_text_.pop_back();
    if (!ends_text) Add(Kind::kSymbol, "}");
  }

  bool Character() {
    size_t bytes = 0;
    const std::optional<AnswerSign> sign = SignOfCharacter(rest_, &bytes);
    if (!sign) return false;
    Take(bytes);
    const auto add_all = [&](std::initializer_list<std::pair<Kind, std::string_view>> tokens) {
      for (const auto& [kind, text] : tokens) Add(kind, text);
    };
    if (sign->text == "squared") {
      add_all({{Kind::kSymbol, "^"}, {Kind::kNumber, "2"}});
    } else if (sign->text == "cubed") {
      add_all({{Kind::kSymbol, "^"}, {Kind::kNumber, "3"}});
    } else if (sign->text == "half") {
      add_all({{Kind::kName, "frac"}, {Kind::kNumber, "1"}, {Kind::kNumber, "2"}});
    } else if (sign->text == "quarter") {
      add_all({{Kind::kName, "frac"}, {Kind::kNumber, "1"}, {Kind::kNumber, "4"}});
    } else if (sign->text == "three quarters") {
      add_all({{Kind::kName, "frac"}, {Kind::kNumber, "3"}, {Kind::kNumber, "4"}});
    } else if (sign->text.empty()) {
      spaced_ = true;
    } else {
      Add(sign->kind, sign->text);
    }
    return true;
  }

  void Command() {
    Take(1);
    size_t length = 0;
    while (length < rest_.size() && absl::ascii_isalpha(rest_[length])) ++length;
    const std::string_view name = Take(std::max<size_t>(length, 1));
    if (name.empty()) return;
    if (name == "(" || name == ")" || name == "[" || name == "]") return;
    if (name == "," || name == ";" || name == ":" || name == " " || name == "quad" || name == "qquad") {
      spaced_ = true;
      return;
    }
    if (name == "begin" || name == "end") return Environment(name);
    if (name == "mathbb" || name == "R") return NumberSet(name);
    if (IsTextCommand(name)) return Text();
    const std::optional<AnswerSign> sign = SignOfCommand(name);
    if (!sign) return Add(Kind::kName, Cat("\\", name));
    if (sign->kind == Kind::kSymbol) {
      Bracket(sign->text);
      if (name == "\\") SkipRowSpace();
    } else if (!sign->text.empty()) {
      Add(sign->kind, sign->text);
    } else if ((name == "left" || name == "right") && rest_.starts_with('.')) {
      Take(1);
    }
  }

  // "[2pt]" behind the end of a matrix's row.
  void SkipRowSpace() {
    const size_t end = rest_.find(']');
    if (!rest_.starts_with('[') || end == std::string_view::npos) return;
    const std::string_view length = rest_.substr(1, end - 1);
    for (const std::string_view unit : {"pt", "em", "ex", "mm", "cm"}) {
      if (length.ends_with(unit)) return void(Take(end + 1));
    }
  }

  void SkipSpaces() {
    while (!rest_.empty() && absl::ascii_isspace(rest_[0])) Take(1);
  }

  // The content of the braces at the front, which it takes; "" and no change if none are there.
  std::string_view Braced() {
    SkipSpaces();
    if (!rest_.starts_with('{')) return "";
    const size_t end = rest_.find('}');
    if (end == std::string_view::npos) return "";
    const std::string_view braced = Take(end + 1);
    return braced.substr(1, end - 1);
  }

  void Environment(std::string_view command) {
    const std::string_view name = Braced();
    if (!name.ends_with("matrix") && name != "array") return Add(Kind::kName, "\\environment");
    if (name == "array" && command == "begin") Braced();
    const bool determinant = command == "begin" && (name == "vmatrix" || name == "Vmatrix");
    Add(Kind::kName, determinant ? "determinant" : command);
  }

  void NumberSet(std::string_view command) {
    std::string_view set = "R";
    if (command == "mathbb") {
      set = Braced();
      if (set.empty() && !rest_.empty()) set = Take(1);
    }
    if (set == "R") return Add(Kind::kName, "reals");
    Add(Kind::kVariable, Cat("set ", set));
  }

  void Text() {
    SkipSpaces();
    if (!rest_.starts_with('{')) return;
    Take(1);
    spaced_ = spaced_ || (!rest_.empty() && absl::ascii_isspace(rest_[0]));
    braces_are_text_.push_back(true);
  }

  void Letters() {
    size_t length = 0;
    size_t bytes = 0;
    while (length < rest_.size() && IsLetter(rest_[length]) &&
           !(static_cast<unsigned char>(rest_[length]) >= 0x80 &&
             SignOfCharacter(rest_.substr(length), &bytes))) {
      ++length;
    }
    if (length == 1 && rest_.size() > 2 && rest_[1] == '.' &&
        absl::ascii_tolower(rest_[2]) == 'm') {  // "a.m."
      const char half = absl::ascii_tolower(rest_[0]);
      const bool ends = rest_.size() == 3 || rest_[3] == '.' || rest_[3] == '}';
      if ((half == 'a' || half == 'p') && ends) {
        Take(rest_.substr(3).starts_with('.') ? 4 : 3);
        return Add(Kind::kWord, half == 'a' ? "am" : "pm");
      }
    }
    const std::string_view run = Take(length);
    AddLetters(run, spaced_, in_text(), &result_.tokens);
    spaced_ = false;
  }

  // How many bytes separate groups of three digits at the front of `text`; 0 when none do.
  size_t Separator(std::string_view text) {
    size_t at = 0;
    int commas = 0;
    bool marked = false;
    while (at < text.size()) {
      const std::string_view rest = text.substr(at);
      if (rest.starts_with("{,}") || rest.starts_with("\\!")) {
        commas += rest[0] == '{';
        marked = true;
        at += rest[0] == '{' ? 3 : 2;
      } else if (rest.starts_with("{\\,}")) {
        marked = true;
        at += 4;
      } else if (rest.starts_with("\\,")) {
        marked = marked || commas == 0;
        at += 2;
      } else if (rest[0] == ',') {
        ++commas;
        ++at;
      } else if (rest[0] == ' ' && marked) {
        ++at;
      } else {
        break;
      }
    }
    const bool spaced =
        at == 0 && text.starts_with(' ') && brackets_ == 0 && (text.size() < 5 || text[4] != '/');
    if (spaced) {
      at = 1;
      marked = true;
    }
    if (at == 0 || commas > 1 || (commas == 0 && !marked)) return 0;
    const std::string_view digits = text.substr(at, 4);
    if (digits.size() < 3 || !std::all_of(digits.begin(), digits.begin() + 3, IsDigit)) return 0;
    if (digits.size() == 4 && IsDigit(digits[3])) return 0;
    return marked || AllowsPlainComma() ? at : 0;
  }

  bool AllowsPlainComma() {
    if (brackets_ > 0) result_.commas_in_brackets = true;
    const bool allowed =
        thousands_ == Thousands::kEverywhere || (thousands_ == Thousands::kOutsideBrackets && brackets_ == 0);
    if (allowed) result_.commas_in_numbers = true;
    return allowed;
  }

  void Digits(std::string* number) {
    while (!rest_.empty() && IsDigit(rest_[0])) *number += Take(1);
  }

  void Number() {
    if (single_digits_ > 0 && IsDigit(rest_[0])) return Add(Kind::kNumber, Take(1));  // \frac12
    std::string number;
    Digits(&number);
    if (!number.empty() && number.size() <= 3 && number[0] != '0') {
      while (const size_t separator = Separator(rest_)) {
        Take(separator);
        number += Take(3);
      }
    }
    if (BasedDigits(&number)) return Add(Kind::kNumber, number);
    if (rest_.size() > 1 && rest_[0] == '.' && IsDigit(rest_[1])) {
      number += Take(1);
      Digits(&number);
    }
    Exponent(&number);
    Add(Kind::kNumber, number);
  }

  // "2BC_{12}": letters are digits when a base follows them.
  bool BasedDigits(std::string* number) {
    size_t length = 0;
    while (length < rest_.size() && (IsDigit(rest_[length]) || absl::ascii_isupper(rest_[length]))) ++length;
    if (length == 0 || length + 1 >= rest_.size() || rest_[length] != '_') return false;
    if (!IsDigit(rest_[length + 1]) && rest_[length + 1] != '{') return false;
    *number += Take(length);
    return true;
  }

  // "1.5e3", "2E-5".
  void Exponent(std::string* number) {
    if (rest_.empty() || absl::ascii_tolower(rest_[0]) != 'e') return;
    size_t length = 1;
    if (length < rest_.size() && (rest_[length] == '-' || rest_[length] == '+')) ++length;
    const size_t digits = length;
    while (length < rest_.size() && IsDigit(rest_[length])) ++length;
    if (length == digits || (length < rest_.size() && IsLetter(rest_[length]))) return;
    *number += 'e';
    *number += Take(length).substr(1);
  }

  std::string_view rest_;
  Thousands thousands_;
  AnswerTokens result_;
  std::vector<bool> braces_are_text_;
  bool dollars_delimit_ = false;
  bool spaced_ = false;
  int brackets_ = 0;
  int single_digits_ = 0;  // how many digits are arguments of the command before
};

}  // namespace

AnswerTokens TokenizeAnswer(std::string_view answer, Thousands thousands) {
  return Tokenizer(answer.substr(0, kMaxAnswerBytes), thousands).Run();
}

}  // namespace espalier
