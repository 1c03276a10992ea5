#include "reward/answers/answer_phrase.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "base/text.h"
#include "reward/answers/math_spans.h"
#include "reward/answers/plain_mathematics.h"
#include "reward/answers/stated_number.h"
#include "reward/answers/written_answer.h"

namespace espalier {
namespace {

constexpr size_t kMaxClause = 500;  // bytes of a sentence that states an answer
constexpr size_t kMaxFormula = 4000;
constexpr size_t kMaxItems = 32;
constexpr size_t kMaxDistance = 60;  // bytes between the noun and its verb, or the beginning of its heading
constexpr int kMaxPhrases = 8;       // of which the last that states something counts

// A noun and a verb announce an answer: "the answers are", "the correct option is", "Answer:".
struct Announcement {
  std::string_view noun;
  bool choice;  // only a choice may follow
};
constexpr std::string_view kChinese = "\xE7\xAD\x94\xE6\xA1\x88";  // "answer"; its verb is optional
constexpr std::array<Announcement, 4> kAnnouncements = {
    {{"answer", false}, {"option", true}, {"choice", true}, {kChinese, false}}};

bool IsLetter(std::string_view text, size_t at) { return at < text.size() && absl::ascii_isalpha(text[at]); }

// Whether `word`, in lower case, begins `text` and ends there.
bool StartsWithWord(std::string_view text, std::string_view word) {
  if (text.size() < word.size() || IsLetter(text, word.size())) return false;
  return std::equal(word.begin(), word.end(), text.begin(),
                    [](char a, char b) { return a == absl::ascii_tolower(b); });
}

// Up to the end of the line or sentence.
std::string_view Clause(std::string_view text) {
  text = text.substr(0, kMaxClause);
  text = text.substr(0, text.find('\n'));
  for (size_t at = text.find(". "); at != std::string_view::npos; at = text.find(". ", at + 1)) {
    if (at > 0) return text.substr(0, at);
  }
  return text;
}

// Markdown, and words that only introduce: "therefore", "approximately", "equal to".
std::string_view SkipIntroduction(std::string_view text) {
  constexpr std::array<std::string_view, 18> kWords = {
      "therefore", "thus", "then", "simply", "just",  "approximately", "about", "equal",  "to",
      "given",     "by",   "also", "indeed", "hence", "roughly",       "only",  "either", "exactly"};
  for (bool changed = true; changed;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n:*_`>\""), text.size()));
    changed = false;
    for (const std::string_view word : kWords) {
      if (!StartsWithWord(text, word)) continue;
      text.remove_prefix(word.size());
      changed = true;
      break;
    }
  }
  return text;
}

// Removes ",", "and", "or", ";" and spaces between two formulas; false when anything else stands there.
bool SkipJoint(std::string_view& text) {
  std::string_view rest = text;
  bool joined = false;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n*"), rest.size()));
    if (rest.starts_with(',') || rest.starts_with(';')) {
      rest.remove_prefix(1);
    } else if (StartsWithWord(rest, "and")) {
      rest.remove_prefix(3);
    } else if (StartsWithWord(rest, "or")) {
      rest.remove_prefix(2);
    } else {
      break;
    }
    joined = true;
  }
  if (joined) text = rest;
  return joined;
}

// The formulas that begin `text`, one or a list; `text` is left behind them.
std::vector<std::string_view> TakeFormulas(std::string_view& text) {
  std::vector<std::string_view> formulas;
  std::string_view rest = text;
  while (formulas.size() < kMaxItems) {
    const std::string_view window = rest.substr(0, kMaxFormula);
    const std::optional<MathSpan> span = MathSpanReader(window).At(0);
    if (!span || Trim(span->content).empty()) break;
    formulas.push_back(Trim(span->content));
    rest.remove_prefix(span->end);
    text = rest;
    if (!SkipJoint(rest)) break;
  }
  return formulas;
}

// "(C)", "C)", "C." or "C" alone at the front.
std::string Choice(std::string_view text) {
  const bool bracket = text.starts_with('(');
  std::string_view rest = text.substr(bracket ? 1 : 0);
  if (rest.empty() || rest[0] < 'A' || rest[0] > 'J') return "";
  const char letter = rest[0];
  rest = Trim(rest.substr(1));
  const bool closed = rest.starts_with(')');
  if (bracket != closed && bracket) return "";
  if (!closed && !(rest.empty() || rest == "." || rest.starts_with("**") || rest.starts_with(": ") ||
                   rest.starts_with(". ") || rest.starts_with(", ")))
    return "";
  return closed ? Cat("(", std::string(1, letter), ")") : std::string(1, letter);
}

// The choice that the noun itself names: "option (C) is correct", "which is option B."
std::string NamedChoice(std::string_view text) {
  text = text.substr(0, kMaxDistance);
  text.remove_prefix(std::min(text.find_first_not_of(" *"), text.size()));
  const size_t end = std::min(text.find_first_of(" .\n"), text.size());
  const std::string_view name = TrimAnswer(text.substr(0, end));
  const std::string_view rest = text.substr(end);
  const bool ends = Trim(rest).empty() || rest.starts_with('.') || rest.starts_with('\n');
  if (!ends && !rest.starts_with(" is correct") && !rest.starts_with(" is the")) return "";
  return name.size() <= 3 ? Choice(name) : "";
}

// "no" of "no, since 7 is odd": a word that is an answer of its own, where it ends its part of the sentence.
std::string AnsweringWord(std::string_view text) {
  for (const std::string_view word : {"yes", "no", "true", "false", "none", "undefined", "impossible"}) {
    if (!StartsWithWord(text, word)) continue;
    const std::string_view rest = text.substr(word.size());
    if (rest.empty() || rest[0] == ',' || rest[0] == '.' || rest[0] == '*')
      return std::string(text.substr(0, word.size()));
  }
  return "";
}

// "3 and -2" -> {"3", "-2"}. Commas stay within an item: "3,4" may be a number or a list.
std::vector<std::string_view> SplitAtWords(std::string_view formula) {
  std::vector<std::string_view> items;
  size_t begin = 0;
  for (size_t at = 0; at < formula.size(); ++at) {
    if (formula[at] != ' ' || (at > 0 && formula[at - 1] == '{')) continue;  // \text{ or }
    for (const std::string_view word : {"and", "or"}) {
      if (!StartsWithWord(formula.substr(at + 1), word)) continue;
      items.push_back(TrimAnswer(formula.substr(begin, at - begin)));
      begin = at + 1 + word.size();
      at += word.size();
      break;
    }
  }
  items.push_back(TrimAnswer(formula.substr(begin)));
  return items;
}

// Behind the verb of an announcement whose noun ends at the front of `text`, nullopt when there is no verb.
// "Answer choices: (A) 3" announces nothing.
std::optional<std::string_view> BehindVerb(std::string_view text, bool heading) {
  if (text.starts_with('s') || text.starts_with('S')) text.remove_prefix(1);
  if (IsLetter(text, 0)) return std::nullopt;
  const std::string_view near = text.substr(0, kMaxDistance);
  const std::string_view line = near.substr(0, near.find_first_of("\n.?!;:"));
  const size_t first = std::min(near.find_first_not_of(" *_"), near.size());
  if (near.substr(first).starts_with(':') || near.substr(first).starts_with('='))
    return text.substr(first + 1);
  for (size_t at = first; at < line.size(); ++at) {
    if (StartsWithWord(line.substr(at), "choices") || StartsWithWord(line.substr(at), "options"))
      return std::nullopt;
    if (at > 0 && IsLetter(line, at - 1)) continue;
    for (const std::string_view verb : {"is", "are", "be", "was"}) {
      if (StartsWithWord(line.substr(at), verb) && (at + verb.size() < text.size()))
        return text.substr(at + verb.size());
    }
  }
  const std::string_view rest = text.substr(std::min(text.find_first_not_of(" *_"), text.size()));
  if (heading && rest.starts_with('\n')) return rest;
  return std::nullopt;
}

std::optional<std::string_view> BehindChineseVerb(std::string_view text) {
  for (const std::string_view verb :
       {"\xE6\x98\xAF", "\xE4\xB8\xBA", "\xEF\xBC\x9A", ":"}) {  // is, is, colon
    if (!text.starts_with(verb)) continue;
    text.remove_prefix(verb.size());
    if (text.starts_with("\xEF\xBC\x9A")) text.remove_prefix(3);
    return text;
  }
  return std::nullopt;
}

// Whether the line in which `at` stands is a heading or bold, and short.
bool InHeading(std::string_view text, size_t at) {
  std::string_view before = text.substr(0, at);
  if (before.size() > kMaxDistance) before.remove_prefix(before.size() - kMaxDistance);
  const size_t line = before.rfind('\n');
  if (line != std::string_view::npos) before.remove_prefix(line + 1);
  return before.starts_with('#') || before.starts_with("**");
}

struct Noun {
  const Announcement* announcement;
  size_t end;  // in the text
};

// The nouns of a text in lower case, the last first. Each search goes on where the one before ended.
class NounsFromBehind {
 public:
  explicit NounsFromBehind(std::string_view lower) : lower_(lower) {
    for (size_t i = 0; i < kAnnouncements.size(); ++i) places_[i] = lower.rfind(kAnnouncements[i].noun);
  }

  std::optional<Noun> Next() {
    size_t last = kAnnouncements.size();
    for (size_t i = 0; i < kAnnouncements.size(); ++i) {
      if (places_[i] == std::string_view::npos) continue;
      if (last == kAnnouncements.size() || places_[i] > places_[last]) last = i;
    }
    if (last == kAnnouncements.size()) return std::nullopt;
    const std::string_view noun = kAnnouncements[last].noun;
    const size_t place = places_[last];
    places_[last] = place == 0 ? std::string_view::npos : lower_.rfind(noun, place - 1);
    return Noun{&kAnnouncements[last], place + noun.size()};
  }

 private:
  std::string_view lower_;
  std::array<size_t, kAnnouncements.size()> places_;
};

// Words that can be an answer, of one short sentence.
std::string AnswerInWords(std::string_view text) {
  const std::string_view words = TrimAnswer(Clause(SkipIntroduction(text)));
  for (const std::string_view word : {"not", "correct", "wrong", "unclear"}) {
    if (StartsWithWord(words, word)) return "";
  }
  return std::string(words);
}

}  // namespace

std::string StatedAnswer(std::string_view text) {
  text = SkipIntroduction(text);
  if (const std::vector<std::string_view> formulas = TakeFormulas(text); !formulas.empty())
    return JoinAnswers(formulas);
  while (text.starts_with('$')) text.remove_prefix(1);
  const std::string_view clause = Clause(text);
  if (std::string choice = Choice(clause); !choice.empty()) return choice;
  if (std::string word = AnsweringWord(clause); !word.empty()) return word;
  if (const std::optional<Number> number = StatedNumber(clause)) return number->text;
  const std::string_view formula = LeadingMathematics(clause);
  if (formula.empty()) return "";
  return JoinAnswers(SplitAtWords(formula));
}

std::string AnswerOfPhrase(std::string_view text, bool in_words) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(text));
  NounsFromBehind nouns(lower);
  int phrases = 0;
  while (const std::optional<Noun> noun = phrases < kMaxPhrases ? nouns.Next() : std::nullopt) {
    const std::string_view behind_noun = text.substr(noun->end);
    if (noun->announcement->choice) {
      if (std::string choice = NamedChoice(behind_noun); !choice.empty()) return choice;
      if (IsLetter(behind_noun, 0)) continue;  // "options: (A) 3, (B) 4"
    }
    const std::optional<std::string_view> rest = noun->announcement->noun == kChinese
                                                     ? BehindChineseVerb(behind_noun)
                                                     : BehindVerb(behind_noun, InHeading(text, noun->end));
    if (!rest) continue;
    ++phrases;
    std::string answer;
    if (noun->announcement->choice) {
      answer = Choice(Clause(SkipIntroduction(*rest)));
    } else {
      answer = in_words ? AnswerInWords(*rest) : StatedAnswer(*rest);
    }
    if (!answer.empty()) return answer;
  }
  return "";
}

std::string ListAtEnd(std::string_view text) {
  constexpr size_t kTail = 300;
  if (text.size() > kTail) text.remove_prefix(text.size() - kTail);
  for (size_t at = text.size(); at-- > 1;) {
    const std::string_view rest = text.substr(at);
    if (IsLetter(text, at - 1) || !(StartsWithWord(rest, "are") || StartsWithWord(rest, "is"))) continue;
    std::string_view stated = SkipIntroduction(rest.substr(rest[0] == 'a' || rest[0] == 'A' ? 3 : 2));
    std::string_view behind = stated;
    std::vector<std::string_view> items = TakeFormulas(behind);
    if (items.empty()) {
      const std::string_view formula = LeadingMathematics(Clause(stated));
      items = SplitAtWords(formula);
      behind = stated.substr(formula.size());
    }
    const bool last = behind.find_first_of("0123456789\\") == std::string_view::npos;
    return last && items.size() > 1 ? JoinAnswers(items) : "";
  }
  return "";
}

}  // namespace espalier
