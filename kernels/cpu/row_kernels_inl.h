// The inner loops behind row_kernels.h. Included once per dispatch level, see float8_inl.h.
#include <cstdint>

#include "kernels/cpu/float8_inl.h"
#include "kernels/cpu/row_kernels.h"
#include "kernels/transformer.h"

namespace espalier::ESPALIER_LEVEL {
namespace {

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

// Of at most kLogitBlock logits, the maxima of their stretches; returns the largest.
float StretchMaxima(const float* x, int64_t count, float* maxima) {
  float largest = -kInfinity;
  for (int64_t begin = 0; begin < count; begin += kLogitStretch) {
    const int64_t end = Smaller(begin + kLogitStretch, count);
    Float8 max = Broadcast(-kInfinity);
    for (int64_t i = begin; i < end; i += kLanes) max = Max(LoadPart(x + i, end - i, -kInfinity), max);
    maxima[begin / kLogitStretch] = MaxLanes(max);
    largest = Larger(largest, maxima[begin / kLogitStretch]);
  }
  return largest;
}

// Of `kVectors` vectors of differences to the maximum, in step: one exponential is a chain of operations that
// wait for each other. kTempered: a temperature other than 1, which costs a second exponential.
template <int kVectors, bool kTempered>
inline void AddExponentials(const Float8 (&difference)[kVectors], float scale, Float8& sum, Float8& weighted,
                            Float8& tempered) {
  const Float8 nothing = Broadcast(-88.0f);  // exactly 0
  Float8 e[kVectors], limited[kVectors], scaled[kVectors];
  for (int v = 0; v < kVectors; ++v) limited[v] = Max(difference[v], nothing);
  for (int v = 0; v < kVectors; ++v) e[v] = ExpInRange(limited[v]);
  if (kTempered) {
    for (int v = 0; v < kVectors; ++v) scaled[v] = ExpInRange(Max(difference[v] * scale, nothing));
  }
  for (int v = 0; v < kVectors; ++v) {
    sum += e[v];
    weighted += e[v] * limited[v];
    if (kTempered) tempered += scaled[v];
  }
}

template <bool kTempered>
LogitBlock SumBlock(const float* x, int64_t count, float max, float scale) {
  constexpr int kVectors = 4;
  Float8 sum = {};
  Float8 weighted = {};
  Float8 tempered = {};
  int64_t i = 0;
  for (; i + kVectors * kLanes <= count; i += kVectors * kLanes) {
    Float8 difference[kVectors];
    for (int v = 0; v < kVectors; ++v) difference[v] = Load(x + i + v * kLanes) - max;
    AddExponentials<kVectors, kTempered>(difference, scale, sum, weighted, tempered);
  }
  for (; i < count; i += kLanes) {
    const Float8 difference[1] = {LoadPart(x + i, count - i, -kInfinity) - max};
    AddExponentials<1, kTempered>(difference, scale, sum, weighted, tempered);
  }
  const float total = SumLanes(sum);
  return {max, total, SumLanes(weighted), kTempered ? SumLanes(tempered) : total};
}

void ScanLogits(const float* x, int64_t count, float scale, float* maxima, LogitBlock* blocks) {
  for (int64_t begin = 0; begin < count; begin += kLogitBlock) {
    const int64_t size = Smaller(kLogitBlock, count - begin);
    const float max = StretchMaxima(x + begin, size, maxima + begin / kLogitStretch);
    blocks[begin / kLogitBlock] = scale == 1.0f ? SumBlock<false>(x + begin, size, max, scale)
                                                : SumBlock<true>(x + begin, size, max, scale);
  }
}

double ExpWeights(const float* x, int64_t count, float max, float scale, float* weights) {
  double total = 0;
  for (int64_t begin = 0; begin < count; begin += kLogitBlock) {
    const int64_t end = Smaller(begin + kLogitBlock, count);
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
    .scan_logits = ScanLogits,
    .exp_weights = ExpWeights,
};

}  // namespace espalier::ESPALIER_LEVEL
