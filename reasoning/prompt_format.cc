#include "reasoning/prompt_format.h"

#include <optional>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/chat_template.h"
#include "engine/tokenizer.h"
#include "reasoning/few_shot.h"

namespace espalier {
namespace {

constexpr std::string_view kProblem = "{problem}";

PromptFormat Gsm8kFormat(int64_t shots) {
  PromptFormat format;
  format.name = Cat("gsm8k-", shots, "shot");
  format.user = Gsm8kPrompt(shots);
  format.stop = {"Q:"};
  format.step_delimiter = "\n";
  return format;
}

PromptFormat MathFormat(int64_t shots) {
  PromptFormat format;
  format.name = Cat("math-", shots, "shot");
  format.user = MathPrompt(shots);
  format.stop = {"Problem:"};
  format.step_delimiter = "\n";
  return format;
}

std::vector<PromptFormat> MakeFormats() {
  PromptFormat boxed;
  boxed.name = "boxed";
  boxed.chat = true;
  boxed.system = "Please reason step by step, and put your final answer within \\boxed{}.";
  boxed.user = kProblem;
  boxed.step_delimiter = "\n\n";

  PromptFormat question;
  question.name = "question";
  question.user = "Question: {problem}\nAnswer:";
  question.stop = {"\nQuestion:"};
  question.step_delimiter = "\n";

  PromptFormat steps;
  steps.name = "steps";
  steps.chat = true;
  steps.user = kProblem;
  steps.step_delimiter = "\n";
  return {boxed, question, steps, Gsm8kFormat(kGsm8kShots), MathFormat(kMathShots)};
}

// "gsm8k-3shot": fewer examples of a format than it has.
std::optional<PromptFormat> FewerShots(std::string_view name) {
  for (int64_t shots = 1; shots < kGsm8kShots; ++shots) {
    if (name == Cat("gsm8k-", shots, "shot")) return Gsm8kFormat(shots);
    if (shots < kMathShots && name == Cat("math-", shots, "shot")) return MathFormat(shots);
  }
  return std::nullopt;
}

std::string FillIn(const std::string& pattern, std::string_view problem) {
  return absl::StrReplaceAll(pattern, {{ToAbsl(kProblem), ToAbsl(problem)}});
}

}  // namespace

std::span<const PromptFormat> PromptFormats() {
  static const std::vector<PromptFormat> kFormats = MakeFormats();
  return kFormats;
}

absl::StatusOr<PromptFormat> FindPromptFormat(std::string_view name) {
  std::vector<std::string> names;
  for (const PromptFormat& format : PromptFormats()) {
    if (format.name == name) return format;
    names.push_back(format.name);
  }
  if (std::optional<PromptFormat> format = FewerShots(name)) return *std::move(format);
  return absl::InvalidArgumentError(Cat("unknown prompt format '", name, "'", DidYouMean(name, names),
                                        ": there are ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<PromptFormat> FindPromptFormat(std::string_view name, const Engine& engine) {
  if (name.empty() && !engine.info().prompt_format.empty()) {
    absl::StatusOr<PromptFormat> format = FindPromptFormat(engine.info().prompt_format, engine);
    if (format.ok()) return format;
    return absl::InvalidArgumentError(Cat("metadata 'espalier.prompt_format' of the model: ",
                                          ToStd(format.status().message()), "; give --prompt-format"));
  }
  const std::string& fault = engine.info().chat_template_fault;
  if (name.empty() && fault.empty()) return PromptFormats()[engine.chat_template() != nullptr ? 0 : 1];
  if (name.empty()) {
    return absl::InvalidArgumentError(Cat("the model's chat template cannot be read (", fault,
                                          "): give --prompt-format question for plain text"));
  }
  ESPALIER_ASSIGN_OR_RETURN(PromptFormat format, FindPromptFormat(name));
  if (format.chat && engine.chat_template() == nullptr) {
    return absl::InvalidArgumentError(
        Cat("prompt format '", name, "' needs a chat template, and this model has none: use 'question'"));
  }
  return format;
}

absl::StatusOr<std::vector<TokenId>> MakePrompt(const PromptFormat& format, std::string_view problem,
                                                const Engine& engine) {
  const Tokenizer& tokenizer = engine.tokenizer();
  const std::string user = FillIn(format.user, problem);
  if (!format.chat) return tokenizer.Encode(user, TokenizeOptions(/*special=*/false, tokenizer.adds_bos()));
  std::vector<ChatMessage> messages;
  if (!format.system.empty()) messages.emplace_back("system", format.system);
  messages.emplace_back("user", user);
  ESPALIER_ASSIGN_OR_RETURN(std::string text,
                            engine.chat_template()->Render(messages, /*add_generation_prompt=*/true));
  std::vector<TokenId> ids = tokenizer.Encode(text, TokenizeOptions(/*special=*/true, /*bos=*/false));
  // Templates often write the BOS themselves.
  const TokenId bos = tokenizer.bos_id();
  if (tokenizer.adds_bos() && bos >= 0 && (ids.empty() || ids.front() != bos)) ids.insert(ids.begin(), bos);
  return ids;
}

}  // namespace espalier
