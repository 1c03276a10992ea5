#include "kernels/transformer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "kernels/cpu/row_kernels.h"

namespace espalier {
namespace {

// Tokens per task of the row-wise kernels: one task of a few microseconds.
constexpr int64_t kTokensPerTask = 8;

// Calls body(t) for each token, several to a task.
template <typename Body>
void ForEachToken(int64_t tokens, ThreadPool& pool, const Body& body) {
  const int64_t tasks = (tokens + kTokensPerTask - 1) / kTokensPerTask;
  pool.ParallelFor(tasks, [&](int64_t task, int) {
    const int64_t end = std::min(tokens, (task + 1) * kTokensPerTask);
    for (int64_t t = task * kTokensPerTask; t < end; ++t) body(t);
  });
}

int64_t ElementBytes(TensorType type) { return type == TensorType::kF32 ? 4 : 2; }

// Where the keys of `kv_head` begin in `page`; its values follow.
std::byte* HeadData(const KvPages& kv, PageId page, int64_t kv_head) {
  const int64_t head_bytes = 2 * int64_t{kv.head_dim} * kv.page_size * ElementBytes(kv.type);
  return kv.data + page * kv.page_stride + kv_head * head_bytes;
}

template <typename Element>
void WriteHead(const KvPages& kv, std::byte* head, int64_t slot, const float* key, const float* value) {
  auto* keys = reinterpret_cast<Element*>(head) + slot;
  auto* values = reinterpret_cast<Element*>(head) + int64_t{kv.head_dim} * kv.page_size + slot * kv.head_dim;
  if constexpr (std::is_same_v<Element, float>) {
    for (int64_t d = 0; d < kv.head_dim; ++d) keys[d * kv.page_size] = key[d];
    std::memcpy(values, value, sizeof(float) * kv.head_dim);
  } else {
    ActiveRowKernels().scatter_half(key, kv.head_dim, keys, kv.page_size);
    ActiveRowKernels().scatter_half(value, kv.head_dim, values, 1);
  }
}

// Reads `slots` slots of a page, rounded up to whole vectors, into the tile's positions from `column` on.
template <typename Element>
void GatherSlots(const KvPages& kv, const std::byte* head, int64_t slot, int64_t slots, int64_t column,
                 const AttentionTile& tile) {
  const auto* keys = reinterpret_cast<const Element*>(head) + slot;
  const auto* values =
      reinterpret_cast<const Element*>(head) + int64_t{kv.head_dim} * kv.page_size + slot * kv.head_dim;
  const int64_t rounded = (slots + kLanes - 1) / kLanes * kLanes;
  float* key_tile = tile.keys + column;
  float* value_tile = tile.values + column * kv.head_dim;
  const RowKernels& kernels = ActiveRowKernels();
  if constexpr (std::is_same_v<Element, float>) {
    kernels.gather_float(keys, kv.page_size, kv.head_dim, rounded, key_tile, kAttentionChunk);
    kernels.gather_float(values, kv.head_dim, slots, kv.head_dim, value_tile, kv.head_dim);
  } else {
    kernels.gather_half(keys, kv.page_size, kv.head_dim, rounded, key_tile, kAttentionChunk);
    kernels.gather_half(values, kv.head_dim, slots, kv.head_dim, value_tile, kv.head_dim);
  }
}

// Fills the tile with positions [begin, end) of one chunk.
void GatherChunk(const KvPages& kv, const PageId* pages, int64_t kv_head, int64_t begin, int64_t end,
                 const AttentionTile& tile) {
  for (int64_t position = begin; position < end;) {
    const int64_t slot = position % kv.page_size;
    const int64_t slots = std::min(kv.page_size - slot, end - position);
    const std::byte* head = HeadData(kv, pages[position / kv.page_size], kv_head);
    if (kv.type == TensorType::kF32) {
      GatherSlots<float>(kv, head, slot, slots, position - begin, tile);
    } else {
      GatherSlots<uint16_t>(kv, head, slot, slots, position - begin, tile);
    }
    position += slots;
  }
}

}  // namespace

void RmsNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> y,
             ThreadPool& pool) {
  const auto columns = static_cast<int64_t>(weight.size());
  ESPALIER_CHECK(columns % kLanes == 0 && x.size() % weight.size() == 0 && y.size() >= x.size(), columns);
  const RowKernels& kernels = ActiveRowKernels();
  ForEachToken(x.size() / weight.size(), pool, [&](int64_t t) {
    kernels.rms_norm(x.data() + t * columns, weight.data(), epsilon, columns, y.data() + t * columns);
  });
}

