// Attention over random trees of shared pages: each branch's result has the bits that it has alone.
#include <algorithm>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/cpu/attention_plan.h"
#include "kernels/kernels.h"
#include "tests/kernels/cpu_levels.h"
#include "tests/kernels/random_tensor.h"

namespace espalier {
namespace {

using testing::ElementsAreArray;

struct Branch {
  std::vector<PageId> pages;
  std::vector<float> queries, keys, values;  // of all positions
  int64_t tokens;                            // the last ones, which the step computes
  int64_t length;
};

// Branches that fork at random positions: whole pages of the parent are shared, the rest of its prefix stands
// in pages of their own.
struct Tree {
  Tree(uint32_t seed, const AttentionShape& shape, KvPages layout, int branch_count, int64_t most_added = 150)
      : shape(shape), kv(layout) {
    std::mt19937 random(seed);
    const auto below = [&](int64_t limit) { return static_cast<int64_t>(random() % limit); };
    for (int b = 0; b < branch_count; ++b) Grow(random, b > 0 && below(8) > 0 ? below(b) : -1, most_added);
    kv.page_stride = kv.layer_bytes() + 32;
    memory.assign(kv.page_stride * page_count, std::byte{0xff});  // NaN wherever nothing was written
    kv.data = memory.data();
    ThreadPool pool(1);
    for (const Branch& branch : branches) {
      const SequenceSpan all = {branch.pages.data(), 0, 0, branch.length};
      WriteKv(kv, std::span(&all, 1), branch.keys.data(), branch.values.data(), pool);
    }
  }

  void Grow(std::mt19937& random, int64_t parent, int64_t most_added) {
    Branch& branch = branches.emplace_back();
    int64_t kept = 0;
    if (parent >= 0) {
      const Branch& from = branches[parent];
      kept = static_cast<int64_t>(random() % (from.length + 1));
      branch.pages.assign(from.pages.begin(), from.pages.begin() + kept / kv.page_size);
    }
    const int64_t added = 1 + static_cast<int64_t>(random() % most_added);
    branch.length = kept + added;
    branch.tokens = random() % 2 == 0 ? 1 : std::min<int64_t>(added, 1 + random() % 40);
    while (static_cast<int64_t>(branch.pages.size()) * kv.page_size < branch.length)
      branch.pages.push_back(page_count++);
    const auto fill = [&](std::vector<float> Branch::*part, int64_t width) {
      branch.*part = RandomFloats(branch.length * width, random);
      if (parent >= 0) std::copy_n((branches[parent].*part).begin(), kept * width, (branch.*part).begin());
    };
    fill(&Branch::queries, int64_t{shape.heads} * shape.head_dim);
    fill(&Branch::keys, int64_t{shape.kv_heads} * shape.head_dim);
    fill(&Branch::values, int64_t{shape.kv_heads} * shape.head_dim);
  }

