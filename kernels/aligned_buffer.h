// Memory for tensors: cache-line aligned, uninitialised, on huge pages where the system grants them.
#ifndef ESPALIER_KERNELS_ALIGNED_BUFFER_H_
#define ESPALIER_KERNELS_ALIGNED_BUFFER_H_

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace espalier {

template <typename T>
class AlignedBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(int64_t size) { Reserve(size); }

  // Makes room for `size` elements; what was in the buffer is lost if it has to grow.
  void Reserve(int64_t size) {
    if (size <= capacity_) return;
    constexpr size_t kHugePage = size_t{2} << 20;
    const size_t wanted = static_cast<size_t>(size) * sizeof(T);
    const size_t alignment = wanted >= kHugePage ? kHugePage : 64;
    const size_t bytes = (wanted + alignment - 1) / alignment * alignment;
    data_.reset(static_cast<T*>(std::aligned_alloc(alignment, bytes)));
    capacity_ = data_ ? size : 0;
    if (!data_) throw std::bad_alloc();
    if (alignment == kHugePage)
      madvise(data_.get(), bytes, MADV_HUGEPAGE);  // only advice: no error to handle
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };
  std::unique_ptr<T[], Free> data_;
  int64_t capacity_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_KERNELS_ALIGNED_BUFFER_H_
