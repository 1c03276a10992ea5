#include "engine/pattern_dialect.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "base/status.h"

namespace espalier {
namespace {

constexpr std::string_view kWhiteSpace = R"(\p{Z}\t-\r\x{85})";
constexpr std::string_view kWord = R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc})";
constexpr std::string_view kHexDigits = "0-9A-Fa-f";

// The content of the class that \`letter` stands for; empty: PCRE2 means the same by it.
std::string_view ClassContent(char letter) {
  switch (absl::ascii_tolower(static_cast<unsigned char>(letter))) {
    case 's':
      return kWhiteSpace;
    case 'w':
      return kWord;
    case 'h':
      return kHexDigits;
    default:
      return "";
  }
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  absl::StatusOr<std::string> Run() {
    while (!rest_.empty()) {
      if (rest_[0] == '\\') {
        TranslateEscape();
      } else if (in_class_) {
        ESPALIER_RETURN_IF_ERROR(ContinueClass());
      } else if (rest_[0] == '[') {
        OpenClass();
      } else if (rest_.starts_with("(?m") || rest_.starts_with("(?im")) {
        return absl::UnimplementedError("the option (?m) of a pattern is not supported");
      } else {
        Copy(1);
      }
    }
    return std::move(out_);
  }

 private:
  void Copy(size_t size) {
    size = std::min(size, rest_.size());
    out_ += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  void TranslateEscape() {
    const char letter = rest_.size() > 1 ? rest_[1] : '\0';
    const std::string_view content = ClassContent(letter);
    const bool negated = absl::ascii_isupper(static_cast<unsigned char>(letter));
    if (letter == 'u' && rest_.size() >= 6) {
      out_ += Cat("\\x{", rest_.substr(2, 4), "}");
      rest_.remove_prefix(6);
    } else if (content.empty() || (in_class_ && negated)) {
      Copy(2);  // \S within a class stays PCRE2's, which differs in U+180E only
    } else {
      out_ += in_class_ ? std::string(content) : Cat(negated ? "[^" : "[", content, "]");
      rest_.remove_prefix(2);
    }
  }

  // A ']' that comes first is a character of the class.
  void OpenClass() {
    in_class_ = true;
    Copy(rest_.starts_with("[^") ? 2 : 1);
    if (rest_.starts_with("]")) Copy(1);
  }

  absl::Status ContinueClass() {
    if (rest_.starts_with("[:")) {
      const size_t end = rest_.find(":]");
      Copy(end == std::string_view::npos ? rest_.size() : end + 2);
    } else if (rest_[0] == '[' || rest_.starts_with("&&")) {
      return absl::UnimplementedError("set operations within a class of a pattern are not supported");
    } else {
      in_class_ = rest_[0] != ']';
      Copy(1);
    }
    return absl::OkStatus();
  }

  std::string_view rest_;
  std::string out_;
  bool in_class_ = false;
};

}  // namespace

absl::StatusOr<std::string> TranslatePattern(std::string_view pattern) { return Translator(pattern).Run(); }

}  // namespace espalier
