#include "reasoning/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/cat.h"
#include "reasoning/generate.h"
#include "tests/reasoning/scripted_world.h"

namespace espalier {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Ends(const QueryResult& result) {
  std::vector<std::string> ends;
  for (const BranchRecord& branch : result.branches) ends.push_back(branch.end);
  return ends;
}

TEST(Cot, AnswersAndCounts) {
  ScriptedWorld world("How many?", {{"0.0", "It is 42."}});
  const QueryResult result = world.Run("cot");
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.answer.text, "42");
  EXPECT_EQ(result.answer.stop_reason, "end");
  EXPECT_EQ(result.tokens.prefill, std::string_view("Question: How many?\nAnswer:").size());
  EXPECT_EQ(result.tokens.expansion, std::string_view("It is 42.").size() + 1)
      << "the end token is drawn, too";
  ASSERT_EQ(result.branches.size(), 1u);
  EXPECT_EQ(result.branches[0].text, "It is 42.");
  EXPECT_TRUE(world.PagesAllFree());
}

TEST(Cot, StopsAtMaxTokensStopTextAndContext) {
  ScriptedWorld world("q", {{"0.0", "one 1 two 2\nQuestion: next"}});
  EXPECT_EQ(world.Run("cot:max_tokens=5").answer.stop_reason, "max_tokens");
  const QueryResult stopped = world.Run("cot");
  EXPECT_EQ(stopped.answer.stop_reason, "stop_text");
  EXPECT_EQ(stopped.branches[0].text, "one 1 two 2");
  EXPECT_EQ(world.Run("cot:stop=two").branches[0].text, "one 1 ");
  ScriptedEngineOptions small;
  small.context_length = 30;
  ScriptedWorld tight("q", {}, small);
  const QueryResult full = tight.Run("cot");
  EXPECT_EQ(full.answer.stop_reason, "context");
  EXPECT_EQ(full.tokens.prefill + full.tokens.expansion, 30);
}

TEST(SelfConsistency, MajorityWins) {
  ScriptedWorld world("q", {{"0.0", "so 1"}, {"0.1", "and so 2"}, {"0.2", "therefore 2"}});
  const QueryResult result = world.Run("sc:n=3");
  EXPECT_EQ(result.answer.text, "2");
  EXPECT_EQ(result.answer.stop_reason, "all_voted");
}

TEST(SelfConsistency, DecidedVoteEndsTheOthersInTheSameStep) {
  ScriptedWorld world("q", {{"0.0", "5"}, {"0.1", "is 5"}, {"0.2", "it is 5"}});  // 0.3 and 0.4 never end
  bool finished = false;
  QueryResult result;
  const auto id = world.runtime().Submit(world.Request("sc:n=5"), [&](QueryId, QueryResult done) {
    finished = true;
    result = std::move(done);
  });
  ASSERT_TRUE(id.ok());
  while (world.runtime().Step()) {
  }
  ASSERT_TRUE(finished);
  EXPECT_EQ(result.answer.text, "5");
  EXPECT_EQ(result.answer.stop_reason, "decided_vote");
  EXPECT_THAT(Ends(result), ElementsAre("end", "end", "end", "decided_vote", "decided_vote"));
  EXPECT_TRUE(world.PagesAllFree());
  // Three ends: 2 + 5 + 8 tokens; the two others count up to the deciding clock 8: one behind, by path.
  EXPECT_EQ(result.tokens.expansion, 2 + 5 + 8 + 7 + 7);
}

TEST(SelfConsistency, WithoutTheRuleEveryBranchVotes) {
  ScriptedWorld world("q", {{"0.0", "5"}, {"0.1", "is 5"}, {"0.2", "so, at length, 6"}});
  const QueryResult result = world.Run("sc:n=3,stop_rule=none");
  EXPECT_THAT(Ends(result), ElementsAre("end", "end", "end"));
  EXPECT_EQ(result.answer.stop_reason, "all_voted");
}

TEST(SelfConsistency, CutBranchesAbstain) {
  ScriptedWorld world("q", {{"0.0", "7"}});  // the other two run into max_tokens
  const QueryResult result = world.Run("sc:n=3,max_tokens=20");
  EXPECT_EQ(result.answer.text, "7");
  EXPECT_THAT(Ends(result), ElementsAre("end", "max_tokens", "decided_vote"));
}

