// The inner loops behind row_kernels.h, on vectors of eight floats that every compiler target can do: two SSE
// registers or one AVX register, the same IEEE operation per lane. Included once per dispatch level with
// ESPALIER_LEVEL naming a namespace; includes nothing that could leak instructions of its level into
// functions that other files share.
#include <cstdint>
#include <cstring>
#include <limits>

#include "kernels/cpu/row_kernels.h"
#include "kernels/transformer.h"

#if defined(__F16C__)
#include <immintrin.h>
#else
#include "kernels/half.h"
#endif

namespace espalier::ESPALIER_LEVEL {
namespace {

typedef float Float8 __attribute__((vector_size(32)));
typedef int32_t Int8 __attribute__((vector_size(32)));

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr int64_t kChunkVectors = kAttentionChunk / kLanes;

inline Float8 Load(const float* x) {
  Float8 v;
  std::memcpy(&v, x, sizeof(v));
  return v;
}

inline void Store(Float8 v, float* x) { std::memcpy(x, &v, sizeof(v)); }

inline Float8 Broadcast(float x) { return Float8{x, x, x, x, x, x, x, x}; }

inline Float8 Max(Float8 a, Float8 b) { return a > b ? a : b; }

inline float SumLanes(Float8 v) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

inline float MaxLanes(Float8 v) {
  float max = v[0];
  for (int i = 1; i < 8; ++i) max = v[i] > max ? v[i] : max;
  return max;
}

// exp(x) within 2 ulp for x <= 88; 0 below -87 and for NaN. Splits x = n ln 2 + r and takes the polynomial of
// Cephes' expf for exp(r).
inline Float8 Exp(Float8 x) {
  constexpr float kLowest = -87.0f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  const Int8 in_range = x > kLowest;
  x = in_range ? x : Broadcast(kLowest);
  const Float8 shifted = x * 1.44269504f + kRound;
  const Float8 n = shifted - kRound;
  const Float8 r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  Float8 p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = (p * r) * r + r + 1.0f;
  Int8 exponent;
  std::memcpy(&exponent, &shifted, sizeof(exponent));
  exponent = (exponent + 127) << 23;  // kRound's own bits fall off the top
  Float8 power;
  std::memcpy(&power, &exponent, sizeof(power));
  return in_range ? p * power : Broadcast(0.0f);
}

inline float ExpScalar(float x) { return Exp(Broadcast(x))[0]; }

void RmsNormRow(const float* x, const float* weight, float epsilon, int64_t columns, float* y) {
  Float8 squares[4] = {};
  for (int64_t i = 0; i < columns; i += kLanes) {
    const Float8 v = Load(x + i);
    squares[i / kLanes % 4] += v * v;
  }
  const float sum = SumLanes((squares[0] + squares[2]) + (squares[1] + squares[3]));
  const float scale = 1.0f / __builtin_sqrtf(sum / static_cast<float>(columns) + epsilon);
  for (int64_t i = 0; i < columns; i += kLanes) Store(Load(x + i) * scale * Load(weight + i), y + i);
}

void SwiGluRow(const float* gate, const float* up, int64_t columns, float* out) {
  for (int64_t i = 0; i < columns; i += kLanes) {
    const Float8 z = Load(gate + i);
    const Float8 limited = Max(z, Broadcast(-80.0f));  // keeps exp(-z) finite; silu is 0 there in any case
    Store(z / (1.0f + Exp(-limited)) * Load(up + i), out + i);
  }
}

void GeGluRow(const float* gate, const float* up, int64_t columns, float* out) {
  constexpr float kTwoRootTwoOverPi = 1.5957691216f;
  for (int64_t i = 0; i < columns; i += kLanes) {
    const Float8 z = Load(gate + i);
    const Float8 u = kTwoRootTwoOverPi * (z + 0.044715f * (z * z) * z);
    const Float8 limited = Max(u, Broadcast(-80.0f));  // keeps exp(-u) finite; gelu is 0 there in any case
    Store(z / (1.0f + Exp(-limited)) * Load(up + i), out + i);
  }
}

// angles: cosines of all pairs, then sines.
void RopeRow(const float* angles, int64_t head_dim, float* x) {
  const int64_t half = head_dim / 2;
  const float* sines = angles + half;
  for (int64_t i = 0; i < half; ++i) {
    const float a = x[i];
    const float b = x[i + half];
    x[i] = a * angles[i] - b * sines[i];
    x[i + half] = a * sines[i] + b * angles[i];
  }
}

#if defined(__F16C__)

inline void LoadHalf8(const uint16_t* src, float* dst) {
  _mm256_storeu_ps(dst, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(src))));
}

