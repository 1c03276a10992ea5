#include "engine/chat_template.h"

#include <ctime>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/jinja_evaluator.h"
#include "engine/jinja_parser.h"
#include "engine/jinja_text.h"

namespace espalier {
namespace {

using jinja::Dict;
using jinja::Value;

// None for "". Error: not JSON, or not what is asked for.
absl::StatusOr<Value> ReadList(std::string_view json, std::string_view what) {
  if (json.empty()) return Value();
  ESPALIER_ASSIGN_OR_RETURN(Value value, jinja::ParseJson(json, what));
  if (value.is_list() || value.is_none()) return value;
  return absl::InvalidArgumentError(Cat(what, " must be a JSON list, not ", value.Kind()));
}

absl::Status AddMembers(std::string_view json, std::string_view what, Dict& dict) {
  if (json.empty()) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const Value value, jinja::ParseJson(json, what));
  if (!value.is_dict()) {
    return absl::InvalidArgumentError(Cat(what, " must be a JSON object, not ", value.Kind()));
  }
  for (const auto& [key, member] : value.dict()) dict.SetKey(key, member);
  return absl::OkStatus();
}

absl::StatusOr<Value> MessageValue(const ChatMessage& message) {
  Dict dict = {{"role", message.role}, {"content", message.content}};
  if (!message.name.empty()) dict.Set("name", message.name);
  if (message.reasoning_content) dict.Set("reasoning_content", *message.reasoning_content);
  if (!message.tool_calls.empty()) {
    ESPALIER_ASSIGN_OR_RETURN(Value calls, ReadList(message.tool_calls, "a message's tool_calls"));
    dict.Set("tool_calls", std::move(calls));
  }
  ESPALIER_RETURN_IF_ERROR(AddMembers(message.fields, "a message's further fields", dict));
  return Value(std::move(dict));
}

// Messages quote the template, which may hold any bytes.
absl::Status InOneLine(const absl::Status& status) {
  constexpr size_t kLimit = 500;
  return absl::Status(status.code(), OneLine(ToStd(status.message()), kLimit));
}

class JinjaChatTemplate : public ChatTemplate {
 public:
  JinjaChatTemplate(jinja::Block block, SpecialTokenTexts special_tokens)
      : block_(std::move(block)), special_tokens_(std::move(special_tokens)), parsed_at_(LocalTime()) {}

  absl::StatusOr<std::string> Render(const ChatInput& input) const override {
    Dict globals;
    for (const auto& [name, text] : special_tokens_) globals.Set(name, Value(text));
    ESPALIER_RETURN_IF_ERROR(AddMembers(input.variables, "the template's variables", globals));
    jinja::List messages;
    for (const ChatMessage& message : input.messages) {
      ESPALIER_ASSIGN_OR_RETURN(Value value, MessageValue(message));
      messages.push_back(std::move(value));
    }
    ESPALIER_ASSIGN_OR_RETURN(Value tools, ReadList(input.tools, "tools"));
    ESPALIER_ASSIGN_OR_RETURN(Value documents, ReadList(input.documents, "documents"));
    globals.Set("messages", Value(std::move(messages)));
    globals.Set("tools", std::move(tools));
    globals.Set("documents", std::move(documents));
    globals.Set("add_generation_prompt", Value(input.add_generation_prompt));
    absl::StatusOr<std::string> text =
        jinja::Evaluator(std::move(globals), input.now.value_or(parsed_at_)).Render(block_);
    if (!text.ok()) return InOneLine(text.status());
    return text;
  }

 private:
  jinja::Block block_;
  SpecialTokenTexts special_tokens_;
  std::chrono::local_seconds parsed_at_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ChatTemplate>> ChatTemplate::Parse(std::string_view source,
                                                                  SpecialTokenTexts special_tokens) {
  absl::StatusOr<jinja::Block> block = jinja::Parse(source);
  if (!block.ok()) return InOneLine(block.status());
  return std::make_unique<JinjaChatTemplate>(*std::move(block), std::move(special_tokens));
}

absl::StatusOr<std::unique_ptr<ChatTemplate>> ChatTemplate::Parse(std::string_view source,
                                                                  std::string_view bos_token,
                                                                  std::string_view eos_token) {
  return Parse(source, {{"bos_token", std::string(bos_token)}, {"eos_token", std::string(eos_token)}});
}

std::chrono::local_seconds LocalTime() {
  const std::time_t now = std::time(nullptr);
  std::tm fields = {};
  localtime_r(&now, &fields);
  const std::chrono::sys_seconds shifted(std::chrono::seconds(now + fields.tm_gmtoff));
  return std::chrono::local_seconds(shifted.time_since_epoch());
}

}  // namespace espalier
