// The chat template that a model file carries, rendered by our subset of Jinja.
#ifndef ESPALIER_ENGINE_CHAT_TEMPLATE_H_
#define ESPALIER_ENGINE_CHAT_TEMPLATE_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace espalier {

struct ChatMessage {
  std::string role;  // "system", "user", "assistant"
  std::string content;

  ChatMessage(std::string role, std::string content) : role(std::move(role)), content(std::move(content)) {}
};

class ChatTemplate {
 public:
  // Parses `source`. Error: InvalidArgument with line and construct that is not supported.
  static absl::StatusOr<std::unique_ptr<ChatTemplate>> Parse(std::string_view source,
                                                             std::string_view bos_token,
                                                             std::string_view eos_token);
  virtual ~ChatTemplate() = default;

  // The prompt text (special tokens as text: encode it with parse_special).
  // Error: InvalidArgument when the template raises or reads what does not exist.
  virtual absl::StatusOr<std::string> Render(std::span<const ChatMessage> messages,
                                             bool add_generation_prompt) const = 0;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_CHAT_TEMPLATE_H_
