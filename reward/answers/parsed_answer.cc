#include "reward/answers/parsed_answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "base/text.h"
#include "reward/answers/answer_equality.h"
#include "reward/answers/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

constexpr std::string_view kWordsBeforeChoice[] = {"option", "choice", "answer", "the",
                                                   "is",     "final",  "correct"};

constexpr int64_t kEffortOfReading = 50'000;
constexpr int64_t kEffortOfComparing = 100'000;

bool IsCurrency(const AnswerToken& token) { return token.kind == Kind::kName && IsCurrencyName(token.text); }

bool IsLetter(const AnswerToken& token) {
  return token.kind == Kind::kVariable && token.text.size() == 1 && absl::ascii_isalpha(token.text[0]);
}

// The spelling that equal answers often share: tokens, words in lower case, no braces around a single token.
std::string Spelling(const std::vector<AnswerToken>& tokens) {
  std::string text;
  for (size_t i = 0; tokens[i].kind != Kind::kEnd; ++i) {
    const bool opens = tokens[i].Is("{") && i + 2 < tokens.size() && tokens[i + 2].Is("}");
    const bool closes = tokens[i].Is("}") && i >= 2 && tokens[i - 2].Is("{");
    if (opens || closes) continue;
    if (!text.empty()) text += ' ';
    text += tokens[i].kind == Kind::kWord ? tokens[i].Lower() : tokens[i].text;
  }
  return text;
}

bool IsOptionLetter(const AnswerToken& token) {
  return IsLetter(token) &&
         ((token.text[0] >= 'A' && token.text[0] <= 'J') || (token.text[0] >= 'a' && token.text[0] <= 'e'));
}

// What a canonical phrase stands for, if it is mathematics.
std::string_view MathematicsOf(std::string_view meaning) {
  if (meaning == "no solution") return "\\emptyset";
  if (meaning == "all reals") return "\\mathbb{R}";
  if (meaning == "infinity") return "\\infty";
  if (meaning == "minus infinity") return "-\\infty";
  return "";
}

}  // namespace

std::optional<std::string> PlainInteger(std::string_view answer) {
  answer = Trim(answer);
  const bool negative = answer.starts_with('-');
  if (negative) answer.remove_prefix(1);
  if (answer.empty() || answer.size() > kMaxAnswerBytes) return std::nullopt;
  if (!std::all_of(answer.begin(), answer.end(), [](char c) { return absl::ascii_isdigit(c); }))
    return std::nullopt;
  answer.remove_prefix(std::min(answer.find_first_not_of('0'), answer.size() - 1));
  return Cat(negative && answer != "0" ? "-" : "", answer);
}

ParsedAnswer::ParsedAnswer(std::string_view answer) {
  if (answer.size() > kMaxAnswerBytes) {
    text_ = std::string(Trim(answer));
    return;
  }
  std::vector<AnswerToken> tokens = TokenizeAnswer(answer, Thousands::kOutsideBrackets).tokens;
  if (std::all_of(tokens.begin(), tokens.end() - 1, IsCurrency)) return;
  text_ = Spelling(tokens);
  if (tokens.size() == 2 && IsLetter(tokens[0])) letter_ = tokens[0].text[0];
  ReadChoice(&tokens);
  ReadPhrase(tokens);
  const std::string_view meaning = MeaningOfPhrase(phrase_);
  if (!meaning.empty()) phrase_ = std::string(meaning);
  if (choice_ != 0) {
    if (tokens.size() > 1) AddReading(tokens, {});
    return;
  }
  AddReadings(MathematicsOf(meaning).empty() ? answer : MathematicsOf(meaning));
}

// "(C)", "C) 12", "C. 12", "option C": takes the letter and leaves what stands behind it.
void ParsedAnswer::ReadChoice(std::vector<AnswerToken>* tokens) {
  const auto& all = *tokens;
  size_t at = 0;
  while (all[at].kind == Kind::kWord) {
    const std::string word = all[at].Lower();
    if (std::find(std::begin(kWordsBeforeChoice), std::end(kWordsBeforeChoice), word) ==
        std::end(kWordsBeforeChoice))
      return;
    ++at;
  }
  const bool named = at > 0;
  const bool opened = all[at].Is("(");
  at += opened;
  if (!IsOptionLetter(all[at])) return;
  const AnswerToken& letter = all[at++];
  const bool closed = all[at].Is(")");
  const bool marked =
      closed || (!opened && absl::ascii_isupper(letter.text[0]) && (all[at].Is(".") || all[at].Is(":")));
  at += marked;
  const bool ends = all[at].kind == Kind::kEnd;
  if (opened && !closed) return;
  if (!marked && !(ends && (named || letter.in_text))) return;
  if (opened && !ends && !all[at].spaced) return;  // "(a)b" is a product
  if (opened && !ends && absl::ascii_islower(letter.text[0])) return;
  choice_ = absl::ascii_toupper(letter.text[0]);
  tokens->erase(tokens->begin(), tokens->begin() + static_cast<std::ptrdiff_t>(at));
}