inline uint16_t ToHalf(float x) { return _cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT); }

#else

inline void LoadHalf8(const uint16_t* src, float* dst) {
  for (int i = 0; i < 8; ++i) dst[i] = HalfToFloat(src[i]);
}

inline uint16_t ToHalf(float x) { return FloatToHalf(x); }

#endif

void ScatterHalf(const float* src, int64_t count, uint16_t* dst, int64_t dst_stride) {
  for (int64_t i = 0; i < count; ++i) dst[i * dst_stride] = ToHalf(src[i]);
}

void GatherFloat(const float* src, int64_t src_stride, int64_t rows, int64_t columns, float* dst,
                 int64_t dst_stride) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; c += kLanes)
      Store(Load(src + r * src_stride + c), dst + r * dst_stride + c);
  }
}

void GatherHalf(const uint16_t* src, int64_t src_stride, int64_t rows, int64_t columns, float* dst,
                int64_t dst_stride) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; c += kLanes)
      LoadHalf8(src + r * src_stride + c, dst + r * dst_stride + c);
  }
}

// weights[t] = exp(score_t - max) for t in [first, valid), 0 elsewhere; returns the maximum score.
inline float ChunkWeights(const AttentionTile& tile, const AttentionState& state, Float8& sum) {
  Float8 scores[kChunkVectors] = {};
  for (int64_t d = 0; d < tile.head_dim; ++d) {
    const Float8 q = Broadcast(state.query[d]);
    for (int64_t g = 0; g < kChunkVectors; ++g)
      scores[g] += q * Load(tile.keys + d * kAttentionChunk + g * kLanes);
  }
  Float8 max = Broadcast(-kInfinity);
  for (int64_t g = 0; g < kChunkVectors; ++g) {
    const Int8 lane = Int8{0, 1, 2, 3, 4, 5, 6, 7} + static_cast<int32_t>(g * kLanes);
    const Int8 read =
        (lane >= static_cast<int32_t>(state.first)) & (lane < static_cast<int32_t>(state.valid));
    scores[g] = read ? scores[g] : Broadcast(-kInfinity);
    max = Max(max, scores[g]);
  }
  const float chunk_max = MaxLanes(max);
  sum = Float8{};
  for (int64_t g = 0; g < kChunkVectors; ++g) {
    const Float8 weight = Exp(scores[g] - chunk_max);
    sum += weight;
    Store(weight, tile.weights + g * kLanes);
  }
  return chunk_max;
}

// partial[d] = sum of weights[t] * values[t][d] over t in [first, end), in that order.
inline void WeightedValues(const AttentionTile& tile, int64_t first, int64_t end) {
  constexpr int64_t kVectors = 8;
  int64_t d = 0;
  for (; d + kVectors * kLanes <= tile.head_dim; d += kVectors * kLanes) {
    Float8 sums[kVectors] = {};
    for (int64_t t = first; t < end; ++t) {
      const Float8 weight = Broadcast(tile.weights[t]);
      for (int64_t v = 0; v < kVectors; ++v)
        sums[v] += weight * Load(tile.values + t * tile.head_dim + d + v * kLanes);
    }
    for (int64_t v = 0; v < kVectors; ++v) Store(sums[v], tile.partial + d + v * kLanes);
  }
  for (; d < tile.head_dim; d += kLanes) {
    Float8 sum = {};
    for (int64_t t = first; t < end; ++t)
      sum += Broadcast(tile.weights[t]) * Load(tile.values + t * tile.head_dim + d);
    Store(sum, tile.partial + d);
  }
}

