// Causal attention over paged KV, by tree: sequences whose page lists begin with the same pages are computed
// together, so that what they share is read and converted once.
//
// The bits of a token's result depend on its inputs and its absolute position alone: not on what is shared,
// the other tokens of the call, the page size, the number of threads or the instruction set.
#ifndef ESPALIER_KERNELS_ATTENTION_H_
#define ESPALIER_KERNELS_ATTENTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/ids.h"
#include "base/kv_type.h"
#include "base/thread_pool.h"

namespace espalier {

// Positions per attention chunk: chunk j is [64 j, 64 j + 64), whatever the page size.
inline constexpr int64_t kAttentionChunk = 64;

// The KV pages of one layer. In a page, each KV head has its keys transposed and its values as they come:
//
//   [kv_heads] { keys [head_dim][page_size], values [page_size][head_dim],
//                kInt8 only: key scales float [page_size], value scales float [page_size] }
//
// so that both the scores of eight positions and eight elements of a weighted value are one vector.
struct KvPages {
  std::byte* data = nullptr;  // this layer in page 0
  int64_t page_stride = 0;    // bytes from a page to the next
  KvType type = KvType::kF16;
  int32_t kv_heads = 0;
  int32_t head_dim = 0;   // a multiple of kLanes
  int32_t page_size = 0;  // a multiple of kLanes
  int32_t window = 0;     // a query at position p reads (p - window, p]; 0: all of [0, p]

  // Bytes of keys, values and scales of one KV head at one position.
  int64_t position_bytes() const;
  // Bytes of one layer in one page.
  int64_t layer_bytes() const { return position_bytes() * kv_heads * page_size; }
};

// Tokens of one sequence in a step: rows [first_token, first_token + tokens) of the step's matrices stand at
// positions [position, position + tokens) of a sequence that lives in `pages`.
struct SequenceSpan {
  const PageId* pages = nullptr;
  int64_t position = 0;
  int64_t first_token = 0;
  int64_t tokens = 0;
};

// Stores the step's keys and values, [tokens][kv_heads][head_dim], in the sequences' pages. kInt8: a vector's
// scale is a 127th of its largest magnitude; codes are rounded to nearest, ties to even.
void WriteKv(const KvPages& kv, std::span<const SequenceSpan> sequences, const float* keys,
             const float* values, ThreadPool& pool);

struct AttentionShape {
  int32_t heads;
  int32_t kv_heads;
  int32_t head_dim;
  float scale;  // of the scores, commonly 1 / sqrt(head_dim)
};

// Bytes of KV that calls of PagedAttention::Run read.
struct AttentionTraffic {
  int64_t read = 0;
  int64_t alone = 0;  // the same if every sequence were computed on its own
};

// Causal attention with grouped queries (Ainslie et al., "GQA", 2023) over paged KV.
//
// Query head h reads KV head h / (heads / kv_heads). A token at position p reads positions [0, p], or what
// the layer's window leaves of them, in chunks of kAttentionChunk absolute positions. Chunk j gives a partial
// state (m_j, s_j, v_j): the maximum score, the sum of w_t = exp(score_t - m_j) and the sum of w_t * value_t,
// in position order. States are merged in chunk order,
//   m = max(m, m_j);  s = s * exp(m_old - m) + s_j * exp(m_j - m);  v likewise;
// (Milakov & Gimelshein, "Online normalizer calculation for softmax", 2018), and the output is v / s.
// Scores, sums of values and merges are chains of fused multiply-adds.
class PagedAttention {
 public:
  // Scratch for `threads` threads. heads is a multiple of shape.kv_heads, head_dim one of kLanes.
  PagedAttention(const AttentionShape& shape, int threads);
  ~PagedAttention();
  PagedAttention(const PagedAttention&) = delete;

  // Prepares the calls of Run for one step, whatever their layer: once the step's page lists stand. Page
  // lists must stay where they are until the last of these calls. A list has a page for each of its
  // sequence's positions up to the last one of the step.
  void Plan(std::span<const SequenceSpan> sequences, int64_t page_size);

  // out[t] = attention of queries[t] for the planned sequences. Both: [tokens][heads][head_dim]. The KV of
  // the step's own tokens must have been written. kv.page_size is the plan's.
  void Run(const KvPages& kv, const float* queries, float* out, ThreadPool& pool);

  // How often Plan found another tree than the step before: a step that adds tokens to the same sequences
  // keeps it.
  int64_t tree_rebuilds() const;

  // Of all calls of Run so far.
  const AttentionTraffic& traffic() const { return traffic_; }

  // For tests and benchmarks. Off: every sequence is computed on its own.
  void SetSharing(bool sharing) { sharing_ = sharing; }

 private:
  struct State;

  AttentionShape shape_;
  bool sharing_ = true;
  AttentionTraffic traffic_;
  std::unique_ptr<State> state_;
};

}  // namespace espalier

#endif  // ESPALIER_KERNELS_ATTENTION_H_
