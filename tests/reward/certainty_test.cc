#include "reward/certainty.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace espalier {
namespace {

struct Case {
  std::vector<int64_t> counts;
  double certaindex;
};

// Computed from the authors' formula outside this project.
TEST(CertaintyTest, MatchesTheReferenceValuesOfCertaindex) {
  const Case cases[] = {{{5}, 1.0},
                        {{4, 1}, 0.689082493},
                        {{3, 2}, 0.58183434},
                        {{3, 1, 1}, 0.409563717},
                        {{2, 2, 1}, 0.344541246},
                        {{1, 1, 1, 1, 1}, 0.0},
                        {{16, 4}, 0.832961567},
                        {{10, 5, 5}, 0.65293268}};
  for (const Case& test : cases) EXPECT_NEAR(Certaindex(test.counts), test.certaindex, 1e-9);
}

TEST(CertaintyTest, FewerThanTwoAnswersAreNotCertain) {
  EXPECT_EQ(Certaindex({}), 0);
  EXPECT_EQ(Certaindex(std::vector<int64_t>{1}), 0);
  EXPECT_EQ(Certaindex(std::vector<int64_t>{0, 1}), 0);
}

TEST(CertaintyTest, EmptyClassesDoNotCount) {
  EXPECT_DOUBLE_EQ(VoteEntropy(std::vector<int64_t>{3, 0, 3}), std::log(2.0));
  EXPECT_EQ(VoteEntropy(std::vector<int64_t>{0, 0}), 0);
}

}  // namespace
}  // namespace espalier
