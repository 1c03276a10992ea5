#include "kernels/cpu/attention_worker.h"

#include <algorithm>
#include <limits>

namespace espalier {
namespace {

// Query vectors whose values of one chunk are computed before they are merged: these stay in the cache.
constexpr int64_t kTermBlock = 24;

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
  for (; current.chunk < task.end_chunk; ++current.chunk) TakeChunk(current);
  if (split == nullptr) Finish(call, current.rows, kv_head);
}

// Neighbours that share the chunk make a stretch.
void AttentionWorker::TakeChunk(const Current& current) {
  const AttentionCall& call = *current.call;
  const int64_t chunk_begin = current.chunk * kAttentionChunk;
  bool shared = true;  // by all rows since the stretch began
  stretch_.rows.clear();
  for (size_t r = 0; r < current.rows.size(); ++r) {
    const AttentionRow& row = current.rows[r];
    if (r > 0 && row.place != current.rows[r - 1].place)
      shared = shared && call.sharing && current.chunk < call.tree.shared_chunks(row.place);
    if (row.position < chunk_begin ||
        FirstRead(row.position, call.kv.window) >= chunk_begin + kAttentionChunk)
      continue;
    if (!shared && !stretch_.rows.empty()) TakeStretch(current);
    const int64_t end = std::min(chunk_begin + kAttentionChunk, row.position + 1);
    if (stretch_.rows.empty()) {
      stretch_.sequences = 0;
      stretch_.last_place = -1;
      stretch_.range.known_end = 0;
      shared = true;
    }
    if (row.position + 1 > stretch_.range.known_end)
      stretch_.range = {.pages = row.pages, .begin = chunk_begin, .end = end, .known_end = row.position + 1};
    if (row.place != stretch_.last_place) ++stretch_.sequences;
    stretch_.last_place = row.place;
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
  stretch_.rows.clear();
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
    const int64_t chunk_begin = current.chunk * kAttentionChunk;
    int64_t count = 0;
    for (int64_t row = 0; row < split.rows; ++row) {
      const int64_t position = current.rows[row].position;
      if (position < chunk_begin || FirstRead(position, call.kv.window) >= chunk_begin + kAttentionChunk)
        continue;
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
