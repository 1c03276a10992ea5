#include "engine/split_pattern.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/cat.h"
#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"
#include "engine/pattern_dialect.h"
#include "engine/quoted.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace espalier {
namespace {

constexpr size_t kMaxPatternBytes = 1 << 16;
// Steps that a match may take from one starting place. Patterns of real models take a few, or as many as the
// run of characters that they match is long.
constexpr uint32_t kStepsPerPlace = 2048;
// Steps for long runs, for each byte of the text.
constexpr uint64_t kStepsPerByte = 32;
constexpr uint32_t kHeapKilobytes = 64 << 10;

using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;
using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

PCRE2_SPTR Bytes(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

class SplitPattern::Code {
 public:
  explicit Code(pcre2_code* code) : code_(code, &pcre2_code_free) {
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where it is not available, matching is only slower
  }
  const pcre2_code* get() const { return code_.get(); }

 private:
  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code_;
};

// One pass over one text.
class SplitPattern::Search {
 public:
  Search(const Code& code, std::string_view text)
      : code_(code),
        text_(text),
        budget_(kStepsPerByte * text.size() + kStepsPerPlace),
        context_(pcre2_match_context_create(nullptr), &pcre2_match_context_free),
        match_(pcre2_match_data_create(1, nullptr), &pcre2_match_data_free) {
    pcre2_set_heap_limit(context_.get(), kHeapKilobytes);
  }

  // The first match at or after `from`; false if there is none, or none within the budget.
  bool FindNext(size_t from, Range& range) {
    int result = Match(from, kStepsPerPlace, PCRE2_UNSET, 0);
    // A long run: the place is `from` itself, for patterns that leave no text between matches.
    for (uint32_t steps = 2 * kStepsPerPlace; result < 0 && result != PCRE2_ERROR_NOMATCH; steps *= 2) {
      if (steps > budget_) return false;
      budget_ -= steps;
      result = Match(from, steps, from, PCRE2_NO_JIT);
    }
    if (result < 0) return false;
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match_.get());
    range = {bounds[0], bounds[1]};
    return range.begin >= from && range.begin <= range.end;  // \K in a look-ahead can turn them around
  }

 private:
  int Match(size_t from, uint32_t steps, size_t last_start, uint32_t options) {
    pcre2_set_match_limit(context_.get(), steps);
    pcre2_set_offset_limit(context_.get(), last_start);
    const int result = pcre2_match(code_.get(), Bytes(text_), text_.size(), from,
                                   PCRE2_NO_UTF_CHECK | options, match_.get(), context_.get());
    return result == 0 ? 1 : result;  // 0: matched, with more groups than there was room for
  }

  const Code& code_;
  std::string_view text_;
  uint64_t budget_;
  MatchContext context_;
  MatchData match_;
};

SplitPattern::SplitPattern() = default;
SplitPattern::SplitPattern(SplitPattern&&) noexcept = default;
SplitPattern& SplitPattern::operator=(SplitPattern&&) noexcept = default;
SplitPattern::~SplitPattern() = default;

absl::StatusOr<SplitPattern> SplitPattern::Compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return absl::InvalidArgumentError(
        Cat("a pattern of ", pattern.size(), " bytes is too long; at most ", kMaxPatternBytes));
  }
  ESPALIER_ASSIGN_OR_RETURN(const std::string source, TranslatePattern(pattern));
  const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
      pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(
      Bytes(source), source.size(),
      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT, &error,
      &offset, context.get());
  if (code == nullptr) {
    PCRE2_UCHAR message[256] = {};
    pcre2_get_error_message(error, message, sizeof(message));
    return absl::InvalidArgumentError(Cat("the pattern ", Quoted(pattern),
                                          " cannot be compiled: ", reinterpret_cast<const char*>(message)));
  }
  SplitPattern made;
  made.code_ = std::make_unique<const Code>(code);
  return made;
}

SplitPattern SplitPattern::Literal(std::string_view text) {
  ESPALIER_CHECK(!text.empty(), "an empty text matches everywhere");
  SplitPattern made;
  made.literal_ = text;
  return made;
}

std::vector<SplitPattern::Range> SplitPattern::FindAll(std::string_view text) const {
  std::vector<Range> ranges;
  if (code_ == nullptr) {
    for (size_t at = 0; (at = text.find(literal_, at)) != std::string_view::npos; at += literal_.size()) {
      ranges.push_back({at, at + literal_.size()});
    }
    return ranges;
  }
  Search search(*code_, text);
  Range range;
  for (size_t from = 0; from <= text.size() && search.FindNext(from, range);) {
    ranges.push_back(range);
    from = range.end;
    if (range.begin == range.end) from += std::max<size_t>(1, Utf8CharacterSize(text.substr(range.end)));
  }
  return ranges;
}

}  // namespace espalier
