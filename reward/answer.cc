#include "reward/answer.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "reward/markup.h"
#include "reward/number.h"
#include "reward/stated_number.h"

namespace espalier {

std::string AnswerKey(std::string_view answer) {
  if (const std::optional<Number> number = StatedNumber(answer)) return number->value;
  std::string key;
  for (const char character : StripMarkup(answer)) {
    if (!absl::ascii_isspace(character)) key += absl::ascii_tolower(character);
  }
  while (key.ends_with('.')) key.pop_back();
  if (key.size() == 3 && key.front() == '(' && key.back() == ')') key = key.substr(1, 1);
  return key.empty() ? "" : Cat("'", key);
}

bool AnswersEqual(std::string_view a, std::string_view b) {
  const std::string key = AnswerKey(a);
  return !key.empty() && key == AnswerKey(b);
}

}  // namespace espalier
