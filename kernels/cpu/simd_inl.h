// Vectors for matrix products, of the instruction set that the including file is compiled for: 64 bytes with
// AVX-512 VNNI, else 32. The compiler's own vectors do what they can (any CPU has them); an instruction that
// it does not find by itself stands behind a function here, with a plain form for other CPUs.
//
// Two ways to dot four unsigned codes with four signed quants in every 32-bit lane:
//   kFourWayDots    one instruction (VNNI), exact
//   otherwise       products of neighbours added as int16 (maddubs): exact below 2^15, so codes of 8 bits go
//                   through it as two planes of 4
// Both give the same integers. Included by matmul_kernels_inl.h only, inside no namespace; no function of
// another header may be called from here (it could leak instructions into code that other files share).
#ifndef ESPALIER_KERNELS_CPU_SIMD_INL_H_
#define ESPALIER_KERNELS_CPU_SIMD_INL_H_

#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define ESPALIER_INLINE inline __attribute__((always_inline))
#define ESPALIER_NOINLINE __attribute__((noinline))

namespace espalier::ESPALIER_LEVEL {
namespace {

#if defined(__AVX512VNNI__)
constexpr int kVectorBytes = 64;
#else
constexpr int kVectorBytes = 32;
#endif
#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
constexpr bool kFourWayDots = true;
#else
constexpr bool kFourWayDots = false;
#endif
constexpr int kVectorLanes = kVectorBytes / 4;

typedef uint8_t Bytes __attribute__((vector_size(kVectorBytes)));
typedef uint16_t Words __attribute__((vector_size(kVectorBytes)));
typedef int16_t SignedWords __attribute__((vector_size(kVectorBytes)));
typedef int32_t Ints __attribute__((vector_size(kVectorBytes)));
typedef float Floats __attribute__((vector_size(kVectorBytes)));

template <typename Vector>
ESPALIER_INLINE Vector LoadVector(const void* source) {
  Vector vector;
  __builtin_memcpy(&vector, source, sizeof vector);
  return vector;
}

template <typename To, typename From>
ESPALIER_INLINE To Reinterpret(From from) {
  To to;
  __builtin_memcpy(&to, &from, sizeof to);
  return to;
}

ESPALIER_INLINE Ints BroadcastInt(int32_t value) { return value - Ints{}; }
ESPALIER_INLINE Floats BroadcastFloat(float value) { return value - Floats{}; }
ESPALIER_INLINE Floats ToFloats(Ints ints) { return __builtin_convertvector(ints, Floats); }

// The optimiser no longer knows what `pointer` points to.
ESPALIER_INLINE void Hide(const int8_t*& pointer) { asm("" : "+r"(pointer)); }

// The 4 quants of one group in every lane.
ESPALIER_INLINE Ints BroadcastGroup(const int8_t* quants, int group) {
  int32_t four;
  __builtin_memcpy(&four, quants + 4 * group, sizeof four);
  return BroadcastInt(four);
}

#if defined(__AVX512VNNI__)

ESPALIER_INLINE Floats Fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
ESPALIER_INLINE Floats LoadHalves(const uint16_t* halves) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves)));
}
ESPALIER_INLINE Floats LoadBFloats(const uint16_t* values) {
  const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(words), 16));
}
ESPALIER_INLINE Ints LoadUnsigned(const uint8_t* bytes) {
  return Reinterpret<Ints>(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes))));
}
ESPALIER_INLINE Ints LoadSigned(const int8_t* bytes) {
  return Reinterpret<Ints>(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes))));
}
ESPALIER_INLINE Ints DotFour(Ints sum, Bytes codes, Ints quants) {
  return Reinterpret<Ints>(_mm512_dpbusd_epi32(Reinterpret<__m512i>(sum), Reinterpret<__m512i>(codes),
                                               Reinterpret<__m512i>(quants)));
}

#elif defined(__AVX2__)

