// What is computed together: the prefix tree of a step's sequences, and its division into tasks.
//
// The tree is an order of the sequences in which those that begin with the same pages are neighbours, and for
// each sequence the number of chunks that it shares with the one before. Chunk j of the sequences a..b of
// that order is one and the same exactly if each of a+1..b shares more than j chunks with its predecessor. So
// a tree of any shape needs no nodes: a task walks its rows depth first and takes neighbours together while
// they share.
#ifndef ESPALIER_KERNELS_CPU_ATTENTION_PLAN_H_
#define ESPALIER_KERNELS_CPU_ATTENTION_PLAN_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "kernels/attention.h"

namespace espalier {

class PrefixTree {
 public:
  // Takes the sequences of a step. Keeps the tree if they are as many as before and every page list goes on
  // where it was when the tree was built: sharing found then holds for whole chunks, and pages that a
  // sequence gets later are its own.
  void Update(std::span<const SequenceSpan> sequences, int64_t page_size);

  // Indices of the sequences.
  const std::vector<int32_t>& order() const { return order_; }
  // Whole leading chunks that sequence order()[i] shares with order()[i - 1].
  int64_t shared_chunks(int64_t i) const { return shared_chunks_[i]; }

  int64_t rebuilds() const { return rebuilds_; }

 private:
  bool Holds(std::span<const SequenceSpan> sequences, int64_t page_size) const;
  std::span<const PageId> PagesOf(int32_t sequence) const;

  int64_t page_size_ = 0;
  std::vector<PageId> pages_;   // of all sequences when the tree was built
  std::vector<size_t> begins_;  // of each sequence in pages_, and the end
  std::vector<int32_t> order_;
  std::vector<int64_t> shared_chunks_;
  int64_t rebuilds_ = 0;
};

// One token of the step.
struct AttentionRow {
  int64_t place;  // of its sequence in the tree's order
  const PageId* pages;
  int64_t token;  // row of the step's matrices
  int64_t position;
};

// Some rows, some chunks, any KV head.
struct AttentionTask {
  int64_t first_row, rows;
  int64_t first_chunk, end_chunk;
  int64_t split =
      -1;  // index of the AttentionSplit that it is a part of; -1: these are all chunks of the rows
};

// Rows whose chunks are divided over several tasks. These leave the state of every query vector and chunk, to
// be merged in the order of chunks: of chunk c and vector v of the rows at index
// first_state + (c - first_chunk) * vectors + v, for each KV head.
struct AttentionSplit {
  int64_t first_row, rows;
  int64_t first_chunk, end_chunk;
  int64_t first_state;
};

// What rows are divided for.
struct AttentionWork {
  int64_t group;     // query heads of a KV head
  int64_t kv_heads;  // each task is computed once for every KV head
  int64_t threads;
  int64_t window;  // as in KvPages
};

struct AttentionTasks {
  std::vector<AttentionTask> tasks;
  std::vector<AttentionSplit> splits;
  int64_t states = 0;  // of all splits and one KV head
};

// First position that a query at `position` reads.
int64_t FirstRead(int64_t position, int64_t window);

// The most query vectors of a task; a row has `group` of them and is not divided.
inline constexpr int64_t kTaskVectors = 128;

// Divides the rows, which are in the tree's order, so that all threads have work.
void DivideRows(std::span<const AttentionRow> rows, const PrefixTree& tree, const AttentionWork& work,
                AttentionTasks& result);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_ATTENTION_PLAN_H_
