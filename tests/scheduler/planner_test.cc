#include "scheduler/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <numeric>
#include <vector>

namespace espalier {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PlannerTest : public testing::Test {
 protected:
  // A branch whose tokens start at `first` and count up, so that equal `first` means a common prefix.
  BranchView View(int64_t id, int64_t length, int64_t computed, bool resident, TokenId first = 0) {
    std::vector<TokenId>& tokens = storage_.emplace_back(length);
    std::iota(tokens.begin(), tokens.end(), first);
    return {BranchId{id}, tokens, computed, resident};
  }
  static StepLimits Limits(int64_t budget, int64_t rows = 256) {
    StepLimits limits;
    limits.token_budget = budget;
    limits.max_rows = rows;
    return limits;
  }
  static PlannedRow Row(int64_t id, int64_t tokens, bool admission) {
    return {BranchId{id}, tokens, admission};
  }

  std::deque<std::vector<TokenId>> storage_;
};

TEST_F(PlannerTest, NothingToDo) { EXPECT_THAT(PlanStep({}, Limits(64)), IsEmpty()); }

TEST_F(PlannerTest, DecodesComeBeforePromptsWhateverTheirRank) {
  const std::vector<BranchView> views = {View(1, 100, 0, true, 1000), View(2, 50, 49, true),
                                         View(3, 40, 39, true)};
  EXPECT_THAT(PlanStep(views, Limits(64)),
              ElementsAre(Row(2, 1, false), Row(3, 1, false), Row(1, 62, false)));
}

TEST_F(PlannerTest, PromptsUnderWayComeBeforeNewOnesAndAreCutToTheBudget) {
  const std::vector<BranchView> views = {View(1, 100, 0, false, 0), View(2, 100, 90, true, 1000),
                                         View(3, 100, 0, false, 2000)};
  EXPECT_THAT(PlanStep(views, Limits(64)), ElementsAre(Row(2, 10, false), Row(1, 54, true)));
}

TEST_F(PlannerTest, RowCapHolds) {
  const std::vector<BranchView> views = {View(1, 5, 4, true), View(2, 5, 4, true), View(3, 5, 4, true)};
  EXPECT_THAT(PlanStep(views, Limits(64, 2)), ElementsAre(Row(1, 1, false), Row(2, 1, false)));
}

// Eight forks of one prompt must prefill it once.
TEST_F(PlannerTest, DefersBranchesWhosePrefixIsBeingComputed) {
  const std::vector<BranchView> views = {View(1, 40, 0, false), View(2, 40, 0, false),
                                         View(3, 40, 0, false, 500)};
  EXPECT_THAT(PlanStep(views, Limits(256)), ElementsAre(Row(1, 40, true), Row(3, 40, true)));
}

TEST_F(PlannerTest, DefersBehindAPromptThatDidNotFitIntoThisStep) {
  const std::vector<BranchView> views = {View(1, 300, 0, true, 9000), View(2, 100, 10, true),
                                         View(3, 100, 0, false)};
  EXPECT_THAT(PlanStep(views, Limits(64)), ElementsAre(Row(1, 64, false)));
  EXPECT_THAT(PlanStep(views, Limits(320)), ElementsAre(Row(1, 300, false), Row(2, 20, false)));
}

TEST_F(PlannerTest, SharesLessThanAPageAreNotWorthWaitingFor) {
  const std::vector<BranchView> views = {View(1, 15, 0, false), View(2, 15, 0, false)};
  EXPECT_THAT(PlanStep(views, Limits(64)), ElementsAre(Row(1, 15, true), Row(2, 15, true)));
}

TEST_F(PlannerTest, CachedPrefixNeedsNoDeferring) {
  const std::vector<BranchView> views = {View(1, 40, 39, false), View(2, 40, 39, false)};
  EXPECT_THAT(PlanStep(views, Limits(64)), ElementsAre(Row(1, 1, true), Row(2, 1, true)));
}

}  // namespace
}  // namespace espalier
