#include "engine/chat_template.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/cat.h"
#include "engine/chat_template_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;
using Json = nlohmann::ordered_json;

absl::StatusOr<std::string> RenderTemplate(std::string_view source,
                                           const std::vector<ChatMessage>& messages) {
  const auto chat_template = ChatTemplate::Parse(source, "<s>", "</s>");
  if (!chat_template.ok()) return chat_template.status();
  return (*chat_template)->Render(messages, /*add_generation_prompt=*/true);
}

std::string ErrorOf(std::string_view source) {
  const auto rendered = RenderTemplate(source, {ChatMessage("user", "Hi")});
  return rendered.ok() ? "no error" : std::string(rendered.status().message());
}

std::string Text(std::string_view source) {
  return RenderTemplate(source, {ChatMessage("user", "Hi")}).value();
}

// The message with the members that have a place of their own in it, and the others as `fields`.
ChatMessage ReadMessage(Json json) {
  const auto take = [&](const char* name) {
    const Json member = json.value(name, Json());
    json.erase(name);
    return member;
  };
  ChatMessage message(take("role"), "");
  if (json["content"].is_string()) message.content = take("content");
  if (json.contains("name")) message.name = take("name");
  if (json.contains("reasoning_content")) message.reasoning_content = take("reasoning_content");
  if (json.contains("tool_calls")) message.tool_calls = take("tool_calls").dump();
  if (!json.empty()) message.fields = json.dump();
  return message;
}

// One of the golden file's inputs.
struct GoldenInput {
  std::vector<ChatMessage> messages;
  std::string tools;
  std::string documents;
  std::string variables;

  explicit GoldenInput(const Json& json) {
    for (const Json& message : json["messages"]) messages.push_back(ReadMessage(message));
    const auto dump = [&](const char* name) { return json.contains(name) ? json[name].dump() : ""; };
    tools = dump("tools");
    documents = dump("documents");
    variables = dump("variables");
  }

  ChatInput Get(bool add_generation_prompt) const {
    constexpr std::chrono::local_days kDay(std::chrono::July / 4 / 2025);
    return {.messages = messages,
            .add_generation_prompt = add_generation_prompt,
            .tools = tools,
            .documents = documents,
            .variables = variables,
            .now = kDay + std::chrono::hours(9) + std::chrono::minutes(5) + std::chrono::seconds(3)};
  }
};

void ExpectRendering(const Json& expected, const absl::StatusOr<std::string>& rendered, const Json& record) {
  const std::string where =
      Cat(record["template"].get<std::string>(), ", ", record["input"].get<std::string>());
  if (expected.is_null()) {
    EXPECT_FALSE(rendered.ok()) << where << "\ngave: " << *rendered;
  } else {
    EXPECT_EQ(rendered.ok() ? *rendered : rendered.status().ToString(), expected.get<std::string>()) << where;
  }
}

TEST(ChatTemplateTest, RendersWhatJinja2Renders) {
  const auto golden = Json::parse(std::ifstream("tests/golden/chat_templates.json"));
  const Json& templates = golden["templates"];
  EXPECT_GE(templates.size(), 18u);
  int rendered_count = 0;
  for (const Json& record : golden["cases"]) {
    auto source = record["template"].get<std::string>();
    if (templates.contains(source)) source = templates[source].get<std::string>();
    const auto parsed = ChatTemplate::Parse(source, "<s>", "</s>");
    const GoldenInput input(golden["inputs"][record["input"].get<std::string>()]);
    const auto render = [&](bool prompt) {
      return parsed.ok() ? (*parsed)->Render(input.Get(prompt))
                         : absl::StatusOr<std::string>(parsed.status());
    };
    ExpectRendering(record["rendered"], render(false), record);
    const Json prompted =
        record.contains("prompted")
            ? record["prompted"]
            : Json(Cat(record["rendered"].get<std::string>(), record["prompt"].get<std::string>()));
    ExpectRendering(prompted, render(true), record);
    rendered_count += record["rendered"].is_null() ? 0 : 1;
  }
  EXPECT_GE(rendered_count, 500);
}

