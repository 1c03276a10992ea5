// The patterns are the model families' own, from their tokenizer.json.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/check.h"
#include "engine/pre_tokenizer.h"
#include "engine/quoted.h"

namespace espalier {

// Where it ends with \s+(?!\S) alone, as it is often written, what is left of white space is a piece as well.
const std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

namespace {

// Parts of the patterns below.
constexpr std::string_view kContraction = R"('[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
constexpr std::string_view kAnyCaseContraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";  // 'ſ is one, too
constexpr std::string_view kWord = R"([^\r\n\p{L}\p{N}]?\p{L}+)";
constexpr std::string_view kSigns = R"( ?[^\s\p{L}\p{N}]+[\r\n]*)";
constexpr std::string_view kSpaces = R"(\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kDigit = R"(\p{N})";
constexpr std::string_view kThreeDigits = R"(\p{N}{1,3})";
constexpr std::string_view kSentence = R"( ?[^(\s|.,!?…。，、।۔،)]+)";

std::string Alternatives(const std::vector<std::string_view>& alternatives) {
  return absl::StrJoin(std::vector<std::string>(alternatives.begin(), alternatives.end()), "|");
}

// Words with at most one change from capital to small letters, each followed by `suffix`.
std::string CasedWord(std::string_view suffix) {
  constexpr std::string_view kStart = R"([^\r\n\p{L}\p{N}]?)";
  constexpr std::string_view kCapital = R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])";
  constexpr std::string_view kSmall = R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])";
  return Cat(kStart, kCapital, "*", kSmall, "+", suffix, "|", kStart, kCapital, "+", kSmall, "*", suffix);
}

struct Family {
  std::vector<std::string_view> names;
  std::vector<std::string> patterns;  // each isolates its matches
  bool adds_bos = false;
  bool ignores_merges = false;
};

std::vector<Family> MakeFamilies() {
  const std::string gpt2(kGpt2Pattern);
  const std::string digit(kDigit);
  const std::string sentence(kSentence);
  const std::string llama3 = Alternatives({kContraction, kWord, kThreeDigits, kSigns, kSpaces});
  const std::string cased_signs = R"( ?[^\s\p{L}\p{N}]+[\r\n/]*)";
  return {
      {{"gpt-2", "phi-2", "olmo", "mpt", "jais", "exaone4", "trillion", "granite-docling", "gigachat",
        "mellum", "a.x-4.0"},
       {gpt2}},
      {{"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"},
       {llama3},
       true,
       true},
      {{"dbrx", "smaug-bpe", "chatglm-bpe"}, {llama3}},
      {{"glm4"}, {llama3}, false, true},
      {{"qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez", "solar-open", "grok-2", "kormo"},
       {Alternatives({kContraction, kWord, kDigit, kSigns, kSpaces})}},
      {{"qwen35"},
       {Alternatives({kAnyCaseContraction, R"([^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+)", kDigit,
                      R"( ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*)", kSpaces})}},
      {{"seed-coder"},
       {Alternatives({kAnyCaseContraction, kWord, kDigit, R"( ?[^\s\p{L}\p{N}\r\n]+)", kSpaces})}},
      {{"tekken"}, {Alternatives({CasedWord(""), kDigit, cased_signs, kSpaces})}, true, true},
      {{"gpt-4o", "llama4", "kanana2", "minimax-m2"},
       {Alternatives({CasedWord(Cat(kAnyCaseContraction, "?")), kThreeDigits, cased_signs, kSpaces})}},
      {{"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"},
       {digit, gpt2}},
      {{"deepseek-coder"}, {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", "[一-龥ࠀ-一가-퟿]+", digit}},
      {{"deepseek-v3", "hunyuan-dense", "joyai-llm"},
       {std::string(kThreeDigits), "[一-龥぀-ゟ゠-ヿ]+",
        Alternatives({R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+)",
                      R"([^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)", R"( ?[\p{P}\p{S}]+[\r\n]*)", kSpaces})}},
      {{"falcon"}, {R"([\p{P}$+<=>^~|`]+)", gpt2, "[0-9][0-9][0-9]"}},
      {{"superbpe"}, {R"(\p{N}+)", R"((?=(\d{3})+(?!\d)))"}},
      {{"bloom", "poro-chat", "gpt3-finnish"}, {sentence}},
      {{"viking"}, {sentence, digit}},
      {{"default"}, {R"([\p{P}$+<=>^~|]+)", gpt2, R"(\p{N}+)", "[0-9][0-9][0-9]"}},
  };
}

const std::vector<Family>& Families() {
  static const auto& families = *new std::vector<Family>(MakeFamilies());
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

absl::StatusOr<PreTokenizerFamily> FindPreTokenizerFamily(std::string_view name) {
  for (const Family& family : Families()) {
    if (std::count(family.names.begin(), family.names.end(), name) == 0) continue;
    PreTokenizerFamily found;
    found.adds_bos = family.adds_bos;
    found.ignores_merges = family.ignores_merges;
    for (const std::string& pattern : family.patterns) {
      absl::StatusOr<SplitPattern> compiled = SplitPattern::Compile(pattern);
      ESPALIER_CHECK(compiled.ok(), compiled.status().ToString());
      found.pre_tokenizer.Add({*std::move(compiled)});
    }
    return found;
  }
  return absl::UnimplementedError(
      Cat("pre-tokenizer ", Quoted(name), " is not supported; use a model with one of: ", KnownNames()));
}

}  // namespace espalier
