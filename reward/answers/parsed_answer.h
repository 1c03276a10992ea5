// A bare answer, read once, to be compared with many.
#ifndef ESPALIER_REWARD_ANSWERS_PARSED_ANSWER_H_
#define ESPALIER_REWARD_ANSWERS_PARSED_ANSWER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reward/answers/answer_parser.h"
#include "reward/answers/answer_tokens.h"
#include "reward/answers/answer_value.h"
#include "reward/answers/expression.h"

namespace espalier {

// Some answers can be read in several ways ("10 m", "1,234", "2 + 3j"); two answers are equal if any reading
// of one equals any of the other. An answer that has no reading is text, and so is one of more than
// kMaxAnswerBytes bytes. Does not change after construction, so threads may share it.
class ParsedAnswer {
 public:
  explicit ParsedAnswer(std::string_view answer);

  // Nothing but dressing. Equals nothing, not even itself.
  bool IsBlank() const { return text_.empty(); }

  // How it was understood; false for text.
  bool HasValue() const { return !readings_.empty(); }

  // The same whichever comes first. Takes a bounded amount of work.
  friend bool AreEqual(const ParsedAnswer& a, const ParsedAnswer& b);

 private:
  struct Reading {
    AnswerExpression expression;
    AnswerValue value;
  };

  void ReadChoice(std::vector<AnswerToken>* tokens);
  void ReadPhrase(const std::vector<AnswerToken>& tokens);
  void AddReadings(std::string_view answer);
  ParserChoices AddReading(const std::vector<AnswerToken>& tokens, ParserOptions options);
  static bool ChoiceEquals(const ParsedAnswer& choice, const ParsedAnswer& other);
  static bool ReadingsEqual(const ParsedAnswer& a, const ParsedAnswer& b);

  std::string text_;                                // the tokens, or what was written if it is too long
  std::string phrase_;                              // an answer in letters and spaces, lower case; else ""
  char choice_ = 0;                                 // 'C' of "(C)" and "C) 12"
  char letter_ = 0;                                 // 'C' of "C"
  std::vector<std::unique_ptr<Reading>> readings_;  // values point into their expressions
};

// The integer that `answer` plainly is ("-0042" gives "-42"); nullopt for everything else.
std::optional<std::string> PlainInteger(std::string_view answer);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_PARSED_ANSWER_H_
