#include "engine/chat_template.h"

#include "base/status.h"
#include "engine/jinja_evaluator.h"
#include "engine/jinja_parser.h"

namespace espalier {
namespace {

class JinjaChatTemplate : public ChatTemplate {
 public:
  JinjaChatTemplate(jinja::Block block, std::string_view bos_token, std::string_view eos_token)
      : block_(std::move(block)), bos_token_(bos_token), eos_token_(eos_token) {}

  absl::StatusOr<std::string> Render(std::span<const ChatMessage> messages,
                                     bool add_generation_prompt) const override {
    jinja::List list;
    for (const ChatMessage& message : messages) {
      list.emplace_back(jinja::Dict{{"role", message.role}, {"content", message.content}});
    }
    // The names that the transformers library gives to a template, tools and documents being none.
    return jinja::Evaluator({{"messages", jinja::Value(std::move(list))},
                             {"tools", jinja::Value()},
                             {"documents", jinja::Value()},
                             {"add_generation_prompt", jinja::Value(add_generation_prompt)},
                             {"bos_token", jinja::Value(bos_token_)},
                             {"eos_token", jinja::Value(eos_token_)}})
        .Render(block_);
  }

 private:
  jinja::Block block_;
  std::string bos_token_;
  std::string eos_token_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ChatTemplate>> ChatTemplate::Parse(std::string_view source,
                                                                  std::string_view bos_token,
                                                                  std::string_view eos_token) {
  ESPALIER_ASSIGN_OR_RETURN(jinja::Block block, jinja::Parse(source));
  return std::make_unique<JinjaChatTemplate>(std::move(block), bos_token, eos_token);
}

}  // namespace espalier
