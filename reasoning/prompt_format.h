// How a problem becomes a prompt, and where a model's answer and its steps end.
#ifndef ESPALIER_REASONING_PROMPT_FORMAT_H_
#define ESPALIER_REASONING_PROMPT_FORMAT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "engine/engine.h"

namespace espalier {

struct PromptFormat {
  std::string name;
  bool chat = false;   // render `system` and `user` through the model's chat template
  std::string system;  // "" : no system message
  std::string user;    // "{problem}" is replaced
  std::vector<std::string> stop;
  std::string step_delimiter;  // ends a step, and stays part of it
};

// All formats, by name: "boxed" (chat, answer in \boxed{}), "question" (plain text), "steps" (chat without a
// system message, a step a line), "gsm8k-8shot" and "math-4shot" (plain text with worked examples before it).
std::span<const PromptFormat> PromptFormats();

// One of them, or one with fewer examples ("gsm8k-3shot"). InvalidArgument, with the nearest name: unknown.
absl::StatusOr<PromptFormat> FindPromptFormat(std::string_view name);

// The format of that name for a model; "" is the one that the model file asks for, else by whether it has a
// chat template. InvalidArgument: unknown name, or a chat format for a model without template.
absl::StatusOr<PromptFormat> FindPromptFormat(std::string_view name, const Engine& engine);

// Token ids of the prompt: chat template, BOS as the model file asks.
absl::StatusOr<std::vector<TokenId>> MakePrompt(const PromptFormat& format, std::string_view problem,
                                                const Engine& engine);

}  // namespace espalier

#endif  // ESPALIER_REASONING_PROMPT_FORMAT_H_
