// The inner loops of attention.h: one source, attention_kernels_inl.h, compiled once per dispatch level.
// Every level gives the same bits.
#ifndef ESPALIER_KERNELS_CPU_ATTENTION_KERNELS_H_
#define ESPALIER_KERNELS_CPU_ATTENTION_KERNELS_H_

#include <cstddef>
#include <cstdint>

#include "base/kv_type.h"

namespace espalier {

// What one page holds for one KV head, see KvPages.
struct KvHead {
  std::byte* data;
  KvType type;
  int64_t head_dim;
  int64_t page_size;
};

// One chunk of keys and values in float: what kAttentionChunk positions hold for one KV head.
struct AttentionTile {
  float* keys;    // [head_dim][kAttentionChunk]
  float* values;  // [kAttentionChunk][head_dim]
  int64_t head_dim;
};

// Slots [slot, slot + slots) of a page, slot a multiple of kLanes, for the tile's positions from `position`
// on.
struct SlotRange {
  int64_t slot, slots;
  int64_t position;
  const std::byte* next;  // what will be read next, to be fetched ahead; or null
  int64_t next_bytes;
};

// m and s of attention.h: of one chunk, or of all chunks so far.
struct SoftmaxState {
  float max;  // -infinity before the first chunk
  float sum;  // 0 before the first chunk
};

// One query vector and one chunk.
struct ChunkTerm {
  const float* query;  // [head_dim], scaled
  int64_t first, end;  // the query reads positions [first, end) of the chunk, at least one
  SoftmaxState* chunk_state;
  float* chunk_values;  // [head_dim], the weighted value sum of the chunk
  SoftmaxState* state;
  float* values;  // [head_dim], the same for all chunks so far; 0 before the first
};

struct AttentionKernels {
  // Writes a key and a value, [head_dim], to a slot of a page.
  void (*store)(const KvHead& head, int64_t slot, const float* key, const float* value);
  // Reads a range of slots into the tile. May fill the tile up to the next multiple of kLanes with what the
  // page has there.
  void (*gather)(const KvHead& head, const SlotRange& range, const AttentionTile& tile);
  // Computes chunk_state and chunk_values of each term.
  void (*attend)(const AttentionTile& tile, const ChunkTerm* terms, int64_t count);
  // Merges chunk_state and chunk_values into state and values.
  void (*merge)(const ChunkTerm* terms, int64_t count, int64_t head_dim);
  // out[i] = values[i] / sum.
  void (*divide)(const float* values, float sum, int64_t head_dim, float* out);
};

namespace generic {
extern const AttentionKernels kAttentionKernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const AttentionKernels kAttentionKernels;  // needs AVX2, FMA and F16C
}
#endif

// The table of the active CPU level, see cpu_features.h.
const AttentionKernels& ActiveAttentionKernels();

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_ATTENTION_KERNELS_H_
