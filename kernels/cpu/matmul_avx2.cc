// AVX2 kernels: 32 products an instruction (maddubs of unsigned codes by signed quants), int16 sums that are
// widened before they can overflow. Bounds below are for |quant| <= 127.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#include "kernels/cpu/matmul_kernels.h"

#define ESPALIER_AVX2_INLINE ESPALIER_AVX2 inline __attribute__((always_inline))

namespace espalier {
namespace {

ESPALIER_AVX2_INLINE __m256i Load(const void* source) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(source));
}

// Ends an expression for the optimiser: GCC would rewrite a chain of integer additions as a tree of partial
// sums that does not fit in the registers.
ESPALIER_AVX2_INLINE void KeepOrder(__m256i& sum) { asm("" : "+x"(sum)); }

// The 4 quants of one group in every lane.
ESPALIER_AVX2_INLINE __m256i BroadcastGroup(const int8_t* quants, int group) {
  int32_t four;
  std::memcpy(&four, quants + 4 * group, sizeof four);
  return _mm256_set1_epi32(four);
}

ESPALIER_AVX2_INLINE __m256i LowNibbles(const uint8_t (&low)[4][kGroupBytes], int group) {
  const __m256i bytes = Load(low[group % 4]);
  return _mm256_and_si256(group < 4 ? bytes : _mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

ESPALIER_AVX2_INLINE __m256i LoadGroup(const Codes2& codes, int group) {
  const __m256i moved = _mm256_srli_epi16(Load(codes.code[group / 4]), 2 * (group % 4));
  return _mm256_and_si256(moved, _mm256_set1_epi8(3));
}

ESPALIER_AVX2_INLINE __m256i LoadGroup(const Codes4& codes, int group) {
  return LowNibbles(codes.low, group);
}

ESPALIER_AVX2_INLINE __m256i LoadGroup(const Codes5& codes, int group) {
  const __m256i high = Load(codes.high);
  const __m256i moved = group < 4 ? _mm256_slli_epi16(high, 4 - group) : _mm256_srli_epi16(high, group - 4);
  return _mm256_or_si256(LowNibbles(codes.low, group), _mm256_and_si256(moved, _mm256_set1_epi8(0x10)));
}

ESPALIER_AVX2_INLINE __m256i LoadGroup(const Codes6& codes, int group) {
  const __m256i high = Load(codes.high[group / 4]);
  const int shift = 2 * (group % 4) - 4;
  const __m256i moved = shift < 0 ? _mm256_slli_epi16(high, -shift) : _mm256_srli_epi16(high, shift);
  return _mm256_or_si256(LowNibbles(codes.low, group), _mm256_and_si256(moved, _mm256_set1_epi8(0x30)));
}

// The block at hand: its codes in kTiles tiles, the quants of kRows activation rows.
template <typename Block, int kRows, int kTiles>
struct Operands {
  const Block* blocks[kTiles];
  const int8_t* quants[kRows];
};

template <int kRows, int kTiles>
using Dots = __m256i[kRows][kTiles];

// dots = sum over kGroups groups from `first` of code * quant, as int16: at most kGroups * 2 * 127 * code.
template <int kGroups, typename Block, int kRows, int kTiles>
ESPALIER_AVX2_INLINE void SumGroups(const Operands<Block, kRows, kTiles>& in, int first,
                                    Dots<kRows, kTiles>& dots) {
#pragma GCC unroll 8
  for (int g = first; g < first + kGroups; ++g) {
    __m256i codes[kTiles];
    for (int t = 0; t < kTiles; ++t) codes[t] = LoadGroup(in.blocks[t]->codes, g);
    for (int m = 0; m < kRows; ++m) {
      const __m256i quants = BroadcastGroup(in.quants[m], g);
      for (int t = 0; t < kTiles; ++t) {
        const __m256i products = _mm256_maddubs_epi16(codes[t], quants);
        dots[m][t] = g == first ? products : _mm256_add_epi16(dots[m][t], products);
        KeepOrder(dots[m][t]);
      }
    }
  }
}

// Exact int32 dots of a block. 4 bits: 8 groups * 2 * 127 * 15 = 30480 fit in int16.
template <typename Block, int kRows, int kTiles>
ESPALIER_AVX2_INLINE void BlockDots(const Operands<Block, kRows, kTiles>& in, const Codes4*,
                                    Dots<kRows, kTiles>& dots) {
  SumGroups<8>(in, 0, dots);
  for (int m = 0; m < kRows; ++m) {
    for (int t = 0; t < kTiles; ++t) dots[m][t] = _mm256_madd_epi16(dots[m][t], _mm256_set1_epi16(1));
  }
}

// 5 bits: 4 groups * 2 * 127 * 31 = 31496.
template <typename Block, int kRows, int kTiles>
ESPALIER_AVX2_INLINE void BlockDots(const Operands<Block, kRows, kTiles>& in, const Codes5*,
                                    Dots<kRows, kTiles>& dots) {
  const __m256i ones = _mm256_set1_epi16(1);
  Dots<kRows, kTiles> second;
  SumGroups<4>(in, 0, dots);
  for (int m = 0; m < kRows; ++m) {
    for (int t = 0; t < kTiles; ++t) dots[m][t] = _mm256_madd_epi16(dots[m][t], ones);
  }
  SumGroups<4>(in, 4, second);
  for (int m = 0; m < kRows; ++m) {
    for (int t = 0; t < kTiles; ++t) {
      dots[m][t] = _mm256_add_epi32(dots[m][t], _mm256_madd_epi16(second[m][t], ones));
    }
  }
}

// 8 bits: as two 4-bit codes.
template <typename Block, int kRows, int kTiles>
ESPALIER_AVX2_INLINE void BlockDots(const Operands<Block, kRows, kTiles>& in, const Codes8*,
                                    Dots<kRows, kTiles>& dots) {
  const __m256i nibble = _mm256_set1_epi8(15);
  for (int t = 0; t < kTiles; ++t) {
    __m256i low_sum[kRows], high_sum[kRows];
#pragma GCC unroll 8
    for (int g = 0; g < kBlockGroups; ++g) {
      const __m256i codes = Load(in.blocks[t]->codes.code[g]);
      const __m256i low = _mm256_and_si256(codes, nibble);
      const __m256i high = _mm256_and_si256(_mm256_srli_epi16(codes, 4), nibble);
      for (int m = 0; m < kRows; ++m) {
        const __m256i quants = BroadcastGroup(in.quants[m], g);
        const __m256i low_products = _mm256_maddubs_epi16(low, quants);
        const __m256i high_products = _mm256_maddubs_epi16(high, quants);
        low_sum[m] = g == 0 ? low_products : _mm256_add_epi16(low_sum[m], low_products);
        high_sum[m] = g == 0 ? high_products : _mm256_add_epi16(high_sum[m], high_products);
        KeepOrder(low_sum[m]);
        KeepOrder(high_sum[m]);
      }
    }
    for (int m = 0; m < kRows; ++m) {
      dots[m][t] = _mm256_add_epi32(_mm256_madd_epi16(low_sum[m], _mm256_set1_epi16(1)),
                                    _mm256_madd_epi16(high_sum[m], _mm256_set1_epi16(16)));
    }
  }
}

ESPALIER_AVX2_INLINE __m256 LoadHalves(const uint16_t* halves) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves)));
}
ESPALIER_AVX2_INLINE __m256 LoadBytes(const uint8_t* bytes) {
  return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
}

