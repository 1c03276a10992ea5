#include "reasoning/reward_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "engine/tokenizer.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

using testing::HasSubstr;

TinyModelOptions WithHead(uint32_t outputs) {
  TinyModelOptions options;
  options.head_outputs = outputs;
  options.tied_output = true;
  return options;
}

std::unique_ptr<Engine> Open(uint32_t outputs, int64_t kv_memory, int32_t batch) {
  const TinyModel model(WithHead(outputs));
  EngineOptions options;
  options.threads = 1;
  options.kv_memory = kv_memory;
  options.max_batch_tokens = batch;
  auto engine = Engine::Open(model.path(), options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

ScoreRequest Request(std::string text) {
  ScoreRequest request;
  request.problem = "2 + 2?";
  request.text = std::move(text);
  request.step_delimiter = "\n";
  return request;
}

std::vector<StepScores> ScoreAll(RewardModel& model, const std::vector<std::string>& texts) {
  std::vector<StepScores> scores(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    model.Submit(Request(texts[i]), [&scores, i](absl::StatusOr<StepScores> scored) {
      EXPECT_TRUE(scored.ok()) << scored.status();
      scores[i] = *std::move(scored);
    });
  }
  while (model.has_work()) EXPECT_TRUE(model.Step().ok());
  return scores;
}

// Reads the prompt and the text in one row and looks at the head after each step by hand.
std::vector<double> ByHand(uint32_t outputs, const std::string& text) {
  const auto engine = Open(outputs, 1 << 20, 512);
  const Tokenizer& tokenizer = engine->tokenizer();
  std::vector<TokenId> tokens = *MakePrompt(*FindPromptFormat("", *engine), "2 + 2?", *engine);
  std::vector<size_t> ends;
  std::string before;
  for (const std::string_view step : SplitSteps(text, "\n")) {
    for (const TokenId id : tokenizer.EncodeContinuation(before)) tokens.push_back(id);
    for (const TokenId id : tokenizer.EncodeContinuation(step)) tokens.push_back(id);
    ends.push_back(tokens.size() - 1);
    before = "\n";
  }
  std::vector<PageId> pages;
  for (PageId page = 0; page < static_cast<PageId>(tokens.size() / 16 + 1); ++page) pages.push_back(page);
  Batch batch;
  BatchRow& row = batch.rows.emplace_back();
  row.tokens = tokens;
  row.pages = pages;
  row.output.head_from = 0;
  StepOutput output;
  EXPECT_TRUE(engine->Step(batch, output).ok());
  std::vector<double> scores;
  for (const size_t end : ends) {
    const float* head = &output.rows[0].head_values[end * outputs];
    const double odds = outputs == 1 ? head[0] : double{head[1]} - double{head[0]};
    scores.push_back(1 / (1 + std::exp(-odds)));
  }
  return scores;
}

const std::vector<std::string> kSolutions = {"2+2=4\nAnswer : 4", "2+2=5\n\nAnswer : 5\n", "4",
                                             "2+2=4 ; 4+0=4\n4*1=4\n4/1=4\nAnswer : 4"};

TEST(RewardModelTest, EveryBatchGivesTheHeadAfterEachStep) {
  for (const uint32_t outputs : {1u, 2u}) {
    for (const int32_t batch : {7, 64, 512}) {
      auto model = *RewardModel::Create(Open(outputs, 1 << 20, batch));
      const std::vector<StepScores> scores = ScoreAll(*model, kSolutions);
      for (size_t i = 0; i < kSolutions.size(); ++i) {
        EXPECT_EQ(scores[i].steps, ByHand(outputs, kSolutions[i])) << kSolutions[i] << ", batch " << batch;
        EXPECT_GT(scores[i].tokens, 0);
      }
    }
  }
}

TEST(RewardModelTest, FewPagesOnlyTakeLonger) {
  auto roomy = *RewardModel::Create(Open(1, 1 << 20, 512));
  const int64_t for_one = roomy->info().page_bytes * 32;  // one text at a time
  auto tight = *RewardModel::Create(Open(1, for_one, 512));
  const std::vector<StepScores> expected = ScoreAll(*roomy, kSolutions),
                                scores = ScoreAll(*tight, kSolutions);
  for (size_t i = 0; i < scores.size(); ++i) EXPECT_EQ(scores[i].steps, expected[i].steps);
}

TEST(RewardModelTest, CancelledTextsAreNotToldAndGiveTheirPagesBack) {
  auto model = *RewardModel::Create(Open(1, 1 << 20, 16));
  bool told = false;
  const Scorer::Ticket ticket =
      model->Submit(Request("a\nb"), [&](const absl::StatusOr<StepScores>&) { told = true; });
  ASSERT_TRUE(model->Step().ok());
  model->Cancel(ticket);
  EXPECT_FALSE(model->has_work());
  EXPECT_EQ(ScoreAll(*model, kSolutions)[0].steps, ByHand(1, kSolutions[0]));
  EXPECT_FALSE(told);
}

TEST(RewardModelTest, TextsWithoutStepsAndTextsTooLong) {
  auto model = *RewardModel::Create(Open(1, 1 << 20, 512));
  EXPECT_TRUE(ScoreAll(*model, {"\n \n"})[0].steps.empty());
  std::optional<absl::StatusOr<StepScores>> scored;
  model->Submit(Request(std::string(2000, '7')),
                [&](absl::StatusOr<StepScores> s) { scored = std::move(s); });
  ASSERT_TRUE(scored.has_value());
  EXPECT_THAT(scored->status().ToString(), HasSubstr("lower max_tokens"));
}

TEST(RewardModelTest, RefusesWhatHasNoHeadItUnderstands) {
  EXPECT_THAT(RewardModel::Create(Open(0, 1 << 20, 64)).status().ToString(),
              HasSubstr("give a reward model"));
  EXPECT_THAT(RewardModel::Create(Open(3, 1 << 20, 64)).status().ToString(), HasSubstr("3 head outputs"));
}

}  // namespace
}  // namespace espalier
