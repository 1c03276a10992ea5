#include "reward/answers/answer_letters.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "reward/answers/answer_units.h"
#include "reward/answers/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

// Short words that are prose wherever they stand outside text commands.
constexpr std::string_view kShortProse[] = {"or",  "and", "per", "the", "is",  "are", "of",  "for",
                                            "to",  "by",  "on",  "an",  "was", "not", "yes", "no",
                                            "one", "two", "six", "ten", "all", "has", "sq"};

template <typename Table>
bool Contains(const Table& table, std::string_view word) {
  return std::find(std::begin(table), std::end(table), word) != std::end(table);
}

// "pi", "sqrt", "infinity" and functions: words that are signs.
std::optional<AnswerSign> KnownName(std::string_view word) {
  if (word == "pi" || word == "Pi") return AnswerSign{Kind::kName, "pi"};
  if (word == "sqrt") return AnswerSign{Kind::kName, "sqrt"};
  if (word == "infinity" || word == "inf" || word == "oo" || word == "Infinity")
    return AnswerSign{Kind::kName, "infinity"};
  if (const std::string_view function = FunctionName(word); !function.empty())
    return AnswerSign{Kind::kName, function};
  return std::nullopt;
}

std::optional<AnswerSign> GreekLetter(std::string_view word) {
  const std::optional<AnswerSign> sign = word.size() > 1 ? SignOfCommand(word) : std::nullopt;
  return sign && sign->kind == Kind::kVariable ? sign : std::nullopt;
}

bool EndsQuantity(const std::vector<AnswerToken>& tokens) {
  if (tokens.empty()) return false;
  const AnswerToken& last = tokens.back();
  const bool article = last.kind == Kind::kVariable && last.text == "a" && tokens.size() > 1;
  if (article) return tokens[tokens.size() - 2].kind == Kind::kNumber;  // "42 a day"
  return last.kind == Kind::kNumber || last.kind == Kind::kWord || last.Is("}") || last.Is(")") ||
         last.Is("/") || last.IsName("degree");
}

// The longest name at the front of `run`, which may stand without a space: "sinx", "pir".
std::string_view NameAtFront(std::string_view run) {
  constexpr std::string_view kNames[] = {"arcsin", "arccos", "arctan", "sqrt", "sinh", "cosh", "tanh", "sin",
                                         "cos",    "tan",    "cot",    "sec",  "csc",  "log",  "ln",   "pi"};
  for (const std::string_view name : kNames) {
    if (run.starts_with(name)) return name;
  }
  return "";
}

bool IsProductOfNames(std::string_view run) {
  size_t names = 0;
  size_t letters = 0;
  while (!run.empty()) {
    const std::string_view name = NameAtFront(run);
    names += !name.empty();
    letters += name.empty();
    run.remove_prefix(std::max<size_t>(name.size(), 1));
  }
  return names > 0 && letters <= names + 1;
}

// Four or more letters that are hardly a word: "abcd", "xyzw".
bool IsHardlyAWord(std::string_view run) {
  const bool vowels = run.find_first_of("aeiouyAEIOUY") != std::string_view::npos;
  const bool alphabetical =
      std::adjacent_find(run.begin(), run.end(), [](char a, char b) { return b != a + 1; }) == run.end();
  return !vowels || alphabetical;
}

class Adder {
 public:
  Adder(bool spaced, bool in_text, std::vector<AnswerToken>* tokens)
      : spaced_(spaced), in_text_(in_text), tokens_(*tokens) {}

  void Add(Kind kind, std::string_view text) {
    tokens_.push_back({.kind = kind, .text = std::string(text), .spaced = spaced_, .in_text = in_text_});
    spaced_ = false;
  }

  void AddProduct(std::string_view run) {
    while (!run.empty()) {
      const std::string_view name = NameAtFront(run);
      if (name.empty()) {
        Add(Kind::kVariable, run.substr(0, 1));
      } else {
        Add(Kind::kName, name);
      }
      run.remove_prefix(std::max<size_t>(name.size(), 1));
    }
  }

 private:
  bool spaced_;
  bool in_text_;
  std::vector<AnswerToken>& tokens_;
};

}  // namespace

void AddLetters(std::string_view run, bool spaced, bool in_text, std::vector<AnswerToken>* tokens) {
  Adder adder(spaced, in_text, tokens);
  const bool is_unit = FindUnit(run).has_value();
  const std::string lower = absl::AsciiStrToLower(ToAbsl(run));
  if (run.size() == 1) return adder.Add(Kind::kVariable, run);
  const std::optional<AnswerSign> known = KnownName(run);
  if (in_text) {
    if (known && !is_unit && known->text != "infinity") return adder.Add(known->kind, known->text);
    return adder.Add(Kind::kWord, run);
  }
  if (is_unit && EndsQuantity(*tokens)) return adder.Add(Kind::kWord, run);
  if (lower == "in" && !tokens->empty()) return adder.Add(Kind::kSymbol, "in");
  const bool in_prose = spaced && !tokens->empty() && tokens->back().kind == Kind::kWord;
  if (run == "Rs" || (in_prose && !known)) return adder.Add(Kind::kWord, run);
  if (Contains(kShortProse, lower)) return adder.Add(Kind::kWord, lower);
  if (known) return adder.Add(known->kind, known->text);
  if (const auto greek = GreekLetter(run)) return adder.Add(greek->kind, greek->text);
  const bool ascii = std::all_of(run.begin(), run.end(), [](char c) { return absl::ascii_isalpha(c); });
  if (!ascii) return adder.Add(Kind::kWord, run);
  if (IsProductOfNames(run) || run.size() <= 3 || IsHardlyAWord(run)) return adder.AddProduct(run);
  adder.Add(Kind::kWord, run);
}

}  // namespace espalier
