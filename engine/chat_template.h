// The chat template that a model carries, rendered by our subset of Jinja as the transformers library renders
// it.
#ifndef ESPALIER_ENGINE_CHAT_TEMPLATE_H_
#define ESPALIER_ENGINE_CHAT_TEMPLATE_H_

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace espalier {

// What is named JSON below is JSON text in which the order of keys counts: templates write it out again.
struct ChatMessage {
  std::string role;  // "system", "user", "assistant", "tool", ...
  std::string content;
  std::optional<std::string> reasoning_content = {};
  std::string tool_calls = {};  // JSON, a list; "": none. Most templates want `arguments` as an object.
  std::string name = {};        // "": none
  // JSON, an object of further members, or "". They win: a content that is null or a list of parts stands
  // here.
  std::string fields = {};

  ChatMessage(std::string role, std::string content) : role(std::move(role)), content(std::move(content)) {}
};

// What a rendering takes.
struct ChatInput {
  std::span<const ChatMessage> messages;
  bool add_generation_prompt = true;
  std::string_view tools = {};      // JSON, a list of descriptions; "": none
  std::string_view documents = {};  // JSON, a list; "": none
  // JSON, an object of further variables, as enable_thinking; "": none. They win over special tokens.
  std::string_view variables = {};
  // What strftime_now writes; absent: the local time at which the template was parsed.
  std::optional<std::chrono::local_seconds> now = {};
};

// Name and text, as {"bos_token", "<s>"}: what a template may use of them is its own affair.
using SpecialTokenTexts = std::vector<std::pair<std::string, std::string>>;

class ChatTemplate {
 public:
  // Parses `source`. Error: InvalidArgument with line and construct that is not supported.
  static absl::StatusOr<std::unique_ptr<ChatTemplate>> Parse(std::string_view source,
                                                             SpecialTokenTexts special_tokens);
  static absl::StatusOr<std::unique_ptr<ChatTemplate>> Parse(std::string_view source,
                                                             std::string_view bos_token,
                                                             std::string_view eos_token);
  virtual ~ChatTemplate() = default;

  // The prompt text (special tokens as text: encode it with parse_special).
  // Error: InvalidArgument when the template raises or reads what does not exist, takes too many steps, or
  // when a JSON text is none.
  virtual absl::StatusOr<std::string> Render(const ChatInput& input) const = 0;
  absl::StatusOr<std::string> Render(std::span<const ChatMessage> messages,
                                     bool add_generation_prompt) const {
    return Render({.messages = messages, .add_generation_prompt = add_generation_prompt});
  }
};

// The local date and time, as people at this machine read it.
std::chrono::local_seconds LocalTime();

}  // namespace espalier

#endif  // ESPALIER_ENGINE_CHAT_TEMPLATE_H_
