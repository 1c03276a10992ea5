// Scores: what programs make of them, and that they come in logical order whatever the scorer takes.
#include "reasoning/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/cat.h"
#include "reasoning/generate.h"
#include "tests/reasoning/scripted_world.h"

namespace espalier {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Scores a text by a table, some steps after it was asked; 0 for a text that the table lacks.
class SlowScorer : public Scorer {
 public:
  SlowScorer(std::map<std::string, double> scores, int delay) : scores_(std::move(scores)), delay_(delay) {}

  Ticket Submit(const ScoreRequest& request, OnScored on_scored) override {
    open_[next_] = {request.text, std::move(on_scored), delay_};
    return next_++;
  }
  void Cancel(Ticket ticket) override { cancelled_ += static_cast<int>(open_.erase(ticket)); }
  bool has_work() const override { return !open_.empty(); }
  absl::Status Step() override {
    if (!failure_.ok()) {
      for (auto& [ticket, job] : open_) job.on_scored(failure_);
      open_.clear();
      return failure_;
    }
    // The last that came ends first.
    for (auto job = open_.rbegin(); job != open_.rend(); ++job) {
      if (job->second.wait-- > 0) continue;
      StepScores scores;
      scores.steps = {scores_[job->second.text]};
      scores.tokens = 10;
      job->second.on_scored(scores);
      open_.erase(job->first);
      break;
    }
    return absl::OkStatus();
  }

  void Fail(absl::Status failure) { failure_ = std::move(failure); }
  int cancelled() const { return cancelled_; }