ESPALIER_INLINE Floats Fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
ESPALIER_INLINE Floats LoadHalves(const uint16_t* halves) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves)));
}
ESPALIER_INLINE Floats LoadBFloats(const uint16_t* values) {
  const __m128i words = _mm_loadu_si128(reinterpret_cast<const __m128i*>(values));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(words), 16));
}
ESPALIER_INLINE Ints LoadUnsigned(const uint8_t* bytes) {
  return Reinterpret<Ints>(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
}
ESPALIER_INLINE Ints LoadSigned(const int8_t* bytes) {
  return Reinterpret<Ints>(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
}

#else

ESPALIER_INLINE Floats Fma(Floats a, Floats b, Floats c) {
  for (int i = 0; i < kVectorLanes; ++i) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return c;
}
// HalfToFloat of kernels/half.h on every lane.
ESPALIER_INLINE Floats LoadHalves(const uint16_t* halves) {
  Ints words;
  for (int i = 0; i < kVectorLanes; ++i) words[i] = halves[i];
  const Ints sign = (words & 0x8000) << 16;
  const Ints magnitude = words & 0x7fff;
  const Floats finite = Reinterpret<Floats>(magnitude << 13) * 0x1p112f;
  const Ints special = 0x7f800000 | (magnitude & 0x3ff) << 13;
  return Reinterpret<Floats>(sign | (magnitude >= 0x7c00 ? special : Reinterpret<Ints>(finite)));
}
ESPALIER_INLINE Floats LoadBFloats(const uint16_t* values) {
  Ints words;
  for (int i = 0; i < kVectorLanes; ++i) words[i] = values[i];
  return Reinterpret<Floats>(words << 16);
}
ESPALIER_INLINE Ints LoadUnsigned(const uint8_t* bytes) {
  Ints ints;
  for (int i = 0; i < kVectorLanes; ++i) ints[i] = bytes[i];
  return ints;
}
ESPALIER_INLINE Ints LoadSigned(const int8_t* bytes) {
  Ints ints;
  for (int i = 0; i < kVectorLanes; ++i) ints[i] = bytes[i];
  return ints;
}

#endif

#if defined(__AVXVNNI__) && !defined(__AVX512VNNI__)

ESPALIER_INLINE Ints DotFour(Ints sum, Bytes codes, Ints quants) {
  return Reinterpret<Ints>(_mm256_dpbusd_avx_epi32(Reinterpret<__m256i>(sum), Reinterpret<__m256i>(codes),
                                                   Reinterpret<__m256i>(quants)));
}

#elif defined(__AVX2__) && !defined(__AVX512VNNI__)

// int16 lanes: products of neighbouring bytes, added.
ESPALIER_INLINE Words MultiplyPairs(Bytes codes, Ints quants) {
  return Reinterpret<Words>(_mm256_maddubs_epi16(Reinterpret<__m256i>(codes), Reinterpret<__m256i>(quants)));
}
// factor * (sum of the two int16 of every 32-bit lane).
template <int kFactor>
ESPALIER_INLINE Ints AddPairs(Words words) {
  return Reinterpret<Ints>(_mm256_madd_epi16(Reinterpret<__m256i>(words), _mm256_set1_epi16(kFactor)));
}
// Ends an expression for the optimiser: GCC would rewrite a chain of integer additions as a tree of partial
// sums that does not fit in the registers.
ESPALIER_INLINE void KeepOrder(Words& words) { asm("" : "+x"(words)); }

#elif !defined(__AVX512VNNI__)

ESPALIER_INLINE Words MultiplyPairs(Bytes codes, Ints quants) {
  const Words code_words = Reinterpret<Words>(codes);
  const SignedWords quant_words = Reinterpret<SignedWords>(quants);
  const SignedWords even = Reinterpret<SignedWords>(Reinterpret<Words>(quants) << 8) >> 8;
  return (code_words & 0xff) * Reinterpret<Words>(even) +
         (code_words >> 8) * Reinterpret<Words>(quant_words >> 8);
}
template <int kFactor>
ESPALIER_INLINE Ints AddPairs(Words words) {
  typedef uint32_t UnsignedInts __attribute__((vector_size(kVectorBytes)));
  const Ints low = Reinterpret<Ints>(Reinterpret<UnsignedInts>(words) << 16) >> 16;
  return (low + (Reinterpret<Ints>(words) >> 16)) * kFactor;
}
ESPALIER_INLINE void KeepOrder(Words&) {}

#endif

}  // namespace
}  // namespace espalier::ESPALIER_LEVEL

#endif  // ESPALIER_KERNELS_CPU_SIMD_INL_H_
