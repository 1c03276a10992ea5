#include "kernels/cpu/kv_pages.h"

#include <algorithm>

namespace espalier {
namespace {

int64_t ElementBytes(KvType type) {
  switch (type) {
    case KvType::kF32:
      return 4;
    case KvType::kF16:
    case KvType::kBF16:
      return 2;
    case KvType::kInt8:
      return 1;
  }
  return 0;
}

}  // namespace

int64_t KvPages::position_bytes() const {
  const int64_t scale_bytes = type == KvType::kInt8 ? 2 * sizeof(float) : 0;
  return 2 * int64_t{head_dim} * ElementBytes(type) + scale_bytes;
}

KvHead HeadOfPage(const KvPages& kv, PageId page, int64_t kv_head) {
  const int64_t head_bytes = kv.position_bytes() * kv.page_size;
  return {.data = kv.data + page * kv.page_stride + kv_head * head_bytes,
          .type = kv.type,
          .head_dim = kv.head_dim,
          .page_size = kv.page_size};
}

void WriteKv(const KvPages& kv, std::span<const SequenceSpan> sequences, const float* keys,
             const float* values, ThreadPool& pool) {
  const int64_t row = int64_t{kv.kv_heads} * kv.head_dim;
  const AttentionKernels& kernels = ActiveAttentionKernels();
  pool.ParallelFor(static_cast<int64_t>(sequences.size()) * kv.kv_heads, [&](int64_t task, int) {
    const SequenceSpan& sequence = sequences[task / kv.kv_heads];
    const int64_t h = task % kv.kv_heads;
    for (int64_t i = 0; i < sequence.tokens; ++i) {
      const int64_t position = sequence.position + i;
      const int64_t offset = (sequence.first_token + i) * row + h * kv.head_dim;
      kernels.store(HeadOfPage(kv, sequence.pages[position / kv.page_size], h), position % kv.page_size,
                    keys + offset, values + offset);
    }
  });
}

void GatherPositions(const KvPages& kv, int64_t kv_head, const PositionRange& range,
                     const AttentionTile& tile) {
  const AttentionKernels& kernels = ActiveAttentionKernels();
  const int64_t head_bytes = kv.position_bytes() * kv.page_size;
  for (int64_t position = range.begin; position < range.end;) {
    const int64_t slot = position % kv.page_size;
    const int64_t slots = std::min(kv.page_size - slot, range.end - position);
    const int64_t page = position / kv.page_size;
    const bool more = (page + 1) * kv.page_size < range.known_end;
    const std::byte* next = more ? HeadOfPage(kv, range.pages[page + 1], kv_head).data : nullptr;
    kernels.gather(HeadOfPage(kv, range.pages[page], kv_head),
                   {.slot = slot,
                    .slots = slots,
                    .position = position - range.begin,
                    .next = next,
                    .next_bytes = head_bytes},
                   tile);
    position += slots;
  }
}

}  // namespace espalier