void ParsedAnswer::ReadPhrase(const std::vector<AnswerToken>& tokens) {
  size_t letters = 0;
  bool words = false;
  bool commas = false;
  std::string phrase;
  for (const AnswerToken& token : tokens) {
    if (token.kind == Kind::kEnd) break;
    const bool letter = token.kind == Kind::kWord || token.kind == Kind::kVariable;
    const bool mark = token.Is("-") || token.Is("'") || token.Is("?") || token.Is(".");
    const bool name = token.kind == Kind::kName && absl::ascii_isalpha(token.text[0]) && token.text != "frac";
    words = words || token.kind == Kind::kWord;
    commas = commas || token.Is(",");
    if (!letter && !mark && !name && !token.Is(",")) return;
    if (token.spaced && !phrase.empty()) phrase += ' ';
    phrase += token.Lower();
    letters += letter ? token.text.size() : 0;
  }
  if (letters < 2 || (commas && !words)) return;
  for (const std::string_view article : {"the ", "an ", "a "}) {
    const bool noun_follows = phrase.size() >= article.size() + 3;  // "a b" is a product
    if (phrase.starts_with(article) && noun_follows) phrase.erase(0, article.size());
  }
  phrase_ = std::move(phrase);
}

ParserChoices ParsedAnswer::AddReading(const std::vector<AnswerToken>& tokens, ParserOptions options) {
  auto reading = std::make_unique<Reading>();
  AnswerParser parser(tokens, &reading->expression, options);
  std::optional<int32_t> root = parser.Parse();
  if (root && parser.choices().plus_minus) {
    options.lower_sign = true;
    const std::optional<int32_t> other = AnswerParser(tokens, &reading->expression, options).Parse();
    if (!other) return parser.choices();
    root = reading->expression.Append(NodeKind::kList, std::vector<int32_t>{*root, *other});
  }
  if (!root) return parser.choices();
  Effort effort(kEffortOfReading);
  std::optional<AnswerValue> value = ReadValue(reading->expression, *root, &effort);
  if (!value) return parser.choices();
  reading->value = *std::move(value);
  readings_.push_back(std::move(reading));
  return parser.choices();
}

void ParsedAnswer::AddReadings(std::string_view answer) {
  const AnswerTokens usual = TokenizeAnswer(answer, Thousands::kOutsideBrackets);
  const ParserChoices choices = AddReading(usual.tokens, {});
  if (choices.unit_letters) AddReading(usual.tokens, {.unit_letters = false});
  if (choices.imaginary_j && !choices.imaginary_i) AddReading(usual.tokens, {.imaginary_j = true});
  if (choices.log) AddReading(usual.tokens, {.natural_log = true});
  if (usual.commas_in_numbers) AddReading(TokenizeAnswer(answer, Thousands::kNowhere).tokens, {});
  if (!usual.commas_in_brackets) return;
  // "(1,000, 2,000)"; but "(1,200)" is a point and no number.
  const size_t before = readings_.size();
  AddReading(TokenizeAnswer(answer, Thousands::kEverywhere).tokens, {});
  if (readings_.size() > before && readings_.back()->value.items.size() < 2) readings_.pop_back();
}

bool ParsedAnswer::ReadingsEqual(const ParsedAnswer& a, const ParsedAnswer& b) {
  Effort effort(kEffortOfComparing);
  for (const auto& left : a.readings_) {
    for (const auto& right : b.readings_) {
      if (ValuesEqual(left->value, right->value, &effort)) return true;
    }
  }
  return false;
}

// "(C)" and "C"; "C) 12" and 12.
bool ParsedAnswer::ChoiceEquals(const ParsedAnswer& choice, const ParsedAnswer& other) {
  if (other.choice_ != 0) return choice.choice_ == other.choice_;
  if (other.letter_ != 0) return absl::ascii_toupper(other.letter_) == choice.choice_;
  if (!choice.phrase_.empty() && choice.phrase_ == other.phrase_) return true;
  return ReadingsEqual(choice, other);
}

bool AreEqual(const ParsedAnswer& first, const ParsedAnswer& second) {
  if (first.IsBlank() || second.IsBlank()) return false;
  const bool ordered = first.text_ <= second.text_;
  const ParsedAnswer& a = ordered ? first : second;
  const ParsedAnswer& b = ordered ? second : first;
  if (a.text_ == b.text_) return true;
  if (a.choice_ != 0) return ParsedAnswer::ChoiceEquals(a, b);
  if (b.choice_ != 0) return ParsedAnswer::ChoiceEquals(b, a);
  if (!a.phrase_.empty() && a.phrase_ == b.phrase_) return true;
  return ParsedAnswer::ReadingsEqual(a, b);
}

}  // namespace espalier
