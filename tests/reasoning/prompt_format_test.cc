#include "reasoning/prompt_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/tokenizer.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

using testing::HasSubstr;

std::unique_ptr<Engine> OpenWithTemplate(const std::string& chat_template) {
  TinyModelOptions options;
  options.chat_template = chat_template;
  const TinyModel model(options);
  EngineOptions engine_options;
  engine_options.kv_memory = 1 << 20;
  auto engine = Engine::Open(model.path(), engine_options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

std::string PromptText(const Engine& engine, const PromptFormat& format, std::string_view problem) {
  const auto ids = MakePrompt(format, problem, engine);
  EXPECT_TRUE(ids.ok()) << ids.status();
  return engine.tokenizer().Decode(*ids, /*show_special=*/true);
}

TEST(PromptFormat, ChatModelsGetTheirTemplate) {
  const auto engine = OpenWithTemplate(kChatMl);
  const PromptFormat format = *FindPromptFormat("", *engine);
  EXPECT_EQ(format.name, "boxed");
  EXPECT_EQ(PromptText(*engine, format, "1 + 1?"),
            "<|im_start|>system\nPlease reason step by step, and put your final answer within "
            "\\boxed{}.<|im_end|>\n"
            "<|im_start|>user\n1 + 1?<|im_end|>\n<|im_start|>assistant\n");
  const auto ids = *MakePrompt(format, "1 + 1?", *engine);
  EXPECT_TRUE(engine->tokenizer().IsControl(ids.front()))
      << "the template's special tokens are tokens, not text";
}

TEST(PromptFormat, BaseModelsGetPlainText) {
  const auto engine = OpenWithTemplate("");
  const PromptFormat format = *FindPromptFormat("", *engine);
  EXPECT_EQ(PromptText(*engine, format, "1 + 1?"), "Question: 1 + 1?\nAnswer:");
  EXPECT_THAT(FindPromptFormat("boxed", *engine).status().ToString(), HasSubstr("use 'question'"));
}

TEST(PromptFormat, AnUnreadableTemplateIsSaidAndTheModelStillOpens) {
  const auto engine = OpenWithTemplate("{% frobnicate %}");
  EXPECT_EQ(engine->chat_template(), nullptr);
  EXPECT_THAT(FindPromptFormat("", *engine).status().ToString(),
              testing::AllOf(HasSubstr("frobnicate"), HasSubstr("--prompt-format question")));
  EXPECT_TRUE(FindPromptFormat("question", *engine).ok());
}

std::unique_ptr<Engine> OpenThatAsksFor(const std::string& format) {
  const TinyModelOptions options;
  GgufWriter writer;
  AddTinyMetadata(options, writer);
  writer.AddString("espalier.prompt_format", format);
  AddTinyTensors(options, writer);
  const TemporaryFile file(writer.Finish());
  EngineOptions engine_options;
  engine_options.kv_memory = 1 << 20;
  auto engine = Engine::Open(file.path(), engine_options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

TEST(PromptFormat, AModelFileMayAskForItsOwn) {
  const auto engine = OpenThatAsksFor("steps");
  const PromptFormat format = *FindPromptFormat("", *engine);
  EXPECT_EQ(format.name, "steps");
  EXPECT_EQ(format.step_delimiter, "\n");
  EXPECT_EQ(PromptText(*engine, format, "1 + 1?"),
            "<|im_start|>user\n1 + 1?<|im_end|>\n<|im_start|>assistant\n");
  EXPECT_EQ(FindPromptFormat("boxed", *engine)->name, "boxed");
  const auto odd = OpenThatAsksFor("stepps");
  EXPECT_THAT(FindPromptFormat("", *odd).status().ToString(),
              testing::AllOf(HasSubstr("espalier.prompt_format"), HasSubstr("did you mean 'steps'?"),
                             HasSubstr("give --prompt-format")));
  EXPECT_TRUE(FindPromptFormat("question", *odd).ok());
}

TEST(PromptFormat, UnknownNamesAreSaid) {
  const auto engine = OpenWithTemplate("");
  EXPECT_THAT(FindPromptFormat("boxd", *engine).status().ToString(), HasSubstr("did you mean 'boxed'?"));
}

TEST(PromptFormat, FewShotPromptsAreTheHarnesss) {
  const auto golden = nlohmann::json::parse(ReadFile("tests/golden/few_shot_prompts.json"));
  const auto engine = OpenWithTemplate("");
  for (const auto& [name, expected] : golden["formats"].items()) {
    const PromptFormat format = *FindPromptFormat(name, *engine);
    EXPECT_EQ(PromptText(*engine, format, golden["problem"].get<std::string>()), expected["prompt"]) << name;
    EXPECT_EQ(format.stop.front(), expected["stop"].front())
        << "the others are ends of turn, which are tokens";
    EXPECT_FALSE(format.chat) << "also where the model has a template";
  }
}

TEST(PromptFormat, FewerShotsAreTheFirst) {
  EXPECT_EQ(
      FindPromptFormat("gsm8k-1shot")->user,
      "Q: There are 15 trees in the grove. Grove workers will plant trees in the grove today. After they "
      "are done, there will be 21 trees. How many trees did the grove workers plant today?\nA: There are "
      "15 trees originally. Then there were 21 trees after some more were planted. So there must have been "
      "21 - 15 = 6. The answer is 6.\n\nQ: {problem}\nA:");
  const std::string most = FindPromptFormat("math-4shot")->user;
  const std::string fewer = FindPromptFormat("math-3shot")->user;
  EXPECT_THAT(most, testing::StartsWith(fewer.substr(0, fewer.find("{problem}"))));
  for (const std::string name : {"gsm8k-0shot", "gsm8k-9shot", "math-5shot", "math-shot", "gsm8k-03shot"}) {
    EXPECT_THAT(FindPromptFormat(name).status().ToString(), HasSubstr("unknown prompt format")) << name;
  }
}

}  // namespace
}  // namespace espalier