struct LaneScales {
  __m256 scale;
  __m256 minimum;
};

template <int kOffset>
ESPALIER_AVX2_INLINE LaneScales LoadScales(const BlockScale& block, const Empty&) {
  const __m256 scale = LoadHalves(block.scale);
  return {scale, _mm256_mul_ps(_mm256_set1_ps(-kOffset), scale)};
}
template <int>
ESPALIER_AVX2_INLINE LaneScales LoadScales(const BlockScaleMinimum& block, const Empty&) {
  return {LoadHalves(block.scale), LoadHalves(block.minimum)};
}
template <int>
ESPALIER_AVX2_INLINE LaneScales LoadScales(const SubScaleMinimum& block,
                                           const SubScaleMinimum::Super& super) {
  const __m256 minimum = _mm256_mul_ps(LoadHalves(super.minimum), LoadBytes(block.minimum));
  return {_mm256_mul_ps(LoadHalves(super.scale), LoadBytes(block.scale)),
          _mm256_xor_ps(minimum, _mm256_set1_ps(-0.0f))};
}

// One block of scale and minimum types.
template <typename Layout, int kRows, int kTiles>
struct BlockStep {
  ESPALIER_AVX2_INLINE static void Run(const Operands<typename Layout::Block, kRows, kTiles>& in,
                                       const Layout* const (&supers)[kTiles],
                                       const ActivationBlock* const (&activations)[kRows],
                                       __m256 (&sums)[kRows][kTiles]) {
    Dots<kRows, kTiles> dots;
    BlockDots(in, static_cast<const typename Layout::Codes*>(nullptr), dots);
    for (int t = 0; t < kTiles; ++t) {
      const LaneScales lanes = LoadScales<Layout::kOffset>(in.blocks[t]->scales, supers[t]->super);
      for (int m = 0; m < kRows; ++m) {
        const __m256 scale = _mm256_mul_ps(lanes.scale, _mm256_set1_ps(activations[m]->scale));
        sums[m][t] = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(dots[m][t]), sums[m][t]);
        sums[m][t] = _mm256_fmadd_ps(lanes.minimum, _mm256_set1_ps(activations[m]->scaled_sum), sums[m][t]);
      }
    }
  }
};

