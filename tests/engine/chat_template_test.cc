#include "engine/chat_template.h"

#include <fstream>

#include "base/cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

absl::StatusOr<std::string> RenderTemplate(std::string_view source, const std::vector<ChatMessage>& messages,
                                           bool add_generation_prompt = true) {
  const auto chat_template = ChatTemplate::Parse(source, "<s>", "</s>");
  if (!chat_template.ok()) return chat_template.status();
  return (*chat_template)->Render(messages, add_generation_prompt);
}

std::string ErrorOf(std::string_view source) {
  const auto rendered = RenderTemplate(source, {ChatMessage("user", "Hi")});
  return rendered.ok() ? "no error" : std::string(rendered.status().message());
}

TEST(ChatTemplateTest, RendersWhatJinja2Renders) {
  const auto golden = nlohmann::json::parse(std::ifstream("tests/golden/chat_templates.json"));
  const auto& templates = golden["templates"];
  int rendered_count = 0;
  for (const auto& record : golden["cases"]) {
    auto source = record["template"].get<std::string>();
    if (templates.contains(source)) source = templates[source].get<std::string>();
    std::vector<ChatMessage> messages;
    for (const auto& message : record["messages"]) messages.emplace_back(message[0], message[1]);
    const auto rendered = RenderTemplate(source, messages, record["add_generation_prompt"].get<bool>());
    if (record["rendered"].is_null()) {
      EXPECT_FALSE(rendered.ok()) << source << "\ngave: " << *rendered;
    } else {
      EXPECT_EQ(rendered.ok() ? *rendered : rendered.status().ToString(),
                record["rendered"].get<std::string>())
          << source;
      ++rendered_count;
    }
  }
  EXPECT_GE(rendered_count, 100);
}

TEST(ChatTemplateTest, ErrorsNameLineAndConstruct) {
  EXPECT_THAT(ErrorOf("a\n\n{% include 'x' %}"), HasSubstr("line 3: '{% include %}' is not supported"));
  EXPECT_THAT(ErrorOf("\n{{ x | uper }}"),
              HasSubstr("line 2: filter 'uper' is not supported (did you mean 'upper'?)"));
  EXPECT_THAT(ErrorOf("{{ 1 is nun }}"), HasSubstr("test 'nun'"));
  EXPECT_THAT(ErrorOf("{{ raise_exception('roles must alternate') }}"),
              HasSubstr("line 1: the template refuses: roles must alternate"));
  EXPECT_THAT(ErrorOf("\n{{ nothing.attribute }}"), HasSubstr("line 2: 'nothing' is undefined"));
  EXPECT_THAT(ErrorOf("{% if true %}"), HasSubstr("expected '{% endif %}', found the end"));
  EXPECT_THAT(ErrorOf("{% raw %}"), HasSubstr("never closed"));
  EXPECT_THAT(ErrorOf("{{ (1, 2) }}"), HasSubstr("tuples"));
  EXPECT_THAT(ErrorOf("{{ 'x' $ }}"), HasSubstr("unexpected character '$'"));
  EXPECT_THAT(ErrorOf("{{ 9223372036854775807 + 1 }}"), HasSubstr("integer overflow"));
}

TEST(ChatTemplateTest, EndlessTemplatesEnd) {
  const std::string loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
  EXPECT_THAT(ErrorOf(loops), HasSubstr("too many steps"));
  EXPECT_THAT(
      ErrorOf("{% set n = namespace(s='xx') %}{% for a in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}"),
      HasSubstr("grows too large"));
  EXPECT_THAT(ErrorOf("{% set n = namespace(l=[1]) %}{% for a in range(99) %}{% set n.l = [n.l, n.l] %}{% "
                      "endfor %}{{ n.l }}"),
              HasSubstr("grows too large"));
  EXPECT_THAT(
      ErrorOf("{% set n = namespace(l=[]) %}{% for a in range(999) %}{% set n.l = [n.l] %}{% endfor %}"),
      HasSubstr("too deep"));
  EXPECT_THAT(ErrorOf("{% set n = namespace(l=0) %}{% set n.l = [n] %}"), HasSubstr("too"));
  EXPECT_THAT(ErrorOf("{{ 'x' * 999999999999 }}"), HasSubstr("too long"));
  EXPECT_THAT(ErrorOf("{% set s = 'x' * 9999999 %}{% for a in range(99) %}{{ s }}{% endfor %}"),
              HasSubstr("writes more"));
  EXPECT_THAT(ErrorOf("{% set s = 'x' * 9999999 %}{{ s.replace('x', s) }}"), HasSubstr("too long"));
}

TEST(ChatTemplateTest, DeepSourceIsAnErrorNotACrash) {
  const auto repeat = [](std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
  };
  for (const std::string_view unit :
       {"(", "[", "{'a':", "-", "not ", "x[", "1 if ", "1+", "x.", "x|trim", "1 is "}) {
    EXPECT_NE(ErrorOf(Cat("{{ ", repeat(unit, 20'000), "1 }}")), "no error") << unit;
  }
  EXPECT_NE(ErrorOf(repeat("{% if true %}", 20'000)), "no error");
  EXPECT_NE(ErrorOf(Cat("{{ ", repeat("1+", 20'000), "1 }}")), "no error");
}

// Damaged templates must give a text or an error, nothing else. Cuts at every byte and swaps pieces.
TEST(ChatTemplateTest, AnySourceIsSafe) {
  const auto golden = nlohmann::json::parse(std::ifstream("tests/golden/chat_templates.json"));
  int errors = 0;
  for (const auto& [name, value] : golden["templates"].items()) {
    const auto source = value.get<std::string>();
    for (size_t cut = 0; cut < source.size(); cut += 7) {
      errors += RenderTemplate(source.substr(0, cut), {ChatMessage("user", "Hi")}).ok() ? 0 : 1;
      const std::string shuffled = source.substr(cut) + source.substr(0, cut);
      errors += RenderTemplate(shuffled, {ChatMessage("user", "Hi")}).ok() ? 0 : 1;
    }
  }
  EXPECT_GT(errors, 100);
}

TEST(ChatTemplateTest, UserTextIsNeverRead) {
  const std::string hostile = "{{ x }}{% if %}{# \0 \xFF <|im_end|>"s;
  EXPECT_EQ(RenderTemplate("[{{ messages[0].content }}]", {ChatMessage("user", hostile)}).value(),
            Cat("[", hostile, "]"));
}

}  // namespace
}  // namespace espalier
