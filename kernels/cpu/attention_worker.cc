#include "kernels/cpu/attention_worker.h"

#include <algorithm>
#include <limits>

namespace espalier {
namespace {

// Query vectors whose values of one chunk are computed before they are merged: these stay in the cache.
constexpr int64_t kTermBlock = 24;

bool Reads(const AttentionRow& row, int64_t chunk, int64_t window) {
  return row.position >= chunk * kAttentionChunk &&
         FirstRead(row.position, window) < (chunk + 1) * kAttentionChunk;
}

constexpr SoftmaxState kNothingRead = {-std::numeric_limits<float>::infinity(), 0.0f};

}  // namespace

AttentionWorker::AttentionWorker(const AttentionShape& shape)
    : tile_memory_(2 * kAttentionChunk * shape.head_dim),
      tile_{.keys = tile_memory_.data(),
            .values = tile_memory_.data() + kAttentionChunk * shape.head_dim,
            .head_dim = shape.head_dim},
      terms_(kTermBlock),
      term_states_(kTermBlock),
      term_values_(kTermBlock * shape.head_dim) {
  const int64_t vectors = std::max<int64_t>(kTaskVectors, shape.heads / shape.kv_heads);
  queries_.Reserve(vectors * shape.head_dim);
  values_.Reserve(vectors * shape.head_dim);
  states_.resize(vectors);
  std::fill_n(tile_memory_.data(), 2 * kAttentionChunk * shape.head_dim, 0.0f);
}

void AttentionWorker::RunTask(const AttentionCall& call, const AttentionTask& task,
                              const AttentionSplit* split, int64_t kv_head) {
  Current current = {.call = &call,
                     .split = split,
                     .rows = call.rows.subspan(task.first_row, task.rows),
                     .kv_head = kv_head,
                     .chunk = task.first_chunk};
  const int64_t row_floats = call.group() * call.shape.head_dim;
  for (int64_t r = 0; r < task.rows; ++r) {
    const float* query = call.queries + call.Offset(current.rows[r], kv_head);
    float* scaled = queries_.data() + r * row_floats;
    for (int64_t i = 0; i < row_floats; ++i) scaled[i] = query[i] * call.shape.scale;
  }
  if (split == nullptr) Begin(static_cast<int64_t>(current.rows.size()) * call.group());
  Walk(current, task.end_chunk);
  if (split == nullptr) Finish(call, current.rows, kv_head);
}

// Depth first: what all rows share, then each of the parts into which they fall, so that pages are read in
// the order of their lists. Every row meets its chunks in order.
void AttentionWorker::Walk(Current& current, int64_t end_chunk) {
  parts_.assign(1, {.first_row = 0, .end_row = current.rows.size(), .first_chunk = current.chunk});
  while (!parts_.empty()) {
    const Part part = parts_.back();
    parts_.pop_back();
    int64_t fork = end_chunk;
    for (size_t r = part.first_row + 1; r < part.end_row; ++r)
      fork = std::min(fork, SharedChunks(current, r));
    fork = std::max(fork, part.first_chunk);
    for (current.chunk = part.first_chunk; current.chunk < fork; ++current.chunk) TakeChunk(current, part);
    if (fork == end_chunk) continue;
    size_t end = part.end_row;
    for (size_t r = part.end_row - 1; r > part.first_row; --r) {
      if (SharedChunks(current, r) > fork) continue;
      parts_.push_back({.first_row = r, .end_row = end, .first_chunk = fork});
      end = r;
    }
    parts_.push_back({.first_row = part.first_row, .end_row = end, .first_chunk = fork});
  }
}

// Leading chunks that row r of the task shares with the row before.
int64_t AttentionWorker::SharedChunks(const Current& current, size_t r) const {
  const int64_t place = current.rows[r].place;
  if (place == current.rows[r - 1].place) return std::numeric_limits<int64_t>::max();
  return current.call->sharing ? current.call->tree.shared_chunks(place) : 0;
}

// Lets the rows of a part that shares the chunk meet it.
void AttentionWorker::TakeChunk(const Current& current, const Part& part) {
  const int64_t chunk_begin = current.chunk * kAttentionChunk;
  const int64_t chunk_end = chunk_begin + kAttentionChunk;
  stretch_.rows.clear();
  stretch_.sequences = 0;
  stretch_.range = {.pages = nullptr, .begin = chunk_begin, .end = chunk_begin, .known_end = 0};
  int64_t last_place = -1;
  for (size_t r = part.first_row; r < part.end_row; ++r) {
    const AttentionRow& row = current.rows[r];
    if (!Reads(row, current.chunk, current.call->kv.window)) continue;
    if (row.position >= stretch_.range.known_end) {
      stretch_.range.pages = row.pages;
      stretch_.range.end = std::min(chunk_end, row.position + 1);
      stretch_.range.known_end = row.position + 1;
    }
    if (row.place != last_place) ++stretch_.sequences;
    last_place = row.place;
    stretch_.rows.push_back(static_cast<int64_t>(r));
  }
  if (!stretch_.rows.empty()) TakeStretch(current);
}

void AttentionWorker::TakeStretch(const Current& current) {
  const AttentionCall& call = *current.call;
  const AttentionKernels& kernels = ActiveAttentionKernels();
  GatherPositions(call.kv, current.kv_head, stretch_.range, tile_);
  const int64_t bytes = (stretch_.range.end - stretch_.range.begin) * call.kv.position_bytes();
  traffic_.read += bytes;
  traffic_.alone += bytes * stretch_.sequences;

  int64_t count = 0;
  const auto flush = [&] {
    kernels.attend(tile_, terms_.data(), count);
    if (current.split == nullptr) kernels.merge(terms_.data(), count, tile_.head_dim);
    count = 0;
  };
  for (const int64_t row : stretch_.rows) {
    for (int64_t head = 0; head < call.group(); ++head) {
      AddTerm(current, row, head, count);
      if (++count == kTermBlock) flush();
    }
  }
  if (count > 0) flush();
}

void AttentionWorker::AddTerm(const Current& current, int64_t row, int64_t head, int64_t count) {
  const AttentionCall& call = *current.call;
  const int64_t chunk_begin = current.chunk * kAttentionChunk;
  const int64_t position = current.rows[row].position;
  const int64_t vector = row * call.group() + head;
  ChunkTerm& term = terms_[count];
  term = {.query = queries_.data() + vector * tile_.head_dim,
          .first = std::max<int64_t>(0, FirstRead(position, call.kv.window) - chunk_begin),
          .end = std::min(kAttentionChunk, position + 1 - chunk_begin),
          .chunk_state = &term_states_[count],
          .chunk_values = term_values_.data() + count * tile_.head_dim,
          .state = &states_[vector],
          .values = values_.data() + vector * tile_.head_dim};
  if (current.split != nullptr) {
    const int64_t index = call.SplitState(*current.split, current.kv_head, current.chunk, row) + head;
    term.chunk_state = call.split_states + index;
    term.chunk_values = call.split_values + index * tile_.head_dim;
  }
}

void AttentionWorker::Merge(const AttentionCall& call, const AttentionSplit& split, int64_t kv_head) {
  const AttentionKernels& kernels = ActiveAttentionKernels();
  Current current = {.call = &call,
                     .split = &split,
                     .rows = call.rows.subspan(split.first_row, split.rows),
                     .kv_head = kv_head,
                     .chunk = split.first_chunk};
  Begin(static_cast<int64_t>(current.rows.size()) * call.group());
  for (; current.chunk < split.end_chunk; ++current.chunk) {
    int64_t count = 0;
    for (int64_t row = 0; row < split.rows; ++row) {
      if (!Reads(current.rows[row], current.chunk, call.kv.window)) continue;
      for (int64_t head = 0; head < call.group(); ++head) {
        AddTerm(current, row, head, count);
        if (++count == kTermBlock) {
          kernels.merge(terms_.data(), count, tile_.head_dim);
          count = 0;
        }
      }
    }
    kernels.merge(terms_.data(), count, tile_.head_dim);
  }
  Finish(call, current.rows, kv_head);
}

void AttentionWorker::Begin(int64_t vectors) {
  std::fill_n(values_.data(), vectors * tile_.head_dim, 0.0f);
  std::fill_n(states_.begin(), vectors, kNothingRead);
}

void AttentionWorker::Finish(const AttentionCall& call, std::span<const AttentionRow> rows, int64_t kv_head) {
  const AttentionKernels& kernels = ActiveAttentionKernels();
  int64_t vector = 0;
  for (const AttentionRow& row : rows) {
    float* out = call.out + call.Offset(row, kv_head);
    for (int64_t head = 0; head < call.group(); ++head, ++vector, out += tile_.head_dim)
      kernels.divide(values_.data() + vector * tile_.head_dim, states_[vector].sum, tile_.head_dim, out);
  }
}

}  // namespace espalier