void AttendChunk(const AttentionTile& tile, AttentionState* states, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    AttentionState& state = states[i];
    if (state.valid <= state.first || state.first >= kAttentionChunk) continue;
    Float8 sum;
    const float chunk_max = ChunkWeights(tile, state, sum);
    WeightedValues(tile, state.first, state.valid < kAttentionChunk ? state.valid : kAttentionChunk);
    const float max = chunk_max > state.max ? chunk_max : state.max;
    const float keep = ExpScalar(state.max - max);
    const float add = ExpScalar(chunk_max - max);
    for (int64_t d = 0; d < tile.head_dim; d += kLanes) {
      Store(Load(state.accumulator + d) * keep + Load(tile.partial + d) * add, state.accumulator + d);
    }
    state.sum = state.sum * keep + SumLanes(sum) * add;
    state.max = max;
  }
}

constexpr int64_t kStretch = 64;     // logits per maximum
constexpr int64_t kSumBlock = 1024;  // logits summed in float lanes before the sum goes on in double

// Up to eight logits, filled up with `fill`.
inline Float8 LoadPart(const float* x, int64_t count, float fill) {
  if (count >= kLanes) return Load(x);
  Float8 v = Broadcast(fill);
  for (int64_t i = 0; i < count; ++i) v[i] = x[i];
  return v;
}

inline void StorePart(Float8 v, int64_t count, float* x) {
  if (count >= kLanes) return Store(v, x);
  for (int64_t i = 0; i < count; ++i) x[i] = v[i];
}

void StretchMaxima(const float* x, int64_t count, float* maxima) {
  for (int64_t begin = 0; begin < count; begin += kStretch) {
    const int64_t end = begin + kStretch < count ? begin + kStretch : count;
    Float8 max = Broadcast(-kInfinity);
    for (int64_t i = begin; i < end; i += kLanes) max = Max(LoadPart(x + i, end - i, -kInfinity), max);
    maxima[begin / kStretch] = MaxLanes(max);
  }
}

ExpSums SumExponentials(const float* x, int64_t count, float max) {
  constexpr float kNothing = -88.0f;  // Exp gives exactly 0
  ExpSums sums = {0, 0};
  for (int64_t begin = 0; begin < count; begin += kSumBlock) {
    const int64_t end = begin + kSumBlock < count ? begin + kSumBlock : count;
    Float8 sum = {};
    Float8 weighted = {};
    for (int64_t i = begin; i < end; i += kLanes) {
      const Float8 difference = Max(LoadPart(x + i, end - i, -kInfinity) - max, Broadcast(kNothing));
      const Float8 e = Exp(difference);
      sum += e;
      weighted += e * difference;
    }
    sums.sum += SumLanes(sum);
    sums.weighted += SumLanes(weighted);
  }
  return sums;
}

double ExpWeights(const float* x, int64_t count, float max, float scale, float* weights) {
  double total = 0;
  for (int64_t begin = 0; begin < count; begin += kSumBlock) {
    const int64_t end = begin + kSumBlock < count ? begin + kSumBlock : count;
    Float8 sum = {};
    for (int64_t i = begin; i < end; i += kLanes) {
      const Float8 e = Exp((LoadPart(x + i, end - i, -kInfinity) - max) * scale);
      sum += e;
      StorePart(e, end - i, weights + i);
    }
    total += SumLanes(sum);
  }
  return total;
}

}  // namespace

extern const RowKernels kRowKernels;
const RowKernels kRowKernels = {
    .rms_norm = RmsNormRow,
    .swiglu = SwiGluRow,
    .geglu = GeGluRow,
    .rope = RopeRow,
    .scatter_half = ScatterHalf,
    .gather_float = GatherFloat,
    .gather_half = GatherHalf,
    .attend_chunk = AttendChunk,
    .stretch_maxima = StretchMaxima,
    .exp_sums = SumExponentials,
    .exp_weights = ExpWeights,
};

}  // namespace espalier::ESPALIER_LEVEL
