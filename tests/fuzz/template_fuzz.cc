// Any bytes as a chat template: parsed, then rendered with two conversations.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/chat_template.h"
#include "tests/fuzz/fuzz.h"

namespace espalier {

std::vector<std::string> GeneratedSeeds() {
  std::vector<std::string> seeds;
  const auto golden = nlohmann::json::parse(std::ifstream("tests/golden/chat_templates.json"));
  for (const auto& source : golden["templates"]) seeds.push_back(source);
  for (const auto& example : golden["cases"]) {
    const auto source = example["template"].get<std::string>();
    if (!golden["templates"].contains(source)) seeds.push_back(source);
  }
  return seeds;
}

std::vector<std::string> FuzzWords() {
  return {"{{ ",           " }}",        "{% ",
          " %}",           "{%- ",       "-%}",
          "{# ",           " #}",        "for ",
          " in ",          "endfor",     "if ",
          "elif ",         "else",       "endif",
          "set ",          "macro ",     "endmacro",
          "call ",         "filter",     "loop.",
          "range(",        "join(",      "namespace(",
          "messages",      "tools",      "content",
          "[::-1]",        "| ",         "* 99",
          "** ",           "~ ",         "tojson",
          "selectattr",    "map(",       "format(",
          "dict(",         "cycler",     "raise_exception(",
          "strftime_now(", "is defined", "caller()",
          "recursive"};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using espalier::ChatMessage;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto chat_template = espalier::ChatTemplate::Parse(source, "<s>", "</s>");
  espalier::CheckMessage(chat_template.status());
  if (!chat_template.ok()) return 0;
  const std::vector<ChatMessage> plain = {ChatMessage("system", "Be brief."), ChatMessage("user", "2+2?")};
  espalier::CheckMessage((*chat_template)->Render(plain, /*add_generation_prompt=*/true).status());
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