TEST(ChatTemplateTest, ErrorsNameLineAndConstruct) {
  EXPECT_THAT(ErrorOf("a\n\n{% include 'x' %}"), HasSubstr("line 3: '{% include %}' is not supported"));
  EXPECT_THAT(ErrorOf("\n{{ x | uper }}"),
              HasSubstr("line 2: filter 'uper' is not supported (did you mean 'upper'?)"));
  EXPECT_THAT(ErrorOf("{{ 1 is nun }}"), HasSubstr("test 'nun'"));
  EXPECT_THAT(ErrorOf("{{ raise_exception('roles must\n alternate') }}"),
              HasSubstr("line 1: the template refuses: roles must  alternate"));
  EXPECT_THAT(ErrorOf("\n{{ nothing.attribute }}"), HasSubstr("line 2: 'nothing' is undefined"));
  EXPECT_THAT(ErrorOf("{% if true %}"), HasSubstr("expected '{% endif %}', found the end"));
  EXPECT_THAT(ErrorOf("{% raw %}"), HasSubstr("never closed"));
  EXPECT_THAT(ErrorOf("{{ joiner() }}"), HasSubstr("'joiner' is not a function here"));
  EXPECT_THAT(ErrorOf("{{ 'x' $ }}"), HasSubstr("unexpected character '$'"));
  EXPECT_THAT(ErrorOf("{{ 9223372036854775807 + 1 }}"), HasSubstr("integer overflow"));
  EXPECT_THAT(ErrorOf("{% macro f(a) %}{% endmacro %}\n{{ f(b=1) }}"),
              HasSubstr("line 2: macro 'f' takes no argument 'b'"));
  EXPECT_THAT(ErrorOf("{% macro f() %}\n{{ 1 / 0 }}{% endmacro %}\n\n{{ f() }}"),
              HasSubstr("line 2: division"));
  EXPECT_THAT(ErrorOf("{% for i in [1] recursive %}{% endfor %}"), HasSubstr("recursive loops"));
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
  EXPECT_THAT(ErrorOf("{{ [1] * 999999999999 }}"), HasSubstr("too long"));
  EXPECT_THAT(ErrorOf("{% set s = 'x' * 9999999 %}{% for a in range(99) %}{{ s }}{% endfor %}"),
              HasSubstr("writes more"));
  EXPECT_THAT(ErrorOf("{% set s = 'x' * 9999999 %}{{ s.replace('x', s) }}"), HasSubstr("too long"));
}

TEST(ChatTemplateTest, MacrosAndTheirLikeAreBounded) {
  EXPECT_THAT(ErrorOf("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"), HasSubstr("nests too deep"));
  EXPECT_THAT(
      ErrorOf("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}"),
      HasSubstr("too many steps"));
  EXPECT_THAT(ErrorOf("{% macro f(n) %}{{ n }}{{ n }}{% endmacro %}{% set n = namespace(s='x' * 999) %}"
                      "{% for a in range(99) %}{% set n.s = f(n.s) %}{% endfor %}"),
              HasSubstr("too"));
  EXPECT_THAT(ErrorOf("{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}"),
              HasSubstr("nests too deep"));
}

// A macro must not outlive the variables that it reads.
TEST(ChatTemplateTest, MacrosStayWhereTheyAreDefined) {
  EXPECT_THAT(ErrorOf("{% set n = namespace() %}{% for i in [1] %}{% macro f() %}{{ i }}{% endmacro %}"
                      "{% set n.f = f %}{% endfor %}{{ n.f() }}"),
              HasSubstr("a namespace cannot hold a function"));
  EXPECT_THAT(ErrorOf("{% macro f() %}{% endmacro %}{% set l = [f] %}"), HasSubstr("cannot hold a function"));
  EXPECT_THAT(ErrorOf("{% macro f() %}{% endmacro %}{% macro g() %}{{ kwargs }}{% endmacro %}{{ g(a=f) }}"),
              HasSubstr("cannot hold a function"));
}

TEST(ChatTemplateTest, FormatsAndFiltersAreBounded) {
  for (
      const std::string_view source :
      {"{{ '%999999999d' | format(1) }}", "{{ '{:999999999}'.format(1) }}", "{{ '%.999999999f' % 1.5 }}",
       "{{ 'x'.center(999999999) }}", "{{ 'x' | indent(999999999) }}", "{{ '1'.zfill(9999999999) }}",
       "{{ [1] | tojson(indent=999999999) }}",
       "{{ range(99999) | batch(1, 'x') | list | tojson(indent=4096) }}",
       "{{ range(9999) | join('x' * 99999) }}", "{{ [1] | batch(999999999, 0) | list }}",
       "{{ [1] | slice(999999999) | list }}", "{{ range(99999) | map('replace', '1', 'x' * 999999) | list }}",
       "{{ strftime_now('%99999999d') }}", "{{ ('x\n' * 99999) | indent('y' * 9999) }}",
       "{% set l = range(99999) | list %}{% for a in l %}{% for b in l %}{% break %}{% endfor %}{% endfor %}",
       "{% set s = 'x' * 9999999 %}{% for a in range(99999) %}{% set b = s | list | first %}{% endfor %}",
       "{% set s = 'ab' * 999999 %}{% for a in range(99999) %}{% set b = s is in s %}{% endfor %}"}) {
    EXPECT_NE(ErrorOf(source), "no error") << source;
  }
}

