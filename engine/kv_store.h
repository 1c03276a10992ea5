// The memory behind the page ids: keys and values of every layer for `page_count` pages.
//
// Page-major: a page is one contiguous stretch [layers][KvPages layout], so that copying a page is one memcpy
// and a page that no one has touched costs no memory.
#ifndef ESPALIER_ENGINE_KV_STORE_H_
#define ESPALIER_ENGINE_KV_STORE_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/ids.h"
#include "engine/engine.h"
#include "engine/model_config.h"
#include "kernels/kernels.h"

namespace espalier {

class KvStore {
 public:
  // As many pages as fit in options.kv_memory. Errors: InvalidArgument for a page size that the kernels
  // cannot use or memory for less than one page, ResourceExhausted when the system has no such address space.
  static absl::StatusOr<KvStore> Create(const ModelConfig& config, const EngineOptions& options);

  KvStore(KvStore&& other) noexcept;
  KvStore& operator=(KvStore&&) = delete;
  ~KvStore();

  int32_t page_count() const { return page_count_; }
  int32_t page_size() const { return pages_.page_size; }
  int64_t page_bytes() const { return pages_.page_stride; }

  // The pages as layer `layer` sees them.
  KvPages Layer(int32_t layer) const;

  void Copy(const PageCopy& copy);

 private:
  KvStore(const KvPages& pages, int32_t page_count, std::vector<int32_t> windows)
      : pages_(pages), page_count_(page_count), windows_(std::move(windows)) {}

  KvPages pages_;  // of layer 0
  int32_t page_count_;
  std::vector<int32_t> windows_;  // of each layer
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_KV_STORE_H_
