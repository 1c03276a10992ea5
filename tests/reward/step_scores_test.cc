#include "reward/step_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace espalier {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StepScoresTest, Aggregates) {
  const std::vector<double> steps = {0.5, 0.25, 1};
  EXPECT_EQ(Aggregate(steps, Aggregation::kMin), 0.25);
  EXPECT_EQ(Aggregate(steps, Aggregation::kProduct), 0.125);
  EXPECT_NEAR(Aggregate(steps, Aggregation::kMean), 1.75 / 3, 1e-15);
  EXPECT_EQ(Aggregate(steps, Aggregation::kLast), 1);
  for (const Aggregation any :
       {Aggregation::kMin, Aggregation::kProduct, Aggregation::kMean, Aggregation::kLast}) {
    EXPECT_EQ(Aggregate({}, any), 0);
  }
}

TEST(StepScoresTest, StepsAreWhatStandsBetweenDelimiters) {
  EXPECT_THAT(SplitSteps("1+1=2\n2+2=4\nAnswer : 4", "\n"), ElementsAre("1+1=2", "2+2=4", "Answer : 4"));
  EXPECT_THAT(SplitSteps("\n\na \n \n\nb\n", "\n"), ElementsAre("a ", "b"));
  EXPECT_THAT(SplitSteps("a\nb\n\nc", "\n\n"), ElementsAre("a\nb", "c"));
  EXPECT_THAT(SplitSteps("a\nb", ""), ElementsAre("a\nb"));
  EXPECT_THAT(SplitSteps(" \n ", "\n"), IsEmpty());
  EXPECT_THAT(SplitSteps("", "\n"), IsEmpty());
}

}  // namespace
}  // namespace espalier
