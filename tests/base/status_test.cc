#include "base/status.h"

#include <memory>

#include "gtest/gtest.h"

namespace espalier {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return std::make_unique<int>(value / 2);
}

absl::StatusOr<int> Quarter(int value) {
  ESPALIER_ASSIGN_OR_RETURN(const auto half, Half(value));
  ESPALIER_ASSIGN_OR_RETURN(const auto quarter, Half(*half));
  return *quarter;
}

absl::Status Check(int value, int& calls) {
  const auto step = [&] {
    ++calls;
    return Half(value).status();
  };
  ESPALIER_RETURN_IF_ERROR(step());
  ++calls;
  return absl::OkStatus();
}

TEST(Status, AssignOrReturnMovesTheValueOrReturnsTheError) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).status(), absl::InvalidArgumentError("odd"));
}

TEST(Status, ReturnIfErrorEvaluatesOnceAndStopsAtTheError) {
  int calls = 0;
  EXPECT_TRUE(Check(2, calls).ok());
  EXPECT_EQ(calls, 2);
  EXPECT_FALSE(Check(1, calls).ok());
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace espalier
