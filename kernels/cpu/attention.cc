#include "kernels/attention.h"

#include <vector>

#include "base/check.h"
#include "kernels/cpu/attention_plan.h"
#include "kernels/cpu/attention_worker.h"
#include "kernels/transformer.h"

namespace espalier {

struct PagedAttention::State {
  struct WindowTasks {
    int64_t window;
    AttentionTasks tasks;
  };

  // The tasks of this step for one window, made when first asked for.
  const AttentionTasks& TasksOf(const AttentionWork& work);

  PrefixTree tree;
  int64_t page_size = 0;
  std::vector<AttentionRow> rows;  // of the step, in the tree's order
  std::vector<WindowTasks> tasks;  // the first `made` are of this step
  size_t made = 0;
  std::vector<AttentionWorker> workers;
  // Of split tasks, see AttentionCall.
  std::vector<SoftmaxState> split_states;
  AlignedBuffer<float> split_values;
};

const AttentionTasks& PagedAttention::State::TasksOf(const AttentionWork& work) {
  for (size_t i = 0; i < made; ++i) {
    if (tasks[i].window == work.window) return tasks[i].tasks;
  }
  if (made == tasks.size()) tasks.emplace_back();
  WindowTasks& next = tasks[made++];
  next.window = work.window;
  DivideRows(rows, tree, work, next.tasks);
  return next.tasks;
}

PagedAttention::PagedAttention(const AttentionShape& shape, int threads)
    : shape_(shape), state_(std::make_unique<State>()) {
  ESPALIER_CHECK(shape.heads % shape.kv_heads == 0 && shape.head_dim % kLanes == 0, shape.heads, " heads, ",
                 shape.kv_heads, " KV heads of ", shape.head_dim);
  for (int i = 0; i < threads; ++i) state_->workers.emplace_back(shape);
}

PagedAttention::~PagedAttention() = default;

void PagedAttention::Plan(std::span<const SequenceSpan> sequences, int64_t page_size) {
  ESPALIER_CHECK(page_size > 0 && page_size % kLanes == 0, page_size);
  state_->page_size = page_size;
  state_->tree.Update(sequences, page_size);
  state_->rows.clear();
  state_->made = 0;
  const std::vector<int32_t>& order = state_->tree.order();
  for (size_t place = 0; place < order.size(); ++place) {
    const SequenceSpan& sequence = sequences[order[place]];
    for (int64_t t = 0; t < sequence.tokens; ++t) {
      state_->rows.push_back({.place = static_cast<int64_t>(place),
                              .pages = sequence.pages,
                              .token = sequence.first_token + t,
                              .position = sequence.position + t});
    }
  }
}

void PagedAttention::Run(const KvPages& kv, const float* queries, float* out, ThreadPool& pool) {
  State& state = *state_;
  ESPALIER_CHECK(kv.kv_heads == shape_.kv_heads && kv.head_dim == shape_.head_dim, kv.kv_heads);
  ESPALIER_CHECK(kv.page_size == state.page_size, kv.page_size, " planned ", state.page_size);
  ESPALIER_CHECK(pool.threads() <= static_cast<int>(state.workers.size()), pool.threads());
  const int64_t kv_heads = kv.kv_heads;
  const AttentionTasks& tasks = state.TasksOf({.group = shape_.heads / kv_heads,
                                               .kv_heads = kv_heads,
                                               .threads = pool.threads(),
                                               .window = kv.window});
  const auto split_states = static_cast<size_t>(tasks.states * kv_heads);
  if (state.split_states.size() < split_states) state.split_states.resize(split_states);
  state.split_values.Reserve(tasks.states * kv_heads * kv.head_dim);
  const AttentionCall call = {.kv = kv,
                              .queries = queries,
                              .out = out,
                              .shape = shape_,
                              .rows = state.rows,
                              .tree = state.tree,
                              .sharing = sharing_,
                              .split_states = state.split_states.data(),
                              .split_values = state.split_values.data(),
                              .states = tasks.states};
  pool.ParallelFor(static_cast<int64_t>(tasks.tasks.size()) * kv_heads, [&](int64_t i, int thread) {
    const AttentionTask& task = tasks.tasks[i / kv_heads];
    const AttentionSplit* split = task.split < 0 ? nullptr : &tasks.splits[task.split];
    state.workers[thread].RunTask(call, task, split, i % kv_heads);
  });
  pool.ParallelFor(static_cast<int64_t>(tasks.splits.size()) * kv_heads, [&](int64_t i, int thread) {
    state.workers[thread].Merge(call, tasks.splits[i / kv_heads], i % kv_heads);
  });
  traffic_ = {};
  for (const AttentionWorker& worker : state.workers) {
    traffic_.read += worker.traffic().read;
    traffic_.alone += worker.traffic().alone;
  }
}

int64_t PagedAttention::tree_rebuilds() const { return state_->tree.rebuilds(); }

}  // namespace espalier