// One block with integer scales per 16 columns, which the widening multiplication applies: 2 groups of 6-bit
// codes are 2 * 2 * 127 * 63 = 32004, and the whole block stays below 2^25.
template <int kOffset, int kRows, int kTiles>
struct BlockStep<Packed<Codes6, HalfBlockScale, kOffset>, kRows, kTiles> {
  using Layout = Packed<Codes6, HalfBlockScale, kOffset>;
  ESPALIER_AVX2_INLINE static void Run(const Operands<typename Layout::Block, kRows, kTiles>& in,
                                       const Layout* const (&supers)[kTiles],
                                       const ActivationBlock* const (&activations)[kRows],
                                       __m256 (&sums)[kRows][kTiles]) {
    Dots<kRows, kTiles> dots;
    __m256i scales[2][kTiles];  // of either half, in both int16 of a lane
    for (int t = 0; t < kTiles; ++t) {
      const __m256i pairs =
          _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in.blocks[t]->scales.scale)));
      scales[0][t] = _mm256_blend_epi16(pairs, _mm256_slli_epi32(pairs, 16), 0xaa);
      scales[1][t] = _mm256_blend_epi16(pairs, _mm256_srli_epi32(pairs, 16), 0x55);
      const __m256i offsets = _mm256_mullo_epi16(pairs, _mm256_set1_epi16(-kOffset));
      for (int m = 0; m < kRows; ++m) {
        int32_t half_sums;
        std::memcpy(&half_sums, activations[m]->half_sum, sizeof half_sums);
        dots[m][t] = _mm256_madd_epi16(offsets, _mm256_set1_epi32(half_sums));
      }
    }
#pragma GCC unroll 4
    for (int g = 0; g < kBlockGroups; g += 2) {
      Dots<kRows, kTiles> two;
      SumGroups<2>(in, g, two);
      for (int m = 0; m < kRows; ++m) {
        for (int t = 0; t < kTiles; ++t) {
          dots[m][t] = _mm256_add_epi32(dots[m][t], _mm256_madd_epi16(two[m][t], scales[g / 4][t]));
        }
      }
    }
    for (int t = 0; t < kTiles; ++t) {
      const __m256 super_scale = LoadHalves(supers[t]->super.scale);
      for (int m = 0; m < kRows; ++m) {
        const __m256 scale = _mm256_mul_ps(super_scale, _mm256_set1_ps(activations[m]->scale));
        sums[m][t] = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(dots[m][t]), sums[m][t]);
      }
    }
  }
};

