// Tiny random models as PyPI's transformers saves them and as llama.cpp's converter makes GGUF files of them
// (tests/golden/architectures), beside the log-probabilities and head outputs that transformers computes.
//
// Everything is float32 there and float weights with f32 KV here, so only the order of roundings differs. The
// tolerance allows a relative error of 2^-24 in each of about a hundred roundings in a row, and half of the
// goldens' last of four decimals; an error in a formula shows as 0.01 and more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
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

constexpr double kTolerance = 1e-4;
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

  // Returns the largest difference of a best token.
  static double ExpectGolden(const Json& expected, const std::vector<std::vector<float>>& logprobs) {
    double largest = 0;
    for (size_t i = 0; i < logprobs.size(); ++i) {
      const float logprob = logprobs[i][expected["best"][i].get<size_t>()];
      const auto wanted = expected["best_logprobs"][i].get<double>();
      EXPECT_NEAR(logprob, wanted, kTolerance) << "after token " << i;
      largest = std::max(largest, std::abs(logprob - wanted));
    }
    for (size_t id = 0; id < logprobs.back().size(); ++id) {
      EXPECT_NEAR(logprobs.back()[id], expected["last_logprobs"][id].get<double>(), kTolerance)
          << "id " << id;
    }
    return largest;
  }
};

TEST_P(ArchitecturesTest, FolderGivesWhatTransformersGives) {
  const std::unique_ptr<Engine> engine = Open(Folder());
  ASSERT_NE(engine, nullptr);
  double largest = 0;
  for (const Json& expected : golden()["cases"]) {
    const auto tokens = expected["tokens"].get<std::vector<TokenId>>();
    if (expected.contains("best")) {
      ASSERT_TRUE(engine->info().generates);
      largest = std::max(largest, ExpectGolden(expected, Logprobs(*engine, tokens)));
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
      const auto wanted = (score.is_array() ? score[i % width] : score).get<double>();
      EXPECT_NEAR(values[i], wanted, kTolerance);
      largest = std::max(largest, std::abs(values[i] - wanted));
    }
  }
  std::cout << GetParam() << ": largest difference " << largest << "\n";
}

float LargestDifference(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  EXPECT_EQ(a.size(), b.size());
  float largest = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    EXPECT_EQ(a[i].size(), b[i].size());
    for (size_t id = 0; id < a[i].size(); ++id) largest = std::max(largest, std::abs(a[i][id] - b[i][id]));
  }
  return largest;
}

// Bit for bit: the GGUF file holds the same numbers under other names and, for llama, in another order of
// rows. Two exceptions: llama3's rope divisors are rounded to float in the file, and a Mistral file does not
// say that there is a window, which llama.cpp does not compute either.
TEST_P(ArchitecturesTest, GgufGivesTheSameBits) {
  if (!HasGguf()) return;  // heads, and what GGUF cannot say
  const std::unique_ptr<Engine> folder = Open(Folder());
  const std::unique_ptr<Engine> gguf = Open(GgufPath());
  ASSERT_TRUE(folder != nullptr && gguf != nullptr);
  for (const Json& expected : golden()["cases"]) {
    auto tokens = expected["tokens"].get<std::vector<TokenId>>();
    if (GetParam() == "mistral") tokens.resize(std::min<size_t>(tokens.size(), 16));
    const float difference = LargestDifference(Logprobs(*folder, tokens), Logprobs(*gguf, tokens));
    if (GetParam() == "llama3") {
      EXPECT_LT(difference, kTolerance);
    } else {
      EXPECT_EQ(difference, 0);
    }
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

std::vector<TokenId> ContinueGreedily(Engine& engine, std::vector<TokenId> tokens, size_t count) {
  const size_t prompt = tokens.size();
  while (tokens.size() < prompt + count) {
    const Sequence sequence(engine, tokens, 0);
    const BatchRow row = sequence.Row(0, static_cast<int64_t>(tokens.size()));
    tokens.push_back(ToDistribution(RunStep(engine, {row}).rows[0]).front().first);
  }
  return {tokens.begin() + static_cast<int64_t>(prompt), tokens.end()};
}

TEST_P(ArchitecturesTest, FolderAndGgufContinueAsTransformers) {
  if (!golden().contains("greedy")) return;  // heads
  const Json& greedy = golden()["greedy"];
  const auto prompt = golden()["cases"][greedy["prompt"].get<size_t>()]["tokens"].get<std::vector<TokenId>>();
  const auto expected = greedy["tokens"].get<std::vector<TokenId>>();
  const std::unique_ptr<Engine> folder = Open(Folder());
  ASSERT_NE(folder, nullptr);
  EXPECT_EQ(ContinueGreedily(*folder, prompt, expected.size()), expected);
  if (!HasGguf() || GetParam() == "mistral") return;
  const std::unique_ptr<Engine> gguf = Open(GgufPath());
  ASSERT_NE(gguf, nullptr);
  EXPECT_EQ(ContinueGreedily(*gguf, prompt, expected.size()), expected);
}

INSTANTIATE_TEST_SUITE_P(Models, ArchitecturesTest, testing::ValuesIn(ModelNames()), [](const auto& info) {
  std::string name;
  for (const char c : info.param) name += c == '-' || c == '.' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace espalier
