#include "engine/pre_tokenizer.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/cat.h"
#include "base/check.h"
#include "base/text.h"
#include "base/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace espalier {
namespace {

// The patterns are the model families' own, with two conventions. White space stands as \s inside a class
// only and means Unicode's White_Space (PCRE2's \s also takes U+180E). What a pattern leaves between its
// matches is a piece too.
constexpr std::string_view kGpt2 =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|[\s]+(?![^\s])|[\s]+)";
constexpr std::string_view kLlama3 =
    R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3})"
    R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|[\s]*[\r\n]+|[\s]+(?![^\s])|[\s]+)";
constexpr std::string_view kQwen2 =
    R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N})"
    R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|[\s]*[\r\n]+|[\s]+(?![^\s])|[\s]+)";
constexpr std::string_view kWhiteSpace = R"(\p{Z}\t-\r\x{85})";

struct Family {
  std::vector<std::string_view> names;
  std::vector<std::string_view> stages;
  bool adds_bos = false;
  bool ignores_merges = false;
};

const std::vector<Family>& Families() {
  static const auto& families = *new std::vector<Family>{
      {{"gpt-2", "phi-2", "olmo"}, {kGpt2}},
      {{"llama-bpe", "llama3", "llama-v3"}, {kLlama3}, true, true},
      {{"qwen2", "deepseek-r1-qwen"}, {kQwen2}},
      {{"smollm", "starcoder", "refact", "command-r", "codeshell"}, {R"(\p{N})", kGpt2}},
      {{"default"}, {R"([\p{P}$+<=>^~|]+)", kGpt2, R"(\p{N}+)", "[0-9][0-9][0-9]"}},
  };
  return families;
}

std::string KnownNames() {
  std::vector<std::string> names;
  for (const Family& family : Families()) {
    for (const std::string_view name : family.names) names.emplace_back(name);
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

class CompiledPattern {
 public:
  explicit CompiledPattern(std::string_view pattern)
      : code_(Compile(pattern), &pcre2_code_free),
        context_(pcre2_match_context_create(nullptr), &pcre2_match_context_free) {
    // A long run of one class may be backtracked over once: linear work, but more than the default allows.
    pcre2_set_match_limit(context_.get(), std::numeric_limits<uint32_t>::max());
  }

  // Appends to `pieces` the matches in each of `texts`, which are valid UTF-8, and what lies between them.
  void Split(std::span<const std::string_view> texts, std::vector<std::string_view>& pieces) const {
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(
        pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
    for (const std::string_view text : texts) SplitOne(text, match.get(), pieces);
  }

 private:
  void SplitOne(std::string_view text, pcre2_match_data* match, std::vector<std::string_view>& pieces) const {
    size_t done = 0;
    while (done < text.size()) {
      const int result = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                     done, PCRE2_NO_UTF_CHECK, match, context_.get());
      if (result == PCRE2_ERROR_NOMATCH) break;
      ESPALIER_CHECK(result > 0, "pre-tokenizer: PCRE2 error ", result);
      const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match);
      ESPALIER_CHECK(range[1] > range[0], "pre-tokenizer matched nothing at byte ", done);
      if (range[0] > done) pieces.push_back(text.substr(done, range[0] - done));
      pieces.push_back(text.substr(range[0], range[1] - range[0]));
      done = range[1];
    }
    if (done < text.size()) pieces.push_back(text.substr(done));
  }

  static pcre2_code* Compile(std::string_view pattern) {
    const std::string source = absl::StrReplaceAll(ToAbsl(pattern), {{R"(\s)", ToAbsl(kWhiteSpace)}});
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(),
                                     PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr);
    ESPALIER_CHECK(code != nullptr, "pattern '", source, "', error ", error, " at ", offset);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where it is not available, matching is only slower
    return code;
  }

  std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code_;
  std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context_;
};

PreTokenizer::PreTokenizer() = default;
PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;
PreTokenizer& PreTokenizer::operator=(PreTokenizer&&) noexcept = default;
PreTokenizer::~PreTokenizer() = default;

absl::StatusOr<PreTokenizer> PreTokenizer::Make(std::string_view name) {
  for (const Family& family : Families()) {
    if (std::count(family.names.begin(), family.names.end(), name) == 0) continue;
    PreTokenizer made;
    made.adds_bos_ = family.adds_bos;
    made.ignores_merges_ = family.ignores_merges;
    for (const std::string_view stage : family.stages) {
      made.stages_.push_back(std::make_unique<CompiledPattern>(stage));
    }
    return made;
  }
  return absl::UnimplementedError(
      Cat("pre-tokenizer '", OneLine(name), "' is not supported; use a model with one of: ", KnownNames()));
}

void PreTokenizer::Split(std::string_view text, std::vector<std::string_view>& pieces) const {
  pieces.clear();
  size_t begin = 0;
  while (begin < text.size()) {
    const bool valid = Utf8CharacterSize(text.substr(begin)) > 0;
    size_t end = begin;
    while (end < text.size()) {
      const size_t size = Utf8CharacterSize(text.substr(end));
      if ((size > 0) != valid) break;
      end += std::max<size_t>(size, 1);
    }
    const std::string_view stretch = text.substr(begin, end - begin);
    if (valid) {
      SplitValid(stretch, pieces);
    } else {
      pieces.push_back(stretch);
    }
    begin = end;
  }
}

void PreTokenizer::SplitValid(std::string_view text, std::vector<std::string_view>& pieces) const {
  std::vector<std::string_view> before;
  std::vector<std::string_view> after = {text};
  for (const auto& stage : stages_) {
    std::swap(before, after);
    after.clear();
    stage->Split(before, after);
  }
  pieces.insert(pieces.end(), after.begin(), after.end());
}

}  // namespace espalier