// One block with 4-bit scales and minimums per 16 columns. 4 groups of 2-bit codes are 4 * 2 * 127 * 3 =
// 3048; scale 15 keeps the block's sum below 2^18, where floats are exact.
template <int kRows, int kTiles>
struct BlockStep<PackedQ2_K, kRows, kTiles> {
  ESPALIER_AVX2_INLINE static void Run(const Operands<PackedQ2_K::Block, kRows, kTiles>& in,
                                       const PackedQ2_K* const (&supers)[kTiles],
                                       const ActivationBlock* const (&activations)[kRows],
                                       __m256 (&sums)[kRows][kTiles]) {
    Dots<kRows, kTiles> halves[2];
    SumGroups<4>(in, 0, halves[0]);
    SumGroups<4>(in, 4, halves[1]);
    for (int t = 0; t < kTiles; ++t) {
      const __m256i both = _mm256_cvtepu8_epi16(
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(in.blocks[t]->scales.scale_minimum)));
      const __m256i scales = _mm256_and_si256(both, _mm256_set1_epi16(15));
      const __m256i first_scale = _mm256_blend_epi16(scales, _mm256_slli_epi32(scales, 16), 0xaa);
      const __m256i second_scale = _mm256_blend_epi16(scales, _mm256_srli_epi32(scales, 16), 0x55);
      const __m256i minimums = _mm256_sub_epi16(_mm256_setzero_si256(), _mm256_srli_epi16(both, 4));
      const __m256 super_scale = LoadHalves(supers[t]->super.scale);
      const __m256 super_minimum = LoadHalves(supers[t]->super.minimum);
      for (int m = 0; m < kRows; ++m) {
        int32_t half_sums;
        std::memcpy(&half_sums, activations[m]->half_sum, sizeof half_sums);
        const __m256i dot = _mm256_add_epi32(_mm256_madd_epi16(halves[0][m][t], first_scale),
                                             _mm256_madd_epi16(halves[1][m][t], second_scale));
        const __m256i minimum = _mm256_madd_epi16(minimums, _mm256_set1_epi32(half_sums));
        const __m256 scale = _mm256_set1_ps(activations[m]->scale);
        sums[m][t] = _mm256_fmadd_ps(_mm256_mul_ps(super_scale, scale), _mm256_cvtepi32_ps(dot), sums[m][t]);
        sums[m][t] =
            _mm256_fmadd_ps(_mm256_mul_ps(super_minimum, scale), _mm256_cvtepi32_ps(minimum), sums[m][t]);
      }
    }
  }
};

// Asks for the block that is read about a memory latency later, in this tile or the next.
template <typename Block>
ESPALIER_AVX2_INLINE void Prefetch(const Block* block) {
  const char* ahead = reinterpret_cast<const char*>(block) + 2048;
#pragma GCC unroll 8
  for (size_t offset = 0; offset < sizeof(Block); offset += 64) _mm_prefetch(ahead + offset, _MM_HINT_T0);
}

template <typename Layout, int kRows, int kTiles>
ESPALIER_AVX2_INLINE void TileProduct(const TileArguments& a, __m256 (&sums)[kRows][kTiles]) {
  const Layout* supers[kTiles];
  const ActivationBlock* activations[kRows];
  Operands<typename Layout::Block, kRows, kTiles> in;
  for (int t = 0; t < kTiles; ++t) supers[t] = reinterpret_cast<const Layout*>(a.weights + t * a.tile_bytes);
  for (int m = 0; m < kRows; ++m) {
    activations[m] = a.activations->scales(a.row + m);
    in.quants[m] = a.activations->quants(a.row + m);
  }
  for (int64_t s = a.activations->blocks() / Layout::Scales::kBlocks; s > 0; --s) {
    for (int b = 0; b < Layout::Scales::kBlocks; ++b) {
      for (int t = 0; t < kTiles; ++t) {
        in.blocks[t] = &supers[t]->blocks[b];
        Prefetch(in.blocks[t]);
      }
      BlockStep<Layout, kRows, kTiles>::Run(in, supers, activations, sums);
      for (int m = 0; m < kRows; ++m) {
        in.quants[m] += kBlockColumns;
        ++activations[m];
      }
    }
    for (int t = 0; t < kTiles; ++t) ++supers[t];
  }
}