TEST(ChatTemplateTest, ReadsJsonWithTheFilterOfLlamaCpp) {
  EXPECT_EQ(Text(R"({{ ('{"b": [1, null], "a": "é"}' | from_json).b }}{{ '[2]' | from_json }})"),
            "[1, None][2]");
  EXPECT_THAT(ErrorOf("{{ '{' | from_json }}"), HasSubstr("line 1: from_json: no JSON"));
  EXPECT_NE(
      ErrorOf("{% set s = '[' ~ '1,' * 4000000 ~ '1]' %}{% for i in range(9) %}{% set l = s | from_json %}"
              "{% endfor %}"),
      "no error");
}

// Both the text and the pattern are a template's: the search must not take their product.
TEST(ChatTemplateTest, SearchesTakeLinearTime) {
  EXPECT_EQ(Text("{% set s = 'a' * 4000000 %}{% set p = 'a' * 2000000 + 'b' %}{{ p in s }}{{ s.find(p) }}"
                 "{{ s.rfind('b' + p) }}{{ s.split(p) | length }}{{ s.rsplit(p) | length }}{{ s.replace(p, "
                 "'') == s }}"),
            "False-1-111True");
  EXPECT_EQ(Text("{% set s = 'x' * 40 + 'y' + 'x' * 40 %}{{ s.rfind('x' * 40) }}{{ s.rfind('x' * 41) }}"),
            "41-1");
}

