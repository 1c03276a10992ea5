// The inner loops behind attention_kernels.h. Included once per dispatch level, see float8_inl.h.
//
// Scores and weighted values are matrix products, rows of queries (or of weights) by a tile: blocks of up to
// six rows and a few vectors of columns stay in registers, and each element is one chain of fused
// multiply-adds over the tile's rows, in order, whatever the block it is computed in.
#include <cstdint>

#include "kernels/attention.h"
#include "kernels/cpu/attention_kernels.h"
#include "kernels/cpu/float8_inl.h"
#include "kernels/cpu/kv_elements_inl.h"
#include "kernels/transformer.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

constexpr int64_t kChunkVectors = kAttentionChunk / kLanes;
constexpr int kMaxRows = 6;  // of a block; two vectors of columns for each fill the registers of AVX2

inline Float8 Fma(Float8 a, Float8 b, Float8 c) {
#if defined(__FMA__)
  return (Float8)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
  for (int i = 0; i < 8; ++i) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return c;
#endif
}

// Rows of a product: `out[q]` = sum over k of factors[q][k] * tile row k.
template <int kRows>
struct ProductRows {
  const float* factors[kRows];
  float* out[kRows];
};

// The tile's rows [begin, end), `stride` floats apart. `resume`: on top of what `out` holds.
struct TileRows {
  const float* data;
  int64_t stride;
  int64_t begin, end;
  bool resume;
};

// Columns [column, column + kLanes * kVectors) of the product.
template <int kRows, int kVectors>
inline void MultiplyColumns(const ProductRows<kRows>& rows, const TileRows& tile, int64_t column) {
  Float8 sums[kRows][kVectors];
#pragma GCC unroll 8
  for (int q = 0; q < kRows; ++q) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v)
      sums[q][v] = tile.resume ? Load(rows.out[q] + column + v * kLanes) : Float8{};
  }
  const float* row = tile.data + tile.begin * tile.stride + column;
  for (int64_t k = tile.begin; k < tile.end; ++k, row += tile.stride) {
    Float8 elements[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) elements[v] = Load(row + v * kLanes);
#pragma GCC unroll 8
    for (int q = 0; q < kRows; ++q) {
      const Float8 factor = Broadcast(rows.factors[q][k]);
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sums[q][v] = Fma(factor, elements[v], sums[q][v]);
    }
  }
#pragma GCC unroll 8
  for (int q = 0; q < kRows; ++q) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) Store(sums[q][v], rows.out[q] + column + v * kLanes);
  }
}

// Columns [begin, end) of the product, multiples of kLanes.
template <int kRows>
inline void Multiply(const ProductRows<kRows>& rows, const TileRows& tile, int64_t begin, int64_t end) {
  constexpr int kVectors = kRows >= 4 ? 2 : kRows >= 2 ? 4 : 8;
  int64_t column = begin;
  for (; column + kVectors * kLanes <= end; column += kVectors * kLanes)
    MultiplyColumns<kRows, kVectors>(rows, tile, column);
  if constexpr (kVectors > 2) {
    for (; column + 2 * kLanes <= end; column += 2 * kLanes) MultiplyColumns<kRows, 2>(rows, tile, column);
  }
  for (; column < end; column += kLanes) MultiplyColumns<kRows, 1>(rows, tile, column);
}

// The largest lane, in every lane.
inline Float8 MaxOfLanes(Float8 v) {
  v = Max(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
  v = Max(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5));
  return Max(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6));
}

