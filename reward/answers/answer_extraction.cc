#include "reward/answers/answer_extraction.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "base/text.h"
#include "reward/answers/answer_phrase.h"
#include "reward/answers/boxed_answer.h"
#include "reward/answers/markup.h"
#include "reward/answers/math_spans.h"
#include "reward/answers/stated_number.h"
#include "reward/answers/written_answer.h"

namespace espalier {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr size_t kMaxLine = 500;  // bytes of the line in which the last number is looked for

// What stands outside of <think>...</think>. A block that only ends began in the prompt, one that only begins
// goes on to the end.
std::string WithoutThinking(std::string_view response) {
  constexpr std::string_view kOpen = "<think>";
  constexpr std::string_view kClose = "</think>";
  const size_t first_close = response.find(kClose);
  if (first_close != std::string_view::npos && response.find(kOpen) > first_close)
    response.remove_prefix(first_close + kClose.size());
  std::string outside;
  while (true) {
    const size_t open = response.find(kOpen);
    outside += response.substr(0, open);
    if (open == std::string_view::npos) return outside;
    const size_t close = response.find(kClose, open);
    if (close == std::string_view::npos) return outside;
    response.remove_prefix(close + kClose.size());
    outside += '\n';
  }
}

// The content of the last <answer>...</answer>.
std::string_view TaggedAnswer(std::string_view text) {
  constexpr std::string_view kOpen = "<answer>";
  const size_t close = text.rfind("</answer>");
  if (close == std::string_view::npos) return "";
  const size_t open = text.substr(0, close).rfind(kOpen);
  if (open == std::string_view::npos) return "";
  return Trim(text.substr(open + kOpen.size(), close - open - kOpen.size()));
}

// The number after the last "####", unless that begins a heading ("#### Step 2", "#### 2. Add").
std::optional<Number> NumberAfterHashes(std::string_view text) {
  const size_t at = text.rfind("####");
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view line = Trim(text.substr(at + 4, text.find('\n', at) - at - 4)).substr(0, kMaxLine);
  if (line.empty() || absl::ascii_isalpha(line[0]) || line.find(". ") != std::string_view::npos)
    return std::nullopt;
  return StatedNumber(line);
}

// The number after "####" on the last line, as GSM8K's solutions end, whatever they say of answers before.
std::optional<Number> NumberAtEnd(std::string_view text) {
  text = Trim(text);
  const size_t at = text.rfind("####");
  if (at == std::string_view::npos || text.find('\n', at) != std::string_view::npos) return std::nullopt;
  return NumberAfterHashes(text);
}

// The last number of the line in which the last digit stands.
std::string LastNumber(std::string_view text) {
  const size_t digit = text.find_last_of(kDigits);
  if (digit == std::string_view::npos) return "";
  size_t begin = text.rfind('\n', digit);
  begin = begin == std::string_view::npos ? 0 : begin + 1;
  if (digit - begin > kMaxLine) {
    begin = digit - kMaxLine;
    begin = std::min(text.find(' ', begin), digit);
  }
  const std::string plain =
      StripMarkup(text.substr(begin, std::min(text.find('\n', digit), digit + 100) - begin));
  std::string last;
  size_t position = 0;
  while (std::optional<FoundNumber> found = NextNumber(plain, position)) {
    const bool ratio = !last.empty() && found->begin == position + 1 && plain[position] == ':';
    last = ratio ? Cat(last, ":", found->number.text) : found->number.text;
    position = found->end;
  }
  return last;
}

std::string LastValue(std::string_view text) {
  if (std::string list = ListAtEnd(text); !list.empty()) return list;
  const std::vector<MathSpan> spans = MathSpanReader(text).All(0);
  const size_t digit = text.find_last_of(kDigits);
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    if (digit != std::string_view::npos && span->end <= digit) break;
    if (HoldsValue(span->content)) return PlainAnswer(RightHandSide(span->content));
  }
  return LastNumber(text);
}

std::string Extract(std::string_view text) {
  if (std::string boxed = BoxedAnswer(text); !boxed.empty()) return boxed;
  if (const std::optional<Number> number = NumberAtEnd(text)) return number->text;
  if (std::string stated = AnswerOfPhrase(text, /*in_words=*/false); !stated.empty()) return stated;
  if (const std::optional<Number> number = NumberAfterHashes(text)) return number->text;
  if (std::string last = LastValue(text); !last.empty()) return last;
  return AnswerOfPhrase(text, /*in_words=*/true);
}

}  // namespace

std::string ExtractAnswer(std::string_view response) {
  const std::string text = WithoutThinking(response);
  if (const std::string_view tagged = TaggedAnswer(text); !tagged.empty()) {
    std::string answer = Extract(tagged);
    return answer.empty() ? std::string(TrimAnswer(tagged)) : answer;
  }
  std::string answer = Extract(text);
  return answer.empty() && text.size() != response.size() ? Extract(response) : answer;
}

}  // namespace espalier
