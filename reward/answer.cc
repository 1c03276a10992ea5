#include "reward/answer.h"

#include <optional>
#include <string>

#include "reward/answers/parsed_answer.h"

namespace espalier {

bool AnswersEqual(std::string_view a, std::string_view b) {
  if (const std::optional<std::string> integer = PlainInteger(a)) {
    if (const std::optional<std::string> other = PlainInteger(b)) return *integer == *other;
  }
  return AreEqual(ParsedAnswer(a), ParsedAnswer(b));
}

}  // namespace espalier