void SwiGlu(std::span<const float> gate, std::span<const float> up, int64_t columns, std::span<float> out,
            ThreadPool& pool) {
  ESPALIER_CHECK(columns % kLanes == 0 && gate.size() == up.size() && out.size() >= up.size(), columns);
  const RowKernels& kernels = ActiveRowKernels();
  ForEachToken(gate.size() / columns, pool, [&](int64_t t) {
    kernels.swiglu(gate.data() + t * columns, up.data() + t * columns, columns, out.data() + t * columns);
  });
}

void GeGlu(std::span<const float> gate, std::span<const float> up, int64_t columns, std::span<float> out,
           ThreadPool& pool) {
  ESPALIER_CHECK(columns % kLanes == 0 && gate.size() == up.size() && out.size() >= up.size(), columns);
  const RowKernels& kernels = ActiveRowKernels();
  ForEachToken(gate.size() / columns, pool, [&](int64_t t) {
    kernels.geglu(gate.data() + t * columns, up.data() + t * columns, columns, out.data() + t * columns);
  });
}

void AddTo(std::span<const float> x, std::span<float> y, ThreadPool& pool) {
  ESPALIER_CHECK(x.size() == y.size(), x.size(), " to ", y.size());
  constexpr int64_t kElementsPerTask = 16384;
  const auto count = static_cast<int64_t>(x.size());
  pool.ParallelFor((count + kElementsPerTask - 1) / kElementsPerTask, [&](int64_t task, int) {
    const int64_t end = std::min(count, (task + 1) * kElementsPerTask);
    for (int64_t i = task * kElementsPerTask; i < end; ++i) y[i] += x[i];
  });
}

Rope::Rope(std::vector<double> frequencies, double magnitude)
    : frequencies_(std::move(frequencies)), magnitude_(magnitude) {
  ESPALIER_CHECK(!frequencies_.empty());
}

void Rope::Angles(std::span<const int64_t> positions, std::span<float> angles, ThreadPool& pool) const {
  const auto pairs = static_cast<int64_t>(frequencies_.size());
  ForEachToken(positions.size(), pool, [&](int64_t t) {
    float* cosines = angles.data() + t * 2 * pairs;
    for (int64_t i = 0; i < pairs; ++i) {
      const double angle = static_cast<double>(positions[t]) * frequencies_[i];
      cosines[i] = static_cast<float>(magnitude_ * std::cos(angle));
      cosines[pairs + i] = static_cast<float>(magnitude_ * std::sin(angle));
    }
  });
}

void Rope::Apply(std::span<const float> angles, int64_t heads, std::span<float> x, ThreadPool& pool) const {
  const int64_t head_dim = angles_per_token();
  const RowKernels& kernels = ActiveRowKernels();
  ForEachToken(x.size() / (heads * head_dim), pool, [&](int64_t t) {
    for (int64_t h = 0; h < heads; ++h) {
      kernels.rope(angles.data() + t * head_dim, head_dim, x.data() + (t * heads + h) * head_dim);
    }
  });
}

int64_t KvPages::layer_bytes() const {
  return 2 * int64_t{kv_heads} * head_dim * page_size * ElementBytes(type);
}

void WriteKv(const KvPages& kv, std::span<const SequenceSpan> sequences, const float* keys,
             const float* values, ThreadPool& pool) {
  const int64_t row = int64_t{kv.kv_heads} * kv.head_dim;
  pool.ParallelFor(sequences.size(), [&](int64_t s, int) {
    const SequenceSpan& sequence = sequences[s];
    for (int64_t i = 0; i < sequence.tokens; ++i) {
      const int64_t position = sequence.position + i;
      const int64_t slot = position % kv.page_size;
      for (int64_t h = 0; h < kv.kv_heads; ++h) {
        std::byte* head = HeadData(kv, sequence.pages[position / kv.page_size], h);
        const int64_t offset = (sequence.first_token + i) * row + h * kv.head_dim;
        if (kv.type == TensorType::kF32) {
          WriteHead<float>(kv, head, slot, keys + offset, values + offset);
        } else {
          WriteHead<uint16_t>(kv, head, slot, keys + offset, values + offset);
        }
      }
    }
  });
}

// Tokens of one task: enough to share the gathering of a chunk, few enough to balance threads.
constexpr int64_t kBlockTokens = 16;

struct PagedAttention::Scratch {
  std::vector<float> tile;             // AttentionTile's four parts
  std::vector<float> queries;          // [kBlockTokens][group][head_dim], scaled
  std::vector<float> accumulators;     // likewise
  std::vector<AttentionState> states;  // [kBlockTokens][group]
};