TEST(ChatTemplateTest, DeepSourceIsAnErrorNotACrash) {
  const auto repeat = [](std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
  };
  for (const std::string_view unit :
       {"(", "[", "{'a':", "-", "not ", "x[", "1 if ", "1+", "x.", "x|trim", "1 is ", "((1,"}) {
    EXPECT_NE(ErrorOf(Cat("{{ ", repeat(unit, 20'000), "1 }}")), "no error") << unit;
  }
  EXPECT_NE(ErrorOf(repeat("{% if true %}", 20'000)), "no error");
  EXPECT_NE(ErrorOf(repeat("{% filter upper %}", 20'000)), "no error");
  EXPECT_NE(ErrorOf(Cat("{{ ", repeat("1+", 20'000), "1 }}")), "no error");
  // Brackets within the bound, each with a chain within the bound: together they are not.
  std::string nested = "1";
  for (int i = 0; i < 190; ++i) nested = Cat("(", nested, repeat("+1", 190), ")");
  EXPECT_THAT(ErrorOf(Cat("{{ ", nested, " }}")), HasSubstr("nesting"));
}

// Damaged templates must give a text or an error, nothing else. Cuts and swaps pieces.
TEST(ChatTemplateTest, AnySourceIsSafe) {
  const auto golden = Json::parse(std::ifstream("tests/golden/chat_templates.json"));
  int errors = 0;
  for (const auto& [name, value] : golden["templates"].items()) {
    const auto source = value.get<std::string>();
    for (size_t cut = 0; cut < source.size(); cut += source.size() / 100 + 1) {
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

TEST(ChatTemplateTest, FaultyInputsAreErrors) {
  const auto chat_template = ChatTemplate::Parse("{{ tools }}{{ x }}", "", "").value();
  const auto error = [&](const ChatInput& input) {
    return std::string(chat_template->Render(input).status().message());
  };
  const std::vector<ChatMessage> none;
  EXPECT_THAT(error({.messages = none, .tools = "[{"}), HasSubstr("tools: no JSON at byte"));
  EXPECT_THAT(error({.messages = none, .tools = "{}"}), HasSubstr("tools must be a JSON list, not a dict"));
  EXPECT_THAT(error({.messages = none, .variables = "[]"}), HasSubstr("must be a JSON object"));
  EXPECT_THAT(error({.messages = none, .tools = std::string(99'999, '[')}), HasSubstr("nested deeper"));
  std::vector<ChatMessage> messages = {ChatMessage("user", "x")};
  messages[0].tool_calls = "7";
  EXPECT_THAT(error({.messages = messages}), HasSubstr("tool_calls must be a JSON list"));
  messages[0] = ChatMessage("user", "x");
  messages[0].fields = "nul";
  EXPECT_THAT(error({.messages = messages}), HasSubstr("further fields: no JSON"));
}

// Many keys must not cost their square: a request may carry them.
TEST(ChatTemplateTest, LargeObjectsAreReadInLinearTime) {
  std::string variables = "{";
  for (int i = 0; i < 200'000; ++i) variables += Cat("\"k", i, "\":", i, ",");
  variables += "\"last\":[1.0,18446744073709551616,-5]}";
  const auto chat_template = ChatTemplate::Parse("{{ k199999 }}{{ last }}", "", "").value();
  const std::vector<ChatMessage> none;
  EXPECT_EQ(chat_template->Render({.messages = none, .variables = variables}).value(),
            "199999[1.0, 1.8446744073709552e+19, -5]");
}

TEST(ChatTemplateTest, TakesTheDateAndTheSpecialTokensItIsGiven) {
  const auto chat_template =
      ChatTemplate::Parse("{{ strftime_now('%Y') }}{{ pad_token }}{{ bos_token is defined }}",
                          {{"pad_token", "<p>"}})
          .value();
  const std::vector<ChatMessage> none;
  constexpr std::chrono::local_days kDay(std::chrono::March / 1 / 1999);
  EXPECT_EQ(chat_template->Render({.messages = none, .now = kDay}).value(), "1999<p>False");
  EXPECT_EQ(
      chat_template->Render({.messages = none, .variables = R"({"pad_token": "q"})", .now = kDay}).value(),
      "1999qFalse");
  const std::string today = chat_template->Render({.messages = none}).value();
  EXPECT_GE(today.substr(0, 4), "2025");
  EXPECT_EQ(chat_template->Render(none, false).value(), today);
}

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() : folder_(std::filesystem::path(::testing::TempDir()) / "chat_template_folder") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "additional_chat_templates");
  }
  void Write(const std::string& name, std::string_view text) { std::ofstream(folder_ / name) << text; }
  absl::StatusOr<std::string> Read(std::string_view name = kDefaultChatTemplate) {
    return ReadChatTemplateSource(folder_.string(), name);
  }
  std::string ErrorOfRead() { return std::string(Read().status().message()); }

  std::filesystem::path folder_;
};

TEST_F(FolderTest, TheJinjaFileWinsOverTheJsonFiles) {
  EXPECT_EQ(Read().value(), "");
  Write("tokenizer_config.json", R"({"chat_template": "config", "x": 1})");
  EXPECT_EQ(Read().value(), "config");
  Write("chat_template.json", R"({"chat_template": "processor"})");
  EXPECT_EQ(Read().value(), "processor");
  Write("chat_template.jinja", "file\n");
  EXPECT_EQ(Read().value(), "file\n");
  Write("additional_chat_templates/tool_use.jinja", "tools");
  EXPECT_EQ(Read("tool_use").value(), "tools");
  EXPECT_EQ(Read("../chat_template").value(), "file\n");
}

TEST_F(FolderTest, PicksFromNamedTemplates) {
  Write(
      "tokenizer_config.json",
      R"({"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}]})");
  EXPECT_EQ(Read().value(), "d");
  EXPECT_EQ(Read("tool_use").value(), "t");
  EXPECT_EQ(Read("rag").value(), "d");
  EXPECT_EQ(PickChatTemplate("null").value(), "");
  EXPECT_EQ(PickChatTemplate("\"x\"").value(), "x");
  const auto missing = PickChatTemplate(R"([{"name": "rag", "template": "r"}])");
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("there are: rag"));
}

TEST_F(FolderTest, ErrorsNameTheFile) {
  Write("tokenizer_config.json", R"({"chat_template": 5})");
  EXPECT_THAT(ErrorOfRead(), HasSubstr("tokenizer_config.json: chat_template is an integer"));
  Write("tokenizer_config.json", R"({"chat_template": [{"name": "x"}]})");
  EXPECT_THAT(ErrorOfRead(), HasSubstr("tokenizer_config.json: a named chat template must have"));
  Write("chat_template.json", "{");
  EXPECT_THAT(ErrorOfRead(), HasSubstr("chat_template.json: no JSON at byte"));
}

}  // namespace
}  // namespace espalier