// exp(x) of several vectors in step, each within 2 ulp for x <= 88; 0 below -87 and for NaN. One vector's
// chain of operations leaves a processor idle. Exp() with fused multiply-adds.
template <int kCount>
inline void ExpTogether(Float8 (&x)[kCount]) {
  constexpr float kLowest = -87.0f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  constexpr float kTerms[] = {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f,
                              5.0000001201e-1f};
  Int8 in_range[kCount], exponent[kCount];
  Float8 r[kCount], p[kCount];
#pragma GCC unroll 8
  for (int i = 0; i < kCount; ++i) {
    in_range[i] = x[i] > kLowest;
    x[i] = in_range[i] ? x[i] : Broadcast(kLowest);
    const Float8 shifted = Fma(x[i], Broadcast(1.44269504f), Broadcast(kRound));
    std::memcpy(&exponent[i], &shifted, sizeof(shifted));
    const Float8 n = shifted - kRound;
    r[i] = Fma(n, Broadcast(-0.693359375f), x[i]);
    r[i] = Fma(n, Broadcast(2.12194440e-4f), r[i]);
    p[i] = Broadcast(1.9875691500e-4f);
  }
#pragma GCC unroll 8
  for (const float term : kTerms) {
#pragma GCC unroll 8
    for (int i = 0; i < kCount; ++i) p[i] = Fma(p[i], r[i], Broadcast(term));
  }
#pragma GCC unroll 8
  for (int i = 0; i < kCount; ++i) {
    p[i] = Fma(p[i] * r[i], r[i], r[i]) + 1.0f;
    exponent[i] = (exponent[i] + 127) << 23;  // kRound's own bits fall off the top
    Float8 power;
    std::memcpy(&power, &exponent[i], sizeof(power));
    x[i] = in_range[i] ? p[i] * power : Broadcast(0.0f);
  }
}

inline Float8 ExpOfOne(Float8 x) {
  Float8 one[1] = {x};
  ExpTogether(one);
  return one[0];
}

// Turns the scores of a term's positions into exp(score - max), those of other positions into 0.
inline void Softmax(const ChunkTerm& term, float* scores) {
  Float8 max = Broadcast(-kInfinity);
  if (term.first > 0 || term.end < kAttentionChunk) {
    for (int64_t g = 0; g < kChunkVectors; ++g) {
      const Int8 lane = Int8{0, 1, 2, 3, 4, 5, 6, 7} + static_cast<int32_t>(g * kLanes);
      const Int8 read = (lane >= static_cast<int32_t>(term.first)) & (lane < static_cast<int32_t>(term.end));
      Store(read ? Load(scores + g * kLanes) : Broadcast(-kInfinity), scores + g * kLanes);
    }
  }
#pragma GCC unroll 8
  for (int64_t g = 0; g < kChunkVectors; ++g) max = Max(max, Load(scores + g * kLanes));
  max = MaxOfLanes(max);
  constexpr int kTogether = 4;
  Float8 sum = {};
#pragma GCC unroll 2
  for (int64_t g = 0; g < kChunkVectors; g += kTogether) {
    Float8 weights[kTogether];
#pragma GCC unroll 8
    for (int i = 0; i < kTogether; ++i) weights[i] = Load(scores + (g + i) * kLanes) - max;
    ExpTogether(weights);
#pragma GCC unroll 8
    for (int i = 0; i < kTogether; ++i) {
      sum += weights[i];
      Store(weights[i], scores + (g + i) * kLanes);
    }
  }
  *term.chunk_state = {max[0], SumLanes(sum)};
}

// chunk_values of each term: first the positions that only some of the terms read, then those of all, then
// the rest, so that every term takes its own in order.
template <int kRows>
inline void WeightedValues(const AttentionTile& tile, const ChunkTerm* terms,
                           const ProductRows<kRows>& rows) {
  int64_t begin = 0, end = kAttentionChunk;
  int64_t least = kAttentionChunk, most = 0;
  for (int q = 0; q < kRows; ++q) {
    begin = Larger(begin, terms[q].first);
    end = Smaller(end, terms[q].end);
    least = Smaller(least, terms[q].first);
    most = Larger(most, terms[q].end);
  }
  if (least == begin && most == end)
    return Multiply(rows, {tile.values, tile.head_dim, begin, end, false}, 0, tile.head_dim);
  const auto alone = [&](int q, int64_t from, int64_t to, bool resume) {
    Multiply<1>({{rows.factors[q]}, {rows.out[q]}}, {tile.values, tile.head_dim, from, to, resume}, 0,
                tile.head_dim);
  };
  const bool overlap = begin < end;
  for (int q = 0; q < kRows; ++q) alone(q, terms[q].first, overlap ? begin : terms[q].end, false);
  if (!overlap) return;
  Multiply(rows, {tile.values, tile.head_dim, begin, end, true}, 0, tile.head_dim);
  for (int q = 0; q < kRows; ++q) {
    if (terms[q].end > end) alone(q, end, terms[q].end, true);
  }
}