PagedAttention::PagedAttention(const AttentionShape& shape, int threads)
    : heads_(shape.heads), scale_(shape.scale), group_(shape.heads / shape.kv_heads), scratch_(threads) {
  ESPALIER_CHECK(shape.heads % shape.kv_heads == 0 && shape.head_dim % kLanes == 0, shape.heads, " heads, ",
                 shape.kv_heads, " KV heads of ", shape.head_dim);
  for (Scratch& scratch : scratch_) {
    scratch.tile.resize((2 * kAttentionChunk + 1) * shape.head_dim + kAttentionChunk);
    scratch.queries.resize(kBlockTokens * group_ * shape.head_dim);
    scratch.accumulators.resize(kBlockTokens * group_ * shape.head_dim);
    scratch.states.resize(kBlockTokens * group_);
  }
}

PagedAttention::~PagedAttention() = default;

void PagedAttention::Run(const KvPages& kv, std::span<const SequenceSpan> sequences, const float* queries,
                         float* out, ThreadPool& pool) {
  ESPALIER_CHECK(kv.kv_heads * group_ == heads_ && kv.page_size % kLanes == 0, kv.page_size);
  blocks_.clear();
  for (const SequenceSpan& sequence : sequences) {
    for (int64_t first = 0; first < sequence.tokens; first += kBlockTokens) {
      const int64_t tokens = std::min(kBlockTokens, sequence.tokens - first);
      for (int64_t h = 0; h < kv.kv_heads; ++h) blocks_.push_back({&sequence, first, tokens, h});
    }
  }
  pool.ParallelFor(blocks_.size(),
                   [&](int64_t i, int thread) { RunBlock(kv, blocks_[i], queries, out, scratch_[thread]); });
}

void PagedAttention::RunBlock(const KvPages& kv, const Block& block, const float* queries, float* out,
                              Scratch& scratch) const {
  const int64_t head_dim = kv.head_dim;
  const int64_t token_floats = group_ * head_dim;  // the block's query heads are neighbours
  const int64_t vectors = block.tokens * group_;
  const SequenceSpan& sequence = *block.sequence;
  const auto offset = [&](int64_t t) {
    return ((sequence.first_token + block.first + t) * heads_ + block.kv_head * group_) * head_dim;
  };

  for (int64_t t = 0; t < block.tokens; ++t) {
    const float* query = queries + offset(t);
    for (int64_t i = 0; i < token_floats; ++i) scratch.queries[t * token_floats + i] = query[i] * scale_;
  }
  std::fill_n(scratch.accumulators.begin(), vectors * head_dim, 0.0f);
  for (int64_t i = 0; i < vectors; ++i) {
    scratch.states[i] = {.query = scratch.queries.data() + i * head_dim,
                         .accumulator = scratch.accumulators.data() + i * head_dim,
                         .max = -std::numeric_limits<float>::infinity(),
                         .sum = 0.0f,
                         .first = 0,
                         .valid = 0};
  }

  AttentionTile tile;
  tile.head_dim = head_dim;
  tile.keys = scratch.tile.data();
  tile.values = tile.keys + kAttentionChunk * head_dim;
  tile.weights = tile.values + kAttentionChunk * head_dim;
  tile.partial = tile.weights + kAttentionChunk;
  const int64_t first_position = sequence.position + block.first;
  const int64_t end_position = first_position + block.tokens;
  const auto window_begin = [&kv](int64_t position) {
    return kv.window == 0 ? 0 : std::max<int64_t>(0, position - kv.window + 1);
  };
  const int64_t first_chunk = window_begin(first_position) / kAttentionChunk;
  for (int64_t begin = first_chunk * kAttentionChunk; begin < end_position; begin += kAttentionChunk) {
    GatherChunk(kv, sequence.pages, block.kv_head, begin, std::min(end_position, begin + kAttentionChunk),
                tile);
    for (int64_t i = 0; i < vectors; ++i) {
      const int64_t position = first_position + i / group_;
      scratch.states[i].first = std::max<int64_t>(0, window_begin(position) - begin);
      scratch.states[i].valid = position + 1 - begin;
    }
    ActiveRowKernels().attend_chunk(tile, scratch.states.data(), vectors);
  }

  for (int64_t i = 0; i < vectors; ++i) {
    const AttentionState& state = scratch.states[i];
    float* result = out + offset(i / group_) + i % group_ * head_dim;
    for (int64_t d = 0; d < head_dim; ++d) result[d] = state.accumulator[d] / state.sum;
  }
}

}  // namespace espalier
