// Memory for the tensors of one model, side by side on huge pages: a matrix of its own pages would leave half
// a huge page unused on average.
#ifndef ESPALIER_KERNELS_TENSOR_ARENA_H_
#define ESPALIER_KERNELS_TENSOR_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <memory>

namespace espalier {

// Invariant: [next_, next_ + left_) is the untouched rest of the last block; untouched memory is not
// resident.
class TensorArena {
 public:
  // `bytes` > 0, zeroed, aligned to cache lines. A block lives as long as any tensor in it, the arena's end
  // notwithstanding. Throws std::bad_alloc when the system has no more.
  std::shared_ptr<std::byte[]> Allocate(int64_t bytes);

 private:
  void AddBlock(size_t bytes);

  std::shared_ptr<std::byte[]> block_;
  std::byte* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_KERNELS_TENSOR_ARENA_H_
