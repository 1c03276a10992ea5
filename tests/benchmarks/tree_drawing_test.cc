#include "benchmarks/tree_drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "benchmarks/html.h"
#include "benchmarks/tree_layout.h"
#include "tests/benchmarks/report_fixture.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<double> Rows(const TreeLayout& layout) {
  std::vector<double> rows;
  for (const TreeNode& node : layout.nodes) rows.push_back(node.row);
  return rows;
}

TEST(TreeLayoutTest, AForkLiesMidwayBetweenItsBranches) {
  const std::vector<BranchRecord> branches = {
      MakeBranch({0}, 0, 10, "stop_text"), MakeBranch({0, 0}, 10, 20, "end"),
      MakeBranch({0, 1}, 10, 5, "pruned"), MakeBranch({1}, 0, 50, "end")};
  const TreeLayout layout = LayOutTree(branches);
  EXPECT_THAT(Rows(layout), ::testing::ElementsAre(1.25, 0.5, 0, 1, 2));
  EXPECT_EQ(layout.rows, 3);
  EXPECT_EQ(layout.tokens, 50);
  EXPECT_EQ(layout.nodes[2].parent, 1);
  EXPECT_EQ(layout.nodes[4].parent, 0);
}

TEST(TreeLayoutTest, ABranchThatGoesOnAfterItsForkKeepsARowOfItsOwn) {
  const std::vector<BranchRecord> branches = {MakeBranch({0}, 0, 30, "end"),
                                              MakeBranch({0, 0}, 10, 20, "end")};
  const TreeLayout layout = LayOutTree(branches);
  EXPECT_THAT(Rows(layout), ::testing::ElementsAre(0, 0, 1));
  EXPECT_FALSE(layout.nodes[0].has_tip);
  EXPECT_TRUE(layout.nodes[1].has_tip);
}

TEST(TreeLayoutTest, OrdersByPathAndPassesOverMissingAncestors) {
  const std::vector<BranchRecord> branches = {
      MakeBranch({10}, 0, 1, "end"), MakeBranch({1, 0, 2}, 5, 1, "end"), MakeBranch({1}, 0, 2, "end")};
  const TreeLayout layout = LayOutTree(branches);
  ASSERT_EQ(layout.nodes.size(), 4u);
  EXPECT_EQ(layout.nodes[1].record->path.ToString(), "0.1");
  EXPECT_EQ(layout.nodes[2].parent, 1);
  EXPECT_EQ(layout.nodes[3].parent, 0) << "0.10 is not below 0.1";
  EXPECT_EQ(layout.nodes[1].end, 5) << "reaches to where its child begins";
}

TEST(TreeLayoutTest, TheRootMayHaveTextOfItsOwn) {
  const std::vector<BranchRecord> branches = {MakeBranch({}, 0, 7, "end")};
  const TreeLayout layout = LayOutTree(branches);
  ASSERT_EQ(layout.nodes.size(), 1u);
  EXPECT_EQ(layout.nodes[0].end, 7);
  EXPECT_EQ(LayOutTree({}).nodes.size(), 1u);
}

std::vector<BranchRecord> RandomTree(std::mt19937& random) {
  std::vector<BranchRecord> branches;
  std::vector<std::vector<int32_t>> paths = {{}};
  std::vector<int64_t> starts = {0}, ends = {0};
  std::vector<int32_t> forks = {0};
  const size_t size = 2 + random() % 30;
  while (paths.size() < size) {
    const size_t parent = random() % paths.size();
    std::vector<int32_t> path = paths[parent];
    path.push_back(forks[parent]++);
    const int64_t length = ends[parent] - starts[parent];
    const int64_t start = random() % 2 == 0 ? ends[parent] : starts[parent] + random() % (length + 1);
    const int64_t tokens = random() % 20;
    branches.push_back(MakeBranch(path, start, tokens, "end"));
    paths.push_back(path);
    starts.push_back(start);
    ends.push_back(start + tokens);
    forks.push_back(0);
  }
  std::ranges::shuffle(branches, random);
  return branches;
}

// On one row two lines meet at most at their ends, where one continues the other.
TEST(TreeLayoutTest, LinesNeverOverlap) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 500; ++trial) {
    const std::vector<BranchRecord> branches = RandomTree(random);
    const TreeLayout layout = LayOutTree(branches);
    for (const TreeNode& a : layout.nodes) {
      ASSERT_GE(a.row, 0);
      ASSERT_LE(a.row, static_cast<double>(layout.rows - 1));
      ASSERT_LE(a.end, layout.tokens);
      for (const TreeNode& b : layout.nodes) {
        if (&a == &b || a.row != b.row) continue;
        ASSERT_TRUE(a.end <= b.start || b.end <= a.start) << "trial " << trial << ", row " << a.row;
      }
    }
  }
}

TEST(TreeDrawingTest, DrawsEveryBranchInTheColourOfItsEnd) {
  std::vector<BranchRecord> branches = {
      MakeBranch({0}, 0, 10, "stop_text"),    MakeBranch({1}, 0, 10, "max_tokens"),
      MakeBranch({2}, 0, 10, "decided_vote"), MakeBranch({3}, 0, 10, "pruned"),
      MakeBranch({4}, 0, 10, "failed"),       MakeBranch({5}, 0, 0, "end")};
  branches[0].answer = "<42>";
  const std::string svg = DrawTree(branches, "42");
  EXPECT_EQ(FindMarkupFault(svg), "");
  for (const char* end_class : {"cut", "stopped", "pruned", "failed"}) {
    EXPECT_EQ(CountOf(svg, std::string("<g class=\"") + end_class + "\">"), 1) << end_class;
  }
  EXPECT_EQ(CountOf(svg, "class=\"tip\""), 6);
  EXPECT_THAT(svg, HasSubstr("&lt;42&gt;"));
  EXPECT_THAT(DrawTree(branches, ""), Not(HasSubstr("✓")));
}

TEST(TreeDrawingTest, EmptyTreesCanBeDrawn) {
  EXPECT_EQ(FindMarkupFault(DrawTree({}, "")), "");
  const std::vector<BranchRecord> nothing = {MakeBranch({0}, 0, 0, "failed")};
  EXPECT_THAT(DrawTree(nothing, ""), Not(HasSubstr("nan")));
}

TEST(AxisTest, TicksAreRoundAndFew) {
  EXPECT_EQ(TickStep(0, 5), 1);
  EXPECT_EQ(TickStep(5, 5), 1);
  EXPECT_EQ(TickStep(512, 5), 100);
  EXPECT_EQ(TickStep(600, 5), 200);
  EXPECT_EQ(TickStep(100'000'000'000, 5), 20'000'000'000);
}

}  // namespace
}  // namespace espalier