template <int kRows>
void AttendRows(const AttentionTile& tile, const ChunkTerm* terms) {
  alignas(32) float scores[kRows][kAttentionChunk];
  int64_t least = kAttentionChunk, most = 0;
  ProductRows<kRows> queries, weights;
  for (int q = 0; q < kRows; ++q) {
    queries.factors[q] = terms[q].query;
    queries.out[q] = scores[q];
    weights.factors[q] = scores[q];
    weights.out[q] = terms[q].chunk_values;
    least = Smaller(least, terms[q].first);
    most = Larger(most, terms[q].end);
  }
  Multiply(queries, {tile.keys, kAttentionChunk, 0, tile.head_dim, false}, least / kLanes * kLanes,
           (most + kLanes - 1) / kLanes * kLanes);
  for (int q = 0; q < kRows; ++q) Softmax(terms[q], scores[q]);
  WeightedValues(tile, terms, weights);
}

void Attend(const AttentionTile& tile, const ChunkTerm* terms, int64_t count) {
  for (; count >= kMaxRows; count -= kMaxRows, terms += kMaxRows) AttendRows<kMaxRows>(tile, terms);
  switch (count) {
    case 1:
      return AttendRows<1>(tile, terms);
    case 2:
      return AttendRows<2>(tile, terms);
    case 3:
      return AttendRows<3>(tile, terms);
    case 4:
      return AttendRows<4>(tile, terms);
    case 5:
      return AttendRows<5>(tile, terms);
    default:
      return;
  }
}

void Merge(const ChunkTerm* terms, int64_t count, int64_t head_dim) {
  for (int64_t begin = 0; begin < count; begin += kLanes) {
    const int64_t lanes = Smaller(kLanes, count - begin);
    Float8 old_max = {}, chunk_max = {}, old_sum = {}, chunk_sum = {};
    for (int64_t i = 0; i < lanes; ++i) {
      const ChunkTerm& term = terms[begin + i];
      old_max[i] = term.state->max;
      old_sum[i] = term.state->sum;
      chunk_max[i] = term.chunk_state->max;
      chunk_sum[i] = term.chunk_state->sum;
    }
    const Float8 max = Max(chunk_max, old_max);
    const Float8 keep = ExpOfOne(old_max - max);
    const Float8 add = ExpOfOne(chunk_max - max);
    const Float8 sum = Fma(old_sum, keep, chunk_sum * add);
    for (int64_t i = 0; i < lanes; ++i) {
      const ChunkTerm& term = terms[begin + i];
      *term.state = {max[i], sum[i]};
      const Float8 keep_values = Broadcast(keep[i]);
      const Float8 add_values = Broadcast(add[i]);
      float* values = term.values;
      const float* chunk_values = term.chunk_values;
      for (int64_t d = 0; d < head_dim; d += kLanes)
        Store(Fma(Load(values + d), keep_values, Load(chunk_values + d) * add_values), values + d);
    }
  }
}

void Divide(const float* values, float sum, int64_t head_dim, float* out) {
  for (int64_t d = 0; d < head_dim; d += kLanes) Store(Load(values + d) / sum, out + d);
}

}  // namespace

extern const AttentionKernels kAttentionKernels;
const AttentionKernels kAttentionKernels = {
    .store = StoreSlot, .gather = GatherSlots, .attend = Attend, .merge = Merge, .divide = Divide};

}  // namespace espalier::ESPALIER_LEVEL
