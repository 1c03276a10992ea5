// Tiny random models as PyPI's transformers saves them and as llama.cpp's converter makes GGUF files of them
// (tests/golden/architectures), beside the log-probabilities and head outputs that transformers computes.
//
// Everything is float32 there and float weights with f32 KV here, so only the order of roundings differs. The
// tolerance is a relative 2^-24 for each of the few thousand operations between a token and its logits, which
// spread over about 10 nats: 1e-3 leaves room for the worst; an error in a formula shows as 0.1 and more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/cat.h"
#include "engine/engine.h"
#include "engine/tokenizer.h"
#include "tests/engine/sequence.h"

namespace espalier {
namespace {

using Json = nlohmann::json;

constexpr double kTolerance = 1e-3;
const char* const kFolder = "tests/golden/architectures/";

const Json& Goldens() {
  static const Json& goldens = *new Json(Json::parse(std::ifstream(Cat(kFolder, "goldens.json"))));
  return goldens;
}

std::vector<std::string> ModelNames() {
  std::vector<std::string> names;
  for (const auto& [name, model] : Goldens()["models"].items()) names.push_back(name);
  return names;
}

std::unique_ptr<Engine> Open(const std::string& path) {
  EngineOptions options;
  options.threads = 1;
  options.kv_memory = int64_t{16} << 20;
  options.kv_type = KvType::kF32;
  auto engine = Engine::Open(path, options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return engine.ok() ? *std::move(engine) : nullptr;
}

class ArchitecturesTest : public testing::TestWithParam<std::string> {
 protected:
  const Json& golden() const { return Goldens()["models"][GetParam()]; }
  std::string Folder() const { return Cat(kFolder, GetParam()); }
  std::string GgufPath() const { return Cat(Folder(), "/", GetParam(), ".gguf"); }
  bool HasGguf() const { return std::filesystem::exists(GgufPath()); }

  // Log-probabilities of the whole vocabulary after each token, by id.
  static std::vector<std::vector<float>> Logprobs(Engine& engine, const std::vector<TokenId>& tokens) {
    const Sequence sequence(engine, tokens, 0);
    std::vector<std::vector<float>> result;
    for (int64_t i = 0; i < static_cast<int64_t>(tokens.size()); ++i) {
      std::vector<float>& by_id = result.emplace_back(engine.info().vocabulary_size);
      for (const auto& [id, logprob] : ToDistribution(RunStep(engine, {sequence.Row(i, i + 1)}).rows[0])) {
        by_id[id] = logprob;
      }
    }
    return result;
  }

  static void ExpectGolden(const Json& expected, const std::vector<std::vector<float>>& logprobs) {
    for (size_t i = 0; i < logprobs.size(); ++i) {
      EXPECT_NEAR(logprobs[i][expected["best"][i].get<size_t>()], expected["best_logprobs"][i].get<double>(),
                  kTolerance)
          << "after token " << i;
    }
    for (size_t id = 0; id < logprobs.back().size(); ++id) {
      EXPECT_NEAR(logprobs.back()[id], expected["last_logprobs"][id].get<double>(), kTolerance)
          << "id " << id;
    }
  }
};

TEST_P(ArchitecturesTest, FolderGivesWhatTransformersGives) {
  const std::unique_ptr<Engine> engine = Open(Folder());
  ASSERT_NE(engine, nullptr);
  for (const Json& expected : golden()["cases"]) {
    const auto tokens = expected["tokens"].get<std::vector<TokenId>>();
    if (expected.contains("best")) {
      ASSERT_TRUE(engine->info().generates);
      ExpectGolden(expected, Logprobs(*engine, tokens));
    }
    if (!expected.contains("scores")) continue;
    const Sequence sequence(*engine, tokens, 0);
    BatchRow row = sequence.Row(0, static_cast<int64_t>(tokens.size()));
    row.output = RowOutputRequest();
    row.output.head_from = 0;
    const std::vector<float> values = RunStep(*engine, {row}).rows[0].head_values;
    const auto width = static_cast<size_t>(engine->info().head_outputs);
    ASSERT_EQ(values.size(), tokens.size() * width);
    for (size_t i = 0; i < values.size(); ++i) {
      const Json& score = expected["scores"][i / width];
      EXPECT_NEAR(values[i], (score.is_array() ? score[i % width] : score).get<double>(), kTolerance);
    }
  }
}

// Bit for bit: the GGUF file holds the same numbers under other names and, for llama, in another order of
// rows.
TEST_P(ArchitecturesTest, GgufGivesTheSameBits) {
  if (!HasGguf()) GTEST_SKIP() << "no GGUF form: " << golden()["note"];
  const std::unique_ptr<Engine> folder = Open(Folder());
  const std::unique_ptr<Engine> gguf = Open(GgufPath());
  ASSERT_TRUE(folder != nullptr && gguf != nullptr);
  const bool loses_the_window = GetParam() == "mistral";  // the file does not say that there is one
  for (const Json& expected : golden()["cases"]) {
    const auto tokens = expected["tokens"].get<std::vector<TokenId>>();
    auto from_folder = Logprobs(*folder, tokens);
    auto from_gguf = Logprobs(*gguf, tokens);
    if (loses_the_window) {
      from_folder.resize(std::min<size_t>(tokens.size(), 16));
      from_gguf.resize(from_folder.size());
    }
    EXPECT_EQ(from_folder, from_gguf);
  }
  if (!golden().contains("llama.cpp")) return;
  const Json& peer = golden()["llama.cpp"]["cases"];
  for (size_t i = 0; i < peer.size(); ++i) {
    ExpectGolden(peer[i], Logprobs(*gguf, golden()["cases"][i]["tokens"].get<std::vector<TokenId>>()));
  }
}

TEST_P(ArchitecturesTest, TokenizersAgree) {
  const std::unique_ptr<Engine> folder = Open(Folder());
  ASSERT_NE(folder, nullptr);
  const std::unique_ptr<Engine> gguf = HasGguf() ? Open(GgufPath()) : nullptr;
  for (const Json& expected : golden()["cases"]) {
    if (!expected.contains("text")) continue;
    const auto text = expected["text"].get<std::string>();
    const auto tokens = expected["tokens"].get<std::vector<TokenId>>();
    for (Engine* engine : {folder.get(), gguf.get()}) {
      if (engine == nullptr) continue;
      const Tokenizer& tokenizer = engine->tokenizer();
      EXPECT_EQ(tokenizer.Encode(text, TokenizeOptions(false, tokenizer.adds_bos())), tokens) << text;
    }
  }
}

TEST_P(ArchitecturesTest, GreedyContinuationIsTransformers) {
  if (!golden().contains("greedy")) GTEST_SKIP() << "no continuation";
  const std::unique_ptr<Engine> engine = Open(Folder());
  ASSERT_NE(engine, nullptr);
  const Json& greedy = golden()["greedy"];
  auto tokens = golden()["cases"][greedy["prompt"].get<size_t>()]["tokens"].get<std::vector<TokenId>>();
  const size_t prompt = tokens.size();
  const auto expected = greedy["tokens"].get<std::vector<TokenId>>();
  while (tokens.size() < prompt + expected.size()) {
    const Sequence sequence(*engine, tokens, 0);
    const Distribution next =
        ToDistribution(RunStep(*engine, {sequence.Row(0, static_cast<int64_t>(tokens.size()))}).rows[0]);
    tokens.push_back(next.front().first);
  }
  EXPECT_EQ(std::vector<TokenId>(tokens.begin() + static_cast<int64_t>(prompt), tokens.end()), expected);
}

INSTANTIATE_TEST_SUITE_P(Models, ArchitecturesTest, testing::ValuesIn(ModelNames()), [](const auto& info) {
  std::string name;
  for (const char c : info.param) name += c == '-' || c == '.' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace espalier
