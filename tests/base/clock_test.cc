#include "base/clock.h"

#include "gtest/gtest.h"

namespace espalier {
namespace {

TEST(Clock, MonotonicNeverGoesBack) {
  const MonotonicClock clock;
  double last = clock.Seconds();
  for (int i = 0; i < 1000; ++i) {
    const double now = clock.Seconds();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Clock, ManualMovesOnlyWhenTold) {
  ManualClock clock;
  EXPECT_EQ(clock.Seconds(), 0);
  clock.Advance(2.5);
  clock.Advance(0.5);
  EXPECT_EQ(clock.Seconds(), 3);
}

}  // namespace
}  // namespace espalier
