// Any bytes as a chat template: parsed, then rendered with two conversations.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/chat_template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using espalier::ChatMessage;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto chat_template = espalier::ChatTemplate::Parse(source, "<s>", "</s>");
  if (!chat_template.ok()) return 0;
  const std::vector<ChatMessage> plain = {ChatMessage("system", "Be brief."), ChatMessage("user", "2+2?")};
  (void)(*chat_template)->Render(plain, /*add_generation_prompt=*/true);
  std::vector<ChatMessage> calls = {ChatMessage("user", " é🦙\n"), ChatMessage("assistant", ""),
                                    ChatMessage("tool", "{\"degrees\": 21.5}"),
                                    ChatMessage("assistant", "4")};
  calls[1].tool_calls = R"([{"id": "a", "function": {"name": "f", "arguments": {"x": [1, null, "y"]}}}])";
  calls[1].fields = R"({"content": null})";
  calls[3].reasoning_content = "I think.";
  (void)(*chat_template)
      ->Render(
          {.messages = calls,
           .add_generation_prompt = false,
           .tools = R"([{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}])",
           .variables = R"({"enable_thinking": false, "x": 1.5})",
           .now = std::chrono::local_seconds()});
  return 0;
}