// The heart of reproducibility: the vote's order is logical, so no world changes it.
TEST(SelfConsistency, SameTreeWhateverTheWorld) {
  const std::map<std::string, std::string> texts = {{"0.0", "a long thought that ends in 3"},
                                                    {"0.1", "short: 4"},
                                                    {"0.2", "rather longer 4"},
                                                    {"0.3", "thinking ... 4"},
                                                    {"0.4", "well 3"},
                                                    {"0.5", "an even longer thought: 4"}};
  const auto run = [&](int32_t pages, int32_t page_size, int32_t budget) {
    ScriptedEngineOptions options;
    options.page_count = pages;
    options.page_size = page_size;
    options.max_batch_tokens = budget;
    ScriptedWorld world("which?", texts, options);
    const QueryResult result = world.Run("sc:n=7");
    EXPECT_TRUE(result.status.ok()) << result.status;
    std::string tree = Cat(result.answer.text, " ", result.answer.stop_reason, " ", result.tokens.prefill,
                           " ", result.tokens.expansion);
    for (const BranchRecord& branch : result.branches) {
      tree += Cat("\n", branch.path.ToString(), " ", branch.end, " ", branch.tokens, " ", branch.text);
    }
    return tree;
  };
  const std::string expected = run(1024, 16, 512);
  EXPECT_THAT(expected, HasSubstr("decided_vote"));
  EXPECT_EQ(run(1024, 16, 1), expected);
  EXPECT_EQ(run(1024, 1, 5), expected);
  EXPECT_EQ(run(16, 4, 64), expected);
  EXPECT_EQ(run(70, 1, 3), expected);
}

TEST(Runtime, ManyQueriesShareOnePromptCache) {
  ScriptedWorld world("the same question", {{"0.0", "1"}, {"0.1", "so 1"}});
  const QueryResult cold = world.Run("sc:n=2");
  const QueryResult warm = world.Run("sc:n=2");
  EXPECT_EQ(warm.tokens.prefill, cold.tokens.prefill) << "logical work is the same";
  EXPECT_GT(warm.usage.cached_tokens, cold.usage.cached_tokens);
  EXPECT_GT(cold.shared_pages(), 0);
}

TEST(Runtime, BadRequestsSayWhatToDo) {
  ScriptedWorld world("q", {});
  const auto error = [&](const std::string& program) { return world.Run(program).status.ToString(); };
  EXPECT_THAT(error("cott"), HasSubstr("unknown program 'cott' (did you mean 'cot'?)"));
  EXPECT_THAT(error("sc:samples=3"), HasSubstr("unknown option 'samples'"));
  EXPECT_THAT(error("sc:n=0"), HasSubstr("n=0: expected a whole number from 1 to 4096"));
  EXPECT_THAT(error("sc:n=-3"), HasSubstr("expected a whole number"));
  EXPECT_THAT(error("sc:n=99999999999999999999"), HasSubstr("expected a whole number"));
  EXPECT_THAT(error("sc:n=3,n=4"), HasSubstr("given twice"));
  EXPECT_THAT(error("sc:n"), HasSubstr("not key=value"));
  EXPECT_THAT(error("cot:temperature=nan"), HasSubstr("expected a number from 0 to 100"));
  EXPECT_THAT(error("cot:temprature=1"), HasSubstr("did you mean 'temperature'?"));
  EXPECT_THAT(world.runtime().Run(QueryRequest(std::string(5000, 'x'), "cot")).status.ToString(),
              HasSubstr("fit into the model's context: shorten it"));
}

TEST(Runtime, EngineFailureEndsEveryQueryOnce) {
  ScriptedWorld world("q", {});
  std::vector<std::string> errors;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(world.runtime()
                    .Submit(world.Request("sc:n=2"),
                            [&](QueryId, QueryResult done) { errors.push_back(done.status.ToString()); })
                    .ok());
  }
  ASSERT_TRUE(world.runtime().Step());
  world.engine().FailNextStep(absl::UnavailableError("device lost"));
  EXPECT_FALSE(world.runtime().Step());
  EXPECT_THAT(errors,
              ElementsAre(HasSubstr("device lost"), HasSubstr("device lost"), HasSubstr("device lost")));
  EXPECT_TRUE(world.PagesAllFree());
}

TEST(Runtime, CancelFreesPagesAndKeepsRecords) {
  ScriptedWorld world("q", {});
  QueryResult result;
  const auto id = world.runtime().Submit(world.Request("sc:n=4"),
                                         [&](QueryId, QueryResult done) { result = std::move(done); });
  for (int i = 0; i < 10; ++i) world.runtime().Step();
  EXPECT_FALSE(world.PagesAllFree());
  world.runtime().Cancel(*id);
  EXPECT_TRUE(world.PagesAllFree());
  EXPECT_EQ(result.status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(result.branches.size(), 4u);
  EXPECT_FALSE(world.runtime().Step());
}

TEST(Runtime, DestructionCancelsWhatRuns) {
  QueryResult result;
  {
    ScriptedWorld world("q", {});
    ASSERT_TRUE(
        world.runtime()
            .Submit(world.Request("sc:n=4"), [&](QueryId, QueryResult done) { result = std::move(done); })
            .ok());
    world.runtime().Step();
  }
  EXPECT_EQ(result.status.code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace espalier
