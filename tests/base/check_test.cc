#include "base/check.h"

#include <string>

#include "gtest/gtest.h"

namespace espalier {
namespace {

TEST(CheckDeathTest, SaysWhereWhatAndWithWhichValues) {
  const int page = 7;
  EXPECT_DEATH(ESPALIER_CHECK(page < 0, "page ", page, " freed twice"),
               "check_test\\.cc:[0-9]+: check failed: page < 0: page 7 freed twice");
  EXPECT_DEATH(ESPALIER_CHECK(page < 0), "check failed: page < 0: ");
}

TEST(Check, EvaluatesConditionOnceAndMessageNever) {
  int conditions = 0;
  int messages = 0;
  const auto message = [&] { return std::to_string(++messages); };
  ESPALIER_CHECK(++conditions == 1, message());
  EXPECT_EQ(conditions, 1);
  EXPECT_EQ(messages, 0);
}

TEST(Check, IsOneStatement) {
  if (true)
    ESPALIER_CHECK(true);
  else
    FAIL();
}

}  // namespace
}  // namespace espalier