 private:
  struct Job {
    std::string text;
    OnScored on_scored;
    int wait = 0;
  };
  std::map<std::string, double> scores_;
  int delay_;
  std::map<Ticket, Job> open_;
  Ticket next_ = 0;
  int cancelled_ = 0;
  absl::Status failure_;
};

const std::map<std::string, std::string> kTexts = {{"0.0", "2+2=5 Answer: 5"},
                                                   {"0.1", "2+2=5 Answer: 5"},
                                                   {"0.2", "2+2=4 Answer: 4"},
                                                   {"0.3", "2+1=5 Answer: 5"}};

TEST(WeightedVote, TheCheckerOverrulesAMajorityOfSlips) {
  ScriptedWorld world("q", kTexts);
  EXPECT_EQ(world.Run("sc:n=4").answer.text, "5");
  const QueryResult result = world.Run("sc:n=4,vote=weighted,reward=checker");
  EXPECT_EQ(result.answer.text, "4");
  ASSERT_EQ(result.branches.size(), 4u);
  EXPECT_THAT(result.branches[0].step_scores, ElementsAre(0));
  EXPECT_THAT(result.branches[2].step_scores, ElementsAre(1));
  EXPECT_EQ(result.tokens.aggregation, 0);
}

TEST(WeightedVote, WhereAllScoresAreZeroTheMajorityDecides) {
  ScriptedWorld world("q", {{"0.0", "1+1=3 so 3"}, {"0.1", "1+1=4 so 4"}, {"0.2", "1+1=4 so 4"}});
  EXPECT_EQ(world.Run("sc:n=3,vote=weighted,reward=checker").answer.text, "4");
}

TEST(BestOfN, APerfectScoreEndsTheOthers) {
  ScriptedWorld world("q", {{"0.0", "1+1=3 so 3"}, {"0.1", "1+1=2 so 2"}});  // 0.2 never ends
  const QueryResult result = world.Run("bon:n=3,reward=checker");
  EXPECT_EQ(result.answer.text, "2");
  EXPECT_EQ(result.answer.stop_reason, "perfect_score");
  EXPECT_EQ(result.branches[2].end, "perfect_score");
  EXPECT_TRUE(world.PagesAllFree());
}

TEST(BestOfN, EqualScoresGoToTheEarliestAndCutBranchesAreNotScored) {
  ScriptedWorld world("q", {{"0.0", "long way to 7"}, {"0.1", "is 8"}, {"0.2", "9"}});
  world.runtime().RegisterScorer(
      "table",
      std::make_shared<SlowScorer>(std::map<std::string, double>{{"long way to 7", 0.5}, {"is 8", 0.5}}, 3));
  const QueryResult result = world.Run("bon:n=4,reward=table,max_tokens=20");
  EXPECT_EQ(result.answer.text, "8");
  EXPECT_EQ(result.answer.stop_reason, "all_scored");
  EXPECT_EQ(result.answer.certainty, 0.5);
  EXPECT_THAT(result.branches[3].step_scores, IsEmpty());
  EXPECT_EQ(result.tokens.aggregation, 30);
}

Task<Answer> OrderOfScores(Query& query, std::vector<std::string>& order) {
  Branch root = query.Prompt();
  co_await query.ForEach(root.Fork(3), [&](Branch branch) -> Task<> {
    co_await branch.Generate(Until::kAnswer);
    const StepScores scores = co_await branch.Score();
    order.push_back(Cat(branch.path().ToString(), "=", scores.steps[0]));
  });
  co_return Answer("", "done");
}

TEST(Score, ArrivesInLogicalOrderHoweverSlow) {
  for (const int delay : {0, 1, 7, 40}) {
    ScriptedWorld world("q", {{"0.0", "longest"}, {"0.1", "same"}, {"0.2", "four"}});
    world.runtime().RegisterScorer(
        "slow", std::make_shared<SlowScorer>(
                    std::map<std::string, double>{{"longest", 1}, {"same", 2}, {"four", 3}}, delay));
    std::vector<std::string> order;
    world.Add("order", [&](Query& query) { return OrderOfScores(query, order); });
    ASSERT_TRUE(world.Run("order:reward=slow").status.ok());
    EXPECT_THAT(order, ElementsAre("0.1=2", "0.2=3", "0.0=1")) << "delay " << delay;
  }
}

TEST(Score, AStoppedBranchTakesItsScoreBack) {
  ScriptedWorld world("q", {{"0.0", "a 1"}, {"0.1", "a 1"}, {"0.2", "bb 12"}});
  const auto scorer = std::make_shared<SlowScorer>(std::map<std::string, double>{{"a 1", 1}}, 5);
  world.runtime().RegisterScorer("slow", scorer);
  EXPECT_EQ(world.Run("bon:n=3,reward=slow").answer.text, "1");
  EXPECT_TRUE(world.PagesAllFree());
  const QueryRequest request = world.Request("bon:n=3,reward=slow");
  const auto id = world.runtime().Submit(request, [](QueryId, const QueryResult&) {});
  for (int i = 0; i < 6; ++i) world.runtime().Step();
  const int before = scorer->cancelled();
  world.runtime().Cancel(*id);
  EXPECT_GT(scorer->cancelled(), before);
  EXPECT_FALSE(scorer->has_work());
  EXPECT_TRUE(world.PagesAllFree());
}

TEST(Score, AnUnknownScorerIsNamedBeforeAnythingRuns) {
  ScriptedWorld world("q", kTexts);
  EXPECT_THAT(world.Run("sc:reward=cheker").status.ToString(),
              AllOf(HasSubstr("did you mean 'checker'?"), HasSubstr("there are checker, logprob")));
  EXPECT_EQ(world.engine().steps(), 0);
  EXPECT_EQ(world.runtime().default_reward(), "logprob");
}

TEST(Score, ALostScorerEndsTheQueryWithItsError) {
  ScriptedWorld world("q", kTexts);
  const auto scorer = std::make_shared<SlowScorer>(std::map<std::string, double>(), 0);
  scorer->Fail(absl::UnavailableError("the scorer's device is gone"));
  world.runtime().RegisterScorer("lost", scorer);
  EXPECT_THAT(world.Run("bon:n=2,reward=lost").status.ToString(), HasSubstr("device is gone"));
  EXPECT_TRUE(world.PagesAllFree());
}

}  // namespace
}  // namespace espalier
