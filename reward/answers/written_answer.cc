#include "reward/answers/written_answer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "base/text.h"
#include "reward/answers/stated_number.h"
#include "reward/number.h"

namespace espalier {
namespace {

constexpr size_t kMaxNumberBytes = 1000;  // of an answer that states one number in words

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// "x + y = 5" states no number although 5 stands behind its sign; "x = 5" and "3 + 2 = 5" do.
bool MayStateNumber(std::string_view written) {
  if (written.size() > kMaxNumberBytes) return false;
  if (written.find_first_of("<>!") != std::string_view::npos) return false;
  const size_t equals = written.rfind('=');
  if (equals == std::string_view::npos) return true;
  const std::string_view left = written.substr(0, equals);
  const bool letters = std::any_of(left.begin(), left.end(), [](char c) { return absl::ascii_isalpha(c); });
  return !letters || left.find_first_of("+-*/^\\,") == std::string_view::npos;
}

// The variable of "x = 3", "" when that is no assignment.
std::string_view AssignedVariable(std::string_view item) {
  const size_t equals = item.find('=');
  if (equals == std::string_view::npos || item.find('=', equals + 1) != std::string_view::npos) return "";
  const std::string_view variable = Trim(item.substr(0, equals));
  return variable.size() == 1 && absl::ascii_isalpha(variable[0]) ? variable : "";
}

bool AllAssignTheSame(std::span<const std::string_view> items) {
  const std::string_view variable = AssignedVariable(items.front());
  return !variable.empty() && std::all_of(items.begin(), items.end(), [&](std::string_view item) {
    return AssignedVariable(item) == variable;
  });
}

}  // namespace

std::string_view TrimAnswer(std::string_view written) {
  constexpr std::array<std::string_view, 8> kBefore = {"**", "__", "$", "\\(", "\\[", "`", "*", ":"};
  constexpr std::array<std::string_view, 8> kBehind = {"**", "__", "\\)", "\\]", "`", "*", ",", ";"};
  for (bool changed = true; changed;) {
    written = Trim(written);
    changed = false;
    for (const std::string_view mark : kBefore) changed = TakePrefix(written, mark) || changed;
    for (const std::string_view mark : kBehind) changed = TakeSuffix(written, mark) || changed;
    const bool escaped = written.size() > 1 && written[written.size() - 2] == '\\';
    if (!escaped && (written.ends_with('$') || written.ends_with('.'))) {
      written.remove_suffix(1);
      changed = true;
    }
  }
  return written;
}

std::string PlainAnswer(std::string_view written) {
  if (MayStateNumber(written)) {
    if (const std::optional<Number> number = StatedNumber(written)) {
      const bool percent =
          written.find('%') != std::string_view::npos || written.find("percent") != std::string_view::npos;
      return percent ? Cat(number->text, "%") : number->text;
    }
  }
  return std::string(TrimAnswer(written));
}

std::string JoinAnswers(std::span<const std::string_view> items) {
  if (items.empty()) return "";
  const bool drop = items.size() > 1 && AllAssignTheSame(items);
  std::vector<std::string> answers;
  for (const std::string_view item : items) {
    std::string answer = PlainAnswer(drop ? item.substr(item.find('=') + 1) : item);
    if (answer.empty() || std::find(answers.begin(), answers.end(), answer) != answers.end()) continue;
    answers.push_back(std::move(answer));
  }
  std::string joined;
  for (const std::string& answer : answers) {
    if (!joined.empty()) {
      const bool digits = absl::ascii_isdigit(joined.back()) && absl::ascii_isdigit(answer.front());
      joined += digits ? ", " : ",";  // "1,234" would be one number
    }
    joined += answer;
  }
  return joined;
}

bool HoldsValue(std::string_view formula) {
  int letters = 0;
  for (const char character : formula) {
    if (absl::ascii_isdigit(character) || character == '\\' || static_cast<unsigned char>(character) >= 0x80)
      return true;
    letters += absl::ascii_isalpha(character) ? 1 : 0;
  }
  return letters > 1;
}

std::string_view RightHandSide(std::string_view formula) {
  const size_t last_sign = formula.rfind('=');
  size_t equals = std::string_view::npos;
  int depth = 0;
  for (size_t i = 0; i < formula.size(); ++i) {
    const char character = formula[i];
    if (character == '\\') {
      ++i;
    } else if (character == '{' || character == '(' || character == '[') {
      ++depth;
    } else if (character == '}' || character == ')' || character == ']') {
      --depth;
    } else if (character == ',' && depth == 0 && equals != std::string_view::npos) {
      if (last_sign > i) return formula;
    } else if (character == '=' && depth == 0) {
      const char before = i > 0 ? formula[i - 1] : ' ';
      if (before != '<' && before != '>' && before != '!') equals = i;
    }
  }
  std::string_view side = formula.substr(equals == std::string_view::npos ? 0 : equals + 1);
  const size_t end = side.find("\\end{");
  if (end != std::string_view::npos && side.substr(0, end).find("\\begin{") == std::string_view::npos) {
    side = side.substr(0, end);
  }
  side = Trim(side);
  while (TakeSuffix(side, "\\\\") || TakeSuffix(side, "&")) side = Trim(side);
  while (TakePrefix(side, "&")) side = Trim(side);
  return HoldsValue(side) ? side : Trim(formula);
}

}  // namespace espalier