  AttentionShape shape;
  KvPages kv;
  PageId page_count = 0;
  std::vector<Branch> branches;
  std::vector<std::byte> memory;
};

struct Outcome {
  std::vector<float> out;
  AttentionTraffic traffic;
};

// All branches of [begin, end) in one step.
Outcome Attend(const Tree& tree, size_t begin, size_t end, int threads, bool sharing = true) {
  ThreadPool pool(threads);
  const int64_t width = int64_t{tree.shape.heads} * tree.shape.head_dim;
  std::vector<SequenceSpan> sequences;
  std::vector<float> queries;
  int64_t tokens = 0;
  for (size_t b = begin; b < end; ++b) {
    const Branch& branch = tree.branches[b];
    sequences.push_back({branch.pages.data(), branch.length - branch.tokens, tokens, branch.tokens});
    queries.insert(queries.end(), branch.queries.end() - branch.tokens * width, branch.queries.end());
    tokens += branch.tokens;
  }
  PagedAttention attention(tree.shape, threads);
  attention.SetSharing(sharing);
  attention.Plan(sequences, tree.kv.page_size);
  Outcome outcome;
  outcome.out.resize(queries.size());
  attention.Run(tree.kv, queries.data(), outcome.out.data(), pool);
  outcome.traffic = attention.traffic();
  return outcome;
}

struct TreeCase {
  AttentionShape shape;
  int32_t page_size;
  KvType type;
  int32_t window = 0;
};

class AttentionTreeTest : public testing::TestWithParam<TreeCase> {};

TEST_P(AttentionTreeTest, HasTheBitsOfEachBranchAlone) {
  const TreeCase& c = GetParam();
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const Tree tree(seed, c.shape,
                    {.type = c.type,
                     .kv_heads = c.shape.kv_heads,
                     .head_dim = c.shape.head_dim,
                     .page_size = c.page_size,
                     .window = c.window},
                    10);
    const size_t count = tree.branches.size();
    std::vector<float> alone;
    for (size_t b = 0; b < count; ++b) {
      const std::vector<float> out = Attend(tree, b, b + 1, 1).out;
      alone.insert(alone.end(), out.begin(), out.end());
    }
    for (const int threads : {1, 2, 3, 16})
      EXPECT_THAT(Attend(tree, 0, count, threads).out, ElementsAreArray(alone)) << threads << " threads";
    const auto levels = AtEachLevel([&] { return Attend(tree, 0, count, 2).out; });
    for (const std::vector<float>& out : levels) EXPECT_THAT(out, ElementsAreArray(alone));

    const Outcome shared = Attend(tree, 0, count, 1);
    const Outcome apart = Attend(tree, 0, count, 1, false);
    EXPECT_THAT(apart.out, ElementsAreArray(alone));
    EXPECT_EQ(apart.traffic.read, apart.traffic.alone);
    EXPECT_EQ(shared.traffic.alone, apart.traffic.read);
    EXPECT_LE(shared.traffic.read, apart.traffic.read);
  }
}

INSTANTIATE_TEST_SUITE_P(Trees, AttentionTreeTest,
                         testing::Values(TreeCase{{3, 1, 16, 0.25f}, 16, KvType::kF32},
                                         TreeCase{{14, 2, 8, 0.25f}, 8, KvType::kF16},
                                         TreeCase{{4, 2, 24, 0.25f}, 24, KvType::kInt8},
                                         TreeCase{{4, 4, 16, 0.25f}, 64, KvType::kBF16},
                                         TreeCase{{6, 2, 16, 0.25f}, 128, KvType::kF32},
                                         TreeCase{{3, 1, 16, 0.25f}, 8, KvType::kInt8, 37},
                                         TreeCase{{4, 1, 8, 0.25f}, 16, KvType::kF16, 100}));

// A prompt of three chunks, two branches of 40 and 80 tokens behind it, pages of 16.
struct Fork {
  std::vector<PageId> left = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  std::vector<PageId> right = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 22, 23, 24};
  AttentionShape shape{4, 1, 8, 1.0f};

  std::vector<SequenceSpan> Sequences(int64_t left_length, int64_t right_length) const {
    return {{left.data(), left_length - 1, 0, 1}, {right.data(), right_length - 1, 1, 1}};
  }
};

TEST(PagedAttention, ReadsWhatIsSharedOnce) {
  const Fork fork;
  KvPages kv{.type = KvType::kF32, .kv_heads = 1, .head_dim = 8, .page_size = 16};
  kv.page_stride = kv.layer_bytes();
  std::vector<std::byte> memory(25 * kv.page_stride);
  kv.data = memory.data();
  ThreadPool pool(1);
  PagedAttention attention(fork.shape, 1);
  const std::vector<float> queries(2 * 4 * 8, 1.0f);
  std::vector<float> out(queries.size());
  attention.Plan(fork.Sequences(192 + 40, 192 + 80), 16);
  attention.Run(kv, queries.data(), out.data(), pool);
  const int64_t position_bytes = 2 * 8 * sizeof(float);
  EXPECT_EQ(attention.traffic().read, (192 + 40 + 80) * position_bytes);
  EXPECT_EQ(attention.traffic().alone, (2 * 192 + 40 + 80) * position_bytes);
}

