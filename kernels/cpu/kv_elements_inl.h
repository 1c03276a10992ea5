// Reading and writing the slots of a page in each KvType. Included once per dispatch level, see float8_inl.h.
#include <cstdint>
#include <cstring>

#include "kernels/attention.h"
#include "kernels/cpu/attention_kernels.h"
#include "kernels/cpu/float8_inl.h"
#include "kernels/transformer.h"

#if defined(__F16C__)
#include <immintrin.h>
#else
#include "kernels/half.h"
#endif

namespace espalier::ESPALIER_LEVEL {
namespace {

typedef uint32_t UInt8 __attribute__((vector_size(32)));

// How one element is stored: eight at a time on the way in, one at a time on the way out.
struct Float32Element {
  using Stored = float;
  static Float8 Load8(const float* source) { return Load(source); }
  static float Round(float value) { return value; }
};

struct Float16Element {
  using Stored = uint16_t;
#if defined(__F16C__)
  static Float8 Load8(const uint16_t* source) {
    return (Float8)_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(source)));
  }
  static uint16_t Round(float value) { return _cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT); }
#else
  static Float8 Load8(const uint16_t* source) {
    Float8 v;
    for (int i = 0; i < 8; ++i) v[i] = HalfToFloat(source[i]);
    return v;
  }
  static uint16_t Round(float value) { return FloatToHalf(value); }
#endif
};

struct BFloat16Element {
  using Stored = uint16_t;
  static Float8 Load8(const uint16_t* source) {
    UInt8 bits;
    for (int i = 0; i < 8; ++i) bits[i] = source[i];
    bits <<= 16;
    Float8 v;
    std::memcpy(&v, &bits, sizeof(v));
    return v;
  }
  static uint16_t Round(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<uint16_t>(bits >> 16 | 0x40);
    return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
  }
};

struct CodeElement {
  using Stored = int8_t;
  static Float8 Load8(const int8_t* source) {
#if defined(__AVX2__)
    const __m128i codes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(source));
    return (Float8)_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(codes));
#else
    Float8 v;
    for (int i = 0; i < 8; ++i) v[i] = source[i];
    return v;
#endif
  }
};

// Where the parts of a head begin.
template <typename Stored>
struct HeadParts {
  explicit HeadParts(const KvHead& head)
      : keys(reinterpret_cast<Stored*>(head.data)),
        values(keys + head.head_dim * head.page_size),
        key_scales(reinterpret_cast<float*>(values + head.head_dim * head.page_size)),
        value_scales(key_scales + head.page_size) {}
  Stored* keys;
  Stored* values;
  float* key_scales;  // these two: kInt8
  float* value_scales;
};

template <typename Element>
inline void StoreElements(const KvHead& head, int64_t slot, const float* key, const float* value) {
  const HeadParts<typename Element::Stored> parts(head);
  for (int64_t d = 0; d < head.head_dim; ++d) {
    parts.keys[d * head.page_size + slot] = Element::Round(key[d]);
    parts.values[slot * head.head_dim + d] = Element::Round(value[d]);
  }
}

// Writes codes `stride` apart; returns the scale.
inline float StoreCodes(const float* x, int64_t count, int8_t* codes, int64_t stride) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  float largest = 0;
  for (int64_t i = 0; i < count; ++i) largest = Larger(largest, __builtin_fabsf(x[i]));
  const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    float code = x[i] * inverse;
    code = code <= 127.0f ? code : 127.0f;  // an infinity's code, and a NaN's
    code = code >= -127.0f ? code : -127.0f;
    codes[i * stride] = static_cast<int8_t>((code + kRound) - kRound);
  }
  return largest / 127.0f;
}

void StoreSlot(const KvHead& head, int64_t slot, const float* key, const float* value) {
  switch (head.type) {
    case KvType::kF32:
      return StoreElements<Float32Element>(head, slot, key, value);
    case KvType::kF16:
      return StoreElements<Float16Element>(head, slot, key, value);
    case KvType::kBF16:
      return StoreElements<BFloat16Element>(head, slot, key, value);
    case KvType::kInt8:
      break;
  }
  const HeadParts<int8_t> parts(head);
  parts.key_scales[slot] = StoreCodes(key, head.head_dim, parts.keys + slot, head.page_size);
  parts.value_scales[slot] = StoreCodes(value, head.head_dim, parts.values + slot * head.head_dim, 1);
}

// What the next call will read, a line at a time, while this one computes. A null pointer has no lines.
struct Prefetcher {
  const std::byte* line;
  int64_t lines;
  void Next() {
    if (lines <= 0) return;
    __builtin_prefetch(line, 0, 2);  // the second cache: the tile fills the first
    line += 64;
    --lines;
  }
};

template <typename Element>
inline void GatherElements(const KvHead& head, const SlotRange& range, const AttentionTile& tile) {
  constexpr bool kScaled = std::is_same_v<Element, CodeElement>;
  constexpr int64_t kLineElements = 64 / sizeof(typename Element::Stored);
  const HeadParts<typename Element::Stored> parts(head);
  Prefetcher ahead = {range.next, range.next == nullptr ? 0 : range.next_bytes / 64};
  // Locals: for all the compiler knows, a store to the tile changes what a reference refers to.
  const int64_t head_dim = head.head_dim, page_size = head.page_size, slots = range.slots;
  const typename Element::Stored* keys = parts.keys + range.slot;
  const float* key_scales = parts.key_scales + range.slot;
  float* key_tile = tile.keys + range.position;
  for (int64_t d = 0; d < head_dim; ++d, keys += page_size, key_tile += kAttentionChunk) {
    for (int64_t t = 0; t < slots; t += kLanes) {
      Float8 key = Element::Load8(keys + t);
      if constexpr (kScaled) key *= Load(key_scales + t);
      Store(key, key_tile + t);
    }
    ahead.Next();
  }
  const typename Element::Stored* values = parts.values + range.slot * head_dim;
  const float* value_scales = parts.value_scales + range.slot;
  float* value_tile = tile.values + range.position * head_dim;
  for (int64_t t = 0; t < slots; ++t, values += head_dim, value_tile += head_dim) {
    for (int64_t d = 0; d < head_dim; d += kLanes) {
      Float8 value = Element::Load8(values + d);
      if constexpr (kScaled) value *= Broadcast(value_scales[t]);
      Store(value, value_tile + d);
      if (d % kLineElements == 0) ahead.Next();
    }
  }
}

void GatherSlots(const KvHead& head, const SlotRange& range, const AttentionTile& tile) {
  switch (head.type) {
    case KvType::kF32:
      return GatherElements<Float32Element>(head, range, tile);
    case KvType::kF16:
      return GatherElements<Float16Element>(head, range, tile);
    case KvType::kBF16:
      return GatherElements<BFloat16Element>(head, range, tile);
    case KvType::kInt8:
      return GatherElements<CodeElement>(head, range, tile);
  }
}

}  // namespace
}  // namespace espalier::ESPALIER_LEVEL
