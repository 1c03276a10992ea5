// What one thread does for PagedAttention: tasks of a plan, and the merges of tasks that were split.
#ifndef ESPALIER_KERNELS_CPU_ATTENTION_WORKER_H_
#define ESPALIER_KERNELS_CPU_ATTENTION_WORKER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned_buffer.h"
#include "kernels/attention.h"
#include "kernels/cpu/attention_kernels.h"
#include "kernels/cpu/attention_plan.h"
#include "kernels/cpu/kv_pages.h"

namespace espalier {

// What a call of PagedAttention::Run works on.
struct AttentionCall {
  const KvPages& kv;
  const float* queries;
  float* out;
  const AttentionShape& shape;
  std::span<const AttentionRow> rows;  // of the step
  const PrefixTree& tree;
  bool sharing;
  // Of split tasks: [kv_heads][states], and [head_dim] of values for each.
  SoftmaxState* split_states;
  float* split_values;
  int64_t states;

  int64_t group() const { return shape.heads / shape.kv_heads; }

  // Where the queries and the results of a row begin under a KV head: [group][head_dim].
  int64_t Offset(const AttentionRow& row, int64_t kv_head) const {
    return (row.token * shape.heads + kv_head * group()) * shape.head_dim;
  }
  // Index in split_states of the first query vector of a row, counted from split.first_row, and a chunk.
  int64_t SplitState(const AttentionSplit& split, int64_t kv_head, int64_t chunk, int64_t row) const {
    return kv_head * states + split.first_state + ((chunk - split.first_chunk) * split.rows + row) * group();
  }
};

class AttentionWorker {
 public:
  explicit AttentionWorker(const AttentionShape& shape);

  // `split`: of task.split, null if the task has none.
  void RunTask(const AttentionCall& call, const AttentionTask& task, const AttentionSplit* split,
               int64_t kv_head);
  // Once all tasks of the split are done.
  void Merge(const AttentionCall& call, const AttentionSplit& split, int64_t kv_head);

  // Of all calls so far.
  const AttentionTraffic& traffic() const { return traffic_; }

 private:
  // The task in hand.
  struct Current {
    const AttentionCall* call;
    const AttentionSplit* split;
    std::span<const AttentionRow> rows;
    int64_t kv_head;
    int64_t chunk;
  };

  // Rows of the task that share all chunks before `first_chunk`.
  struct Part {
    size_t first_row, end_row;
    int64_t first_chunk;
  };

  // Rows of the task that read one and the same chunk.
  struct Stretch {
    std::vector<int64_t> rows;  // of the task
    int64_t sequences = 0;
    PositionRange range = {};  // as far as the furthest row reads
  };

  void Walk(Current& current, int64_t end_chunk);
  int64_t SharedChunks(const Current& current, size_t r) const;
  void TakeChunk(const Current& current, const Part& part);
  void TakeStretch(const Current& current);
  void AddTerm(const Current& current, int64_t row, int64_t head, int64_t count);
  void Begin(int64_t vectors);
  void Finish(const AttentionCall& call, std::span<const AttentionRow> rows, int64_t kv_head);

  AlignedBuffer<float> tile_memory_;
  AttentionTile tile_;
  // Of the task's query vectors:
  AlignedBuffer<float> queries_;      // [vectors][head_dim], scaled
  AlignedBuffer<float> values_;       // [vectors][head_dim]
  std::vector<SoftmaxState> states_;  // [vectors]
  // Of the query vectors that meet a chunk together:
  std::vector<ChunkTerm> terms_;
  std::vector<SoftmaxState> term_states_;
  AlignedBuffer<float> term_values_;
  std::vector<Part> parts_;  // still to walk, the next one last
  Stretch stretch_;
  AttentionTraffic traffic_;
};

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_ATTENTION_WORKER_H_
