// Where a position's keys and values lie in the pages.
#ifndef ESPALIER_KERNELS_CPU_KV_PAGES_H_
#define ESPALIER_KERNELS_CPU_KV_PAGES_H_

#include <cstdint>

#include "base/ids.h"
#include "kernels/attention.h"
#include "kernels/cpu/attention_kernels.h"

namespace espalier {

KvHead HeadOfPage(const KvPages& kv, PageId page, int64_t kv_head);

// A range of positions of one sequence.
struct PositionRange {
  const PageId* pages;
  int64_t begin, end;
  int64_t known_end;  // the list has pages for positions up to here, which will be read next
};

// Fills the tile with the range, at most a chunk that begins where the range does. `begin` is a multiple of
// kAttentionChunk.
void GatherPositions(const KvPages& kv, int64_t kv_head, const PositionRange& range,
                     const AttentionTile& tile);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_CPU_KV_PAGES_H_