TEST(PagedAttention, KeepsTheTreeWhileBranchesGrow) {
  Fork fork;
  PagedAttention attention(fork.shape, 1);
  attention.Plan(fork.Sequences(200, 200), 16);
  EXPECT_EQ(attention.tree_rebuilds(), 1);
  attention.Plan(fork.Sequences(201, 201), 16);
  attention.Plan(fork.Sequences(230, 250), 16);
  EXPECT_EQ(attention.tree_rebuilds(), 1);
  fork.right[3] = 30;  // another branch in the same place
  attention.Plan(fork.Sequences(231, 251), 16);
  EXPECT_EQ(attention.tree_rebuilds(), 2);
  std::vector<SequenceSpan> one = fork.Sequences(231, 251);
  one.pop_back();
  attention.Plan(one, 16);
  EXPECT_EQ(attention.tree_rebuilds(), 3);
  one[0].position = 100;  // taken back
  attention.Plan(one, 16);
  EXPECT_EQ(attention.tree_rebuilds(), 4);
}

// Rows of a step in which each sequence decodes one token at position 4095.
AttentionTasks Divide(const std::vector<std::vector<PageId>>& pages, int64_t threads, int64_t window) {
  std::vector<SequenceSpan> sequences;
  for (const std::vector<PageId>& list : pages)
    sequences.push_back({list.data(), 4095, static_cast<int64_t>(sequences.size()), 1});
  PrefixTree tree;
  tree.Update(sequences, 64);
  std::vector<AttentionRow> rows;
  for (size_t i = 0; i < sequences.size(); ++i)
    rows.push_back(
        {static_cast<int64_t>(i), sequences[tree.order()[i]].pages, static_cast<int64_t>(i), 4095});
  AttentionTasks tasks;
  DivideRows(rows, tree, {.group = 3, .kv_heads = 1, .threads = threads, .window = window}, tasks);
  return tasks;
}

TEST(AttentionPlan, DividesALongBranchByChunksAndManyByRows) {
  std::vector<PageId> list(64);
  for (PageId i = 0; i < 64; ++i) list[i] = i;
  const AttentionTasks one = Divide({list}, 2, 0);
  ASSERT_EQ(one.splits.size(), 1u);
  EXPECT_EQ(one.states, 64 * 3);
  int64_t chunk = 0;
  for (const AttentionTask& task : one.tasks) {
    EXPECT_EQ(task.first_chunk, chunk);
    EXPECT_EQ(task.split, 0);
    chunk = task.end_chunk;
  }
  EXPECT_EQ(chunk, 64);
  EXPECT_GE(one.tasks.size(), 4u);

  EXPECT_TRUE(Divide({list}, 1, 0).splits.empty()) << "one thread has no use for it";
  EXPECT_TRUE(Divide({list}, 2, 64).splits.empty()) << "two chunks are no work";

  const AttentionTasks many = Divide(std::vector(128, list), 2, 0);
  EXPECT_TRUE(many.splits.empty());
  int64_t row = 0;
  for (const AttentionTask& task : many.tasks) {
    EXPECT_EQ(task.first_row, row);
    EXPECT_LE(task.rows * 3, kTaskVectors);
    row += task.rows;
  }
  EXPECT_EQ(row, 128);
  EXPECT_GE(many.tasks.size(), 4u);
}

TEST(PagedAttention, HasTheSameBitsDividedByChunks) {
  const KvPages layout{.type = KvType::kF16, .kv_heads = 1, .head_dim = 16, .page_size = 16};
  const Tree tree(7, {6, 1, 16, 0.25f}, layout, 4, 3000);
  for (size_t b = 0; b < tree.branches.size(); ++b) {
    const std::vector<float> whole = Attend(tree, b, b + 1, 1).out;
    for (const int threads : {2, 3, 8})
      EXPECT_THAT(Attend(tree, b, b + 1, threads).out, ElementsAreArray(whole));
  }
}

}  // namespace
}  // namespace espalier
