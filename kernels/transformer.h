// What a transformer layer does besides matrix products: norm, rotary positions, attention over paged KV,
// gated activation.
//
// One arithmetic for every dispatch level: eight virtual float lanes, own exp, multiplications and additions
// rounded one by one. So the bits of a token's result depend on its inputs and its absolute position alone,
// not on the other tokens of the call, the page size, the number of threads or the instruction set.
//
// All matrices are row-major and dense. Widths are multiples of kLanes.
#ifndef ESPALIER_KERNELS_TRANSFORMER_H_
#define ESPALIER_KERNELS_TRANSFORMER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/thread_pool.h"
#include "kernels/tensor_type.h"

namespace espalier {

// Virtual vector width: every reduction adds into this many lanes, or a multiple, in a fixed order.
inline constexpr int64_t kLanes = 8;

// Positions per attention chunk: chunk j is [64 j, 64 j + 64), whatever the page size.
inline constexpr int64_t kAttentionChunk = 64;

// y[t] = x[t] / sqrt(mean(x[t]^2) + epsilon) * weight for each row t. x, y: [tokens][weight.size()];
// y may be x. (Zhang & Sennrich, "Root Mean Square Layer Normalization", 2019.)
void RmsNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> y,
             ThreadPool& pool);

// out[t] = silu(gate[t]) * up[t], silu(z) = z / (1 + exp(-z)). All [tokens][columns]; out may be gate or up.
// (Shazeer, "GLU Variants Improve Transformer", 2020.)
void SwiGlu(std::span<const float> gate, std::span<const float> up, int64_t columns, std::span<float> out,
            ThreadPool& pool);

// The same with gelu(z) = z / (1 + exp(-2u)), u = sqrt(2 / pi) * (z + 0.044715 z^3), in place of silu: the
// "tanh" form of GELU (Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016).
void GeGlu(std::span<const float> gate, std::span<const float> up, int64_t columns, std::span<float> out,
           ThreadPool& pool);

// y += x, elementwise. Both of one size.
void AddTo(std::span<const float> x, std::span<float> y, ThreadPool& pool);

// Rotary position embedding (Su et al., "RoFormer", 2021): the pair (i, i + head_dim / 2) of a head at
// position p turns by the angle p * frequencies[i] and is stretched by `magnitude`. Angles are computed in
// double.
class Rope {
 public:
  // frequencies: [head_dim / 2], radians per position.
  explicit Rope(std::vector<double> frequencies, double magnitude = 1.0);

  // Floats of Angles() per token, the size of a head: magnitude * cosine of every pair, then the sines.
  int64_t angles_per_token() const { return 2 * static_cast<int64_t>(frequencies_.size()); }

  // angles: [positions.size()][angles_per_token()].
  void Angles(std::span<const int64_t> positions, std::span<float> angles, ThreadPool& pool) const;

  // Rotates every head of x in place. x: [tokens][heads][head_dim]; angles as filled by Angles().
  void Apply(std::span<const float> angles, int64_t heads, std::span<float> x, ThreadPool& pool) const;

 private:
  std::vector<double> frequencies_;
  double magnitude_;
};

// The KV pages of one layer. In a page, each KV head has its keys transposed and its values as they come:
//
//   [kv_heads] { keys [head_dim][page_size], values [page_size][head_dim] }
//
// so that both the scores of eight positions and eight elements of a weighted value are one vector.
struct KvPages {
  std::byte* data = nullptr;           // this layer in page 0
  int64_t page_stride = 0;             // bytes from a page to the next
  TensorType type = TensorType::kF16;  // kF32 or kF16
  int32_t kv_heads = 0;
  int32_t head_dim = 0;   // a multiple of kLanes
  int32_t page_size = 0;  // a multiple of kLanes
  int32_t window = 0;     // a query at position p reads (p - window, p]; 0: all of [0, p]

  // Bytes of one layer in one page.
  int64_t layer_bytes() const;
};

// Tokens of one sequence in a step: rows [first_token, first_token + tokens) of the step's matrices stand at
// positions [position, position + tokens) of a sequence that lives in `pages`.
struct SequenceSpan {
  const PageId* pages = nullptr;
  int64_t position = 0;
  int64_t first_token = 0;
  int64_t tokens = 0;
};

// Stores the step's keys and values, [tokens][kv_heads][head_dim], in the sequences' pages.
void WriteKv(const KvPages& kv, std::span<const SequenceSpan> sequences, const float* keys,
             const float* values, ThreadPool& pool);

struct AttentionShape {
  int32_t heads;
  int32_t kv_heads;
  int32_t head_dim;
  float scale;  // of the scores, commonly 1 / sqrt(head_dim)
};

// Causal attention with grouped queries (Ainslie et al., "GQA", 2023) over paged KV.
//
// Query head h reads KV head h / (heads / kv_heads). A token at position p reads positions [0, p], or what
// the layer's window leaves of them, in chunks of kAttentionChunk absolute positions. Chunk j gives a partial
// state (m_j, s_j, v_j): the maximum score, the sum of w_t = exp(score_t - m_j) and the sum of w_t * value_t,
// in position order. States are merged in chunk order,
//   m = max(m, m_j);  s = s * exp(m_old - m) + s_j * exp(m_j - m);  v likewise;
// (Milakov & Gimelshein, "Online normalizer calculation for softmax", 2018), and the output is v / s.
class PagedAttention {
 public:
  // Scratch for `threads` threads. heads is a multiple of shape.kv_heads.
  PagedAttention(const AttentionShape& shape, int threads);
  ~PagedAttention();

  // out[t] = attention of queries[t]. Both: [tokens][heads][head_dim]. The KV of the step's own
  // tokens must have been written.
  void Run(const KvPages& kv, std::span<const SequenceSpan> sequences, const float* queries, float* out,
           ThreadPool& pool);

 private:
  // Neighbouring tokens of one sequence under one KV head: they read the same chunks.
  struct Block {
    const SequenceSpan* sequence;
    int64_t first;  // token of `sequence`
    int64_t tokens;
    int64_t kv_head;
  };
  struct Scratch;

  void RunBlock(const KvPages& kv, const Block& block, const float* queries, float* out,
                Scratch& scratch) const;

  int64_t heads_;
  float scale_;
  int64_t group_;                 // query heads of one KV head
  std::vector<Scratch> scratch_;  // of each thread
  std::vector<Block> blocks_;     // of the current call
};

}  // namespace espalier

#endif  // ESPALIER_KERNELS_TRANSFORMER_H_
