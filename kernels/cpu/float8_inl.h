// Vectors of eight floats that every compiler target can do: two SSE registers or one AVX register, the same
// IEEE operation per lane. Included by the loops of one dispatch level, with
// ESPALIER_LEVEL naming a namespace; includes nothing that could leak instructions of its level into
// functions that other files share.
#ifndef ESPALIER_KERNELS_CPU_FLOAT8_INL_H_
#define ESPALIER_KERNELS_CPU_FLOAT8_INL_H_

#include <cstdint>
#include <cstring>
#include <limits>

namespace espalier::ESPALIER_LEVEL {
namespace {

typedef float Float8 __attribute__((vector_size(32)));
typedef int32_t Int8 __attribute__((vector_size(32)));

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// std::min and std::max are functions that files of other levels share.
template <typename T>
inline T Smaller(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
inline T Larger(T a, T b) {
  return a < b ? b : a;
}

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

// exp(x) within 2 ulp for x in [-88, 88]; 0 below -87.7 and above that no less than 2^-126. Splits
// x = n ln 2 + r and takes the polynomial of Cephes' expf for exp(r).
inline Float8 ExpInRange(Float8 x) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
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
  exponent = (exponent + 127) << 23;  // kRound's own bits fall off the top; n = -127 gives 0
  Float8 power;
  std::memcpy(&power, &exponent, sizeof(power));
  return p * power;
}

// The same for all x <= 88; 0 below -87 and for NaN.
inline Float8 Exp(Float8 x) {
  constexpr float kLowest = -87.0f;
  const Int8 in_range = x > kLowest;
  const Float8 e = ExpInRange(in_range ? x : Broadcast(kLowest));
  return in_range ? e : Broadcast(0.0f);
}

}  // namespace
}  // namespace espalier::ESPALIER_LEVEL

#endif  // ESPALIER_KERNELS_CPU_FLOAT8_INL_H_
