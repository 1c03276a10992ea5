// Programs of a user's own: forks, nesting, errors, and the logical order that they see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "base/cat.h"
#include "reasoning/generate.h"
#include "tests/reasoning/scripted_world.h"

namespace espalier {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Task<Answer> OrderOfEnds(Query& query, std::vector<std::string>& order) {
  Branch root = query.Prompt();
  co_await query.ForEach(root.Fork(3), [&](Branch branch) -> Task<> {
    co_await branch.Generate(Until::kAnswer);
    order.push_back(branch.path().ToString());
  });
  co_return Answer("", "done");
}

TEST(ProgramOrder, EndsArriveByClockThenPath) {
  for (const int32_t budget : {1, 2, 64}) {
    ScriptedEngineOptions options;
    options.max_batch_tokens = budget;
    ScriptedWorld world("q", {{"0.0", "longest"}, {"0.1", "same"}, {"0.2", "four"}}, options);
    std::vector<std::string> order;
    world.Add("order", [&](Query& query) { return OrderOfEnds(query, order); });
    ASSERT_TRUE(world.Run("order").status.ok());
    EXPECT_THAT(order, ElementsAre("0.1", "0.2", "0.0")) << "budget " << budget;
  }
}

// Forks a sibling while it runs, at the logical time of another branch's end.
Task<Answer> ForksARunningBranch(Query& query, std::string& seen) {
  Branch root = query.Prompt();
  std::vector<Branch> branches = root.Fork(2);
  Branch slow = branches[1];
  co_await query.ForEach(branches, [&](Branch branch) -> Task<> {
    const bool is_slow = branch.path() == slow.path();
    co_await branch.Generate(Until::kAnswer);
    if (!is_slow) {
      Branch fork = slow.Fork();
      seen = fork.Text();
      co_await fork.Generate(Until::kAnswer);
      seen += "|" + fork.Text();
    }
  });
  co_return Answer("", "done");
}

TEST(ProgramOrder, AForkOfARunningBranchHasItsLogicalTokens) {
  for (const int32_t budget : {1, 3, 64}) {
    ScriptedEngineOptions options;
    options.max_batch_tokens = budget;
    ScriptedWorld world("q", {{"0.0", "abc"}, {"0.1", "0123456789"}, {"0.1.0", "xyzXYZ"}}, options);
    std::string seen;
    world.Add("live", [&](Query& query) { return ForksARunningBranch(query, seen); });
    const QueryResult result = world.Run("live");
    ASSERT_TRUE(result.status.ok()) << result.status;
    // 0.0 ends at clock 4 (its end token); 0.1, later by path, has 3 tokens before that.
    EXPECT_EQ(seen, "012|012XYZ") << "budget " << budget;
  }
}

Task<Answer> Steps(Query& query, std::vector<std::string>& steps) {
  Branch branch = query.Prompt().Fork();
  for (EndReason end = EndReason::kNotEnded; end != EndReason::kEndOfTurn;) {
    const size_t before = branch.Text().size();
    end = co_await branch.Generate(Until::kStep);
    steps.push_back(branch.Text().substr(before));
  }
  co_return Answer(branch.ExtractAnswer(), "done");
}

TEST(Programs, StepsKeepTheirDelimiter) {
  ScriptedWorld world("q", {{"0.0", "a = 1\nb = 2\n#### 3"}});
  std::vector<std::string> steps;
  world.Add("steps", [&](Query& query) { return Steps(query, steps); });
  EXPECT_EQ(world.Run("steps").answer.text, "3");
  EXPECT_THAT(steps, ElementsAre("a = 1\n", "b = 2\n", "#### 3"));
}

Task<Answer> AppendsAndPrunes(Query& query) {
  Branch a = query.Prompt().Fork();
  co_await a.Generate(Until::Tokens(3));
  Branch b = a.Fork();
  a.Prune();
  b.Append(" wait,");
  co_await b.Generate(Until::kAnswer);
  co_return Answer(b.Text(), "done");
}

TEST(Programs, AppendGoesOnFromTheText) {
  ScriptedWorld world("q", {{"0.0", "012"}, {"0.0.0", "012 wait, 7"}});
  world.Add("append", AppendsAndPrunes);
  const QueryResult result = world.Run("append");
  EXPECT_EQ(result.answer.text, "012 wait, 7");
  ASSERT_EQ(result.branches.size(), 2u);
  EXPECT_EQ(result.branches[0].end, "pruned");
  EXPECT_EQ(result.branches[0].text, "012");
  EXPECT_EQ(result.branches[1].text, " wait, 7") << "a record holds its own part only";
}

Task<Answer> Nested(Query& query) {
  Branch root = query.Prompt();
  int leaves = 0;
  co_await query.ForEach(root.Fork(2), [&](Branch middle) -> Task<> {
    co_await middle.Generate(Until::Tokens(2));
    co_await query.ForEach(middle.Fork(3), [&](Branch leaf) -> Task<> {
      co_await leaf.Generate(Until::kAnswer);
      ++leaves;
      query.StopSiblings("enough");
    });
  });
  co_return Answer(Cat(leaves), "done");
}

TEST(Programs, StopSiblingsReachesTheInnermostForEachOnly) {
  ScriptedWorld world("q", {{"0.0.1", "..end"}, {"0.1.2", "....end"}});
  world.Add("nested", Nested);
  const QueryResult result = world.Run("nested");
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.answer.text, "2") << "one leaf of each inner ForEach";
  EXPECT_TRUE(world.PagesAllFree());
}

