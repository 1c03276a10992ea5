// Compiled for AVX2; see cpu_features.h.
#include <immintrin.h>

#include "kernels/cpu/matmul_kernels.h"

namespace espalier::avx2 {
namespace {

inline float LargestMagnitude(const __m256 (&values)[4]) {
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  __m256 largest = _mm256_setzero_ps();
  for (const __m256& eight : values) largest = _mm256_max_ps(largest, _mm256_and_ps(eight, magnitude));
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(largest), _mm256_extractf128_ps(largest, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
}

inline void QuantizeBlock(const float* values, int8_t* quants, ActivationBlock* scale) {
  __m256 loaded[4];
  for (int i = 0; i < 4; ++i) loaded[i] = _mm256_loadu_ps(values + 8 * i);
  const float largest = LargestMagnitude(loaded);
  const __m256 inverse = _mm256_set1_ps(largest < kSmallestQuantized ? 0.0f : 127.0f / largest);
  __m256i whole[4];
  for (int i = 0; i < 4; ++i) whole[i] = _mm256_cvtps_epi32(_mm256_mul_ps(loaded[i], inverse));
  // The packs interleave 128-bit halves: groups of 4 quants come out in the order 0 2 4 6 1 3 5 7.
  const __m256i shuffled =
      _mm256_packs_epi16(_mm256_packs_epi32(whole[0], whole[1]), _mm256_packs_epi32(whole[2], whole[3]));
  const __m256i packed = _mm256_permutevar8x32_epi32(shuffled, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(quants), packed);
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), packed);
  __m256i sums = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));  // of groups; now within each half
  sums = _mm256_add_epi32(sums, _mm256_shuffle_epi32(sums, 0x4e));
  sums = _mm256_add_epi32(sums, _mm256_shuffle_epi32(sums, 0xb1));
  const int32_t first = _mm256_cvtsi256_si32(sums);
  const int32_t second = _mm256_extract_epi32(sums, 4);
  scale->scale = largest / 127.0f;
  scale->scaled_sum = scale->scale * static_cast<float>(first + second);
  scale->sum = first + second;
  scale->half_sum[0] = first;
  scale->half_sum[1] = second;
}

}  // namespace

void QuantizeRow(const float* values, int64_t columns, int8_t* quants, ActivationBlock* scales) {
  int64_t first = 0;
  for (; first + kBlockColumns <= columns; first += kBlockColumns) {
    QuantizeBlock(values + first, quants + first, scales++);
  }
  if (first == columns) return;
  float padded[kBlockColumns] = {};
  __builtin_memcpy(padded, values + first, static_cast<size_t>(columns - first) * sizeof(float));
  QuantizeBlock(padded, quants + first, scales);
}

}  // namespace espalier::avx2
