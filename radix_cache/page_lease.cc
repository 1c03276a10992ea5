#include <utility>

#include "base/check.h"
#include "radix_cache/radix_cache.h"

namespace espalier {

PageLease::PageLease(PageLease&& other) noexcept
    : cache_(std::exchange(other.cache_, nullptr)),
      pages_(std::exchange(other.pages_, {})),
      length_(std::exchange(other.length_, 0)) {}

PageLease& PageLease::operator=(PageLease&& other) noexcept {
  if (this == &other) return *this;
  if (cache_ != nullptr) cache_->Release(*this);
  cache_ = std::exchange(other.cache_, nullptr);
  pages_ = std::exchange(other.pages_, {});
  length_ = std::exchange(other.length_, 0);
  return *this;
}

PageLease::~PageLease() {
  if (cache_ != nullptr) cache_->Release(*this);
}

int64_t PageLease::capacity() const {
  if (cache_ == nullptr || cache_->LastPageNeedsCopy(*this)) return length_;
  return static_cast<int64_t>(pages_.size()) * cache_->page_size();
}

void PageLease::Advance(int64_t tokens) {
  ESPALIER_CHECK(tokens >= 0 && length_ + tokens <= capacity(), tokens, " tokens after ", length_,
                 ", capacity ", capacity());
  length_ += tokens;
}

}  // namespace espalier