ESPALIER_AVX2_INLINE __m256 LoadColumn(const PackedF32& column) { return _mm256_loadu_ps(column.value); }
ESPALIER_AVX2_INLINE __m256 LoadColumn(const PackedF16& column) { return LoadHalves(column.value); }
ESPALIER_AVX2_INLINE __m256 LoadColumn(const PackedBF16& column) {
  const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(column.value));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}

template <typename Float, int kRows, int kTiles>
requires(Float::kColumns == 1) ESPALIER_AVX2_INLINE
    void TileProduct(const TileArguments& a, __m256 (&sums)[kRows][kTiles]) {
  const Float* tiles[kTiles];
  const float* values[kRows];
  for (int t = 0; t < kTiles; ++t) tiles[t] = reinterpret_cast<const Float*>(a.weights + t * a.tile_bytes);
  for (int m = 0; m < kRows; ++m) values[m] = a.activations->values(a.row + m);
  const int64_t columns = a.activations->columns();
  for (int64_t k = 0; k < columns; ++k) {
    __m256 weights[kTiles];
    for (int t = 0; t < kTiles; ++t) weights[t] = LoadColumn(tiles[t][k]);
    for (int m = 0; m < kRows; ++m) {
      const __m256 value = _mm256_set1_ps(values[m][k]);
      for (int t = 0; t < kTiles; ++t) sums[m][t] = _mm256_fmadd_ps(weights[t], value, sums[m][t]);
    }
  }
}

template <typename Layout, int kRows, int kTiles>
ESPALIER_AVX2 void Kernel(const TileArguments& a) {
  __m256 sums[kRows][kTiles];
  for (int m = 0; m < kRows; ++m) {
    for (int t = 0; t < kTiles; ++t) sums[m][t] = _mm256_setzero_ps();
  }
  TileProduct<Layout, kRows, kTiles>(a, sums);
  for (int m = 0; m < kRows; ++m) {
    for (int t = 0; t < kTiles; ++t) _mm256_storeu_ps(a.sums + (m * kTiles + t) * kTileRows, sums[m][t]);
  }
}

ESPALIER_AVX2_INLINE float LargestMagnitude(const __m256 (&values)[4]) {
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  __m256 largest = _mm256_setzero_ps();
  for (const __m256& eight : values) largest = _mm256_max_ps(largest, _mm256_and_ps(eight, magnitude));
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(largest), _mm256_extractf128_ps(largest, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
}

ESPALIER_AVX2_INLINE void QuantizeBlock(const float* values, int8_t* quants, ActivationBlock* scale) {
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
  scale->half_sum[0] = static_cast<int16_t>(first);
  scale->half_sum[1] = static_cast<int16_t>(second);
}

}  // namespace

TileKernels Avx2TileKernels(TensorType type) {
  return VisitPackedLayout(type, []<typename Layout>(std::type_identity<Layout>) {
    // 8-bit codes keep two sums each: two tiles would not fit in the registers.
    return TileKernels{{{Kernel<Layout, 1, 1>, Kernel<Layout, 1, 2>},
                        {Kernel<Layout, 2, 1>, Kernel<Layout, 2, 2>},
                        {Kernel<Layout, 3, 1>, Kernel<Layout, 3, 2>},
                        {Kernel<Layout, 4, 1>, Kernel<Layout, 4, 2>}},
                       std::is_same_v<Layout, PackedQ8_0> ? 1 : kMaxTiles};
  });
}

ESPALIER_AVX2 void QuantizeRowAvx2(const float* values, int64_t columns, int8_t* quants,
                                   ActivationBlock* scales) {
  int64_t first = 0;
  for (; first + kBlockColumns <= columns; first += kBlockColumns) {
    QuantizeBlock(values + first, quants + first, scales++);
  }
  if (first == columns) return;
  float padded[kBlockColumns] = {};
  std::memcpy(padded, values + first, static_cast<size_t>(columns - first) * sizeof(float));
  QuantizeBlock(padded, quants + first, scales);
}

}  // namespace espalier

#endif
