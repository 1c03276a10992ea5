#include "engine/kv_store.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "base/cat.h"
#include "base/check.h"
#include "base/text.h"

namespace espalier {

absl::StatusOr<KvStore> KvStore::Create(const ModelConfig& config, const EngineOptions& options) {
  if (options.page_size <= 0 || options.page_size % kLanes != 0) {
    return absl::InvalidArgumentError(
        Cat("page size ", options.page_size, " is not a positive multiple of ", kLanes, "; use 16"));
  }
  KvPages pages;
  pages.type = options.kv_type;
  pages.kv_heads = config.kv_heads;
  pages.head_dim = config.head_dim;
  pages.page_size = options.page_size;
  pages.page_stride = config.layers * pages.layer_bytes();
  if (options.kv_memory < pages.page_stride) {
    return absl::InvalidArgumentError(Cat("KV memory of ", options.kv_memory, " bytes holds no page of ",
                                          config.name, ": give at least ", FormatBytes(pages.page_stride),
                                          " (one page of ", options.page_size, " tokens)"));
  }
  const int64_t count =
      std::min<int64_t>(options.kv_memory / pages.page_stride, std::numeric_limits<int32_t>::max());
  const int64_t bytes = count * pages.page_stride;
  void* memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return absl::ResourceExhaustedError(Cat("cannot reserve ", FormatBytes(bytes), " for KV pages (",
                                            std::strerror(errno), "); give less KV memory"));
  }
  madvise(memory, bytes, MADV_HUGEPAGE);  // only advice: no error to handle
  pages.data = static_cast<std::byte*>(memory);
  return KvStore(pages, static_cast<int32_t>(count), config.windows);
}

KvStore::KvStore(KvStore&& other) noexcept
    : pages_(std::exchange(other.pages_, KvPages{})),
      page_count_(std::exchange(other.page_count_, 0)),
      windows_(std::move(other.windows_)) {}

KvStore::~KvStore() {
  if (pages_.data != nullptr) munmap(pages_.data, page_count_ * pages_.page_stride);
}

KvPages KvStore::Layer(int32_t layer) const {
  KvPages pages = pages_;
  pages.data += layer * pages.layer_bytes();
  pages.window = windows_[static_cast<size_t>(layer)];
  return pages;
}

void KvStore::Copy(const PageCopy& copy) {
  const auto valid = [this](PageId page) { return page >= 0 && page < page_count_; };
  ESPALIER_CHECK(valid(copy.source) && valid(copy.destination) && copy.source != copy.destination,
                 copy.source, " to ", copy.destination, " of ", page_count_);
  ESPALIER_CHECK(copy.slots >= 0 && copy.slots <= pages_.page_size, copy.slots);
  // Whole pages: slots beyond copy.slots are the destination's own, still unwritten.
  std::memcpy(pages_.data + copy.destination * pages_.page_stride,
              pages_.data + copy.source * pages_.page_stride, pages_.page_stride);
}

}  // namespace espalier
