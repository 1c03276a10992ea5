#include "kernels/tensor_arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "base/check.h"

namespace espalier {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kBlock = size_t{64} << 20;  // of address space; only what is used is resident

size_t RoundUp(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

void TensorArena::AddBlock(size_t bytes) {
  const size_t size = RoundUp(bytes, kHugePage) + kHugePage;
  void* memory =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  madvise(memory, size, MADV_HUGEPAGE);  // only advice: no error to handle
  block_ = std::shared_ptr<std::byte[]>(static_cast<std::byte*>(memory),
                                        [size](std::byte* begin) { munmap(begin, size); });
  const size_t unaligned = reinterpret_cast<uintptr_t>(memory) % kHugePage;
  const size_t skipped = unaligned == 0 ? 0 : kHugePage - unaligned;
  next_ = block_.get() + skipped;
  left_ = size - skipped;
}

std::shared_ptr<std::byte[]> TensorArena::Allocate(int64_t bytes) {
  ESPALIER_CHECK(bytes > 0, bytes);
  const size_t taken = RoundUp(static_cast<size_t>(bytes), 64);
  if (taken > left_) AddBlock(std::max(taken, kBlock));
  std::byte* const begin = next_;
  next_ += taken;
  left_ -= taken;
  return std::shared_ptr<std::byte[]>(block_, begin);
}

}  // namespace espalier