Task<Answer> ThrowsInABranch(Query& query, int& others) {
  Branch root = query.Prompt();
  co_await query.ForEach(root.Fork(3), [&](Branch branch) -> Task<> {
    co_await branch.Generate(Until::kAnswer);
    if (branch.path().ToString() == "0.1") throw std::runtime_error("the program's own fault");
    ++others;
  });
  co_return Answer("", "done");
}

TEST(ProgramErrors, SurfaceOnceWithTheBranchPath) {
  ScriptedWorld world("q", {{"0.0", "short"}, {"0.1", "longer one"}});
  int others = 0;
  world.Add("throws", [&](Query& query) { return ThrowsInABranch(query, others); });
  const QueryResult result = world.Run("throws");
  EXPECT_EQ(result.status.ToString(), "INTERNAL: branch 0.1: the program's own fault");
  EXPECT_EQ(others, 1) << "the shorter one ended before, the endless one was cancelled";
  EXPECT_TRUE(world.PagesAllFree());
}

Task<Answer> StopsOutside(Query& query) {
  query.StopSiblings();
  co_return Answer("", "done");
}

Task<Answer> WaitsForNothing(Query&) {
  co_await std::suspend_always();
  co_return Answer("", "done");
}

Task<Answer> ForksThePruned(Query& query) {
  Branch branch = query.Prompt().Fork();
  branch.Prune();
  branch.Fork();
  co_return Answer("", "done");
}

TEST(ProgramErrors, MisuseIsSaid) {
  ScriptedWorld world("q", {});
  world.Add("outside", StopsOutside);
  world.Add("stuck", WaitsForNothing);
  world.Add("pruned", ForksThePruned);
  EXPECT_THAT(world.Run("outside").status.ToString(), HasSubstr("inside ForEach"));
  EXPECT_THAT(world.Run("stuck").status.ToString(), HasSubstr("waits for nothing"));
  EXPECT_THAT(world.Run("pruned").status.ToString(), HasSubstr("fork before Prune"));
}

Task<Answer> LeaksAHandle(Query& query, Branch& outside) {
  outside = query.Prompt().Fork();
  co_await outside.Generate(Until::Tokens(5));
  co_return Answer("", "done");
}

TEST(Programs, AHandleKeptBeyondTheQueryHoldsNoPages) {
  ScriptedWorld world("q", {});
  Branch outside;
  world.Add("leaks", [&](Query& query) { return LeaksAHandle(query, outside); });
  EXPECT_TRUE(world.Run("leaks").status.ok());
  EXPECT_TRUE(world.PagesAllFree());
  EXPECT_EQ(outside.path().ToString(), "0.0");
}

Task<Answer> EmptyForEach(Query& query) {
  co_await query.ForEach(std::vector<Branch>(), [](Branch) -> Task<> { co_return; });
  co_return Answer("none", "done");
}

TEST(Programs, AProgramMayDoNothing) {
  ScriptedWorld world("q", {});
  world.Add("empty", EmptyForEach);
  EXPECT_EQ(world.Run("empty").answer.text, "none");
}

}  // namespace
}  // namespace espalier
