// One tensor as a model's files store it, whatever the container.
#ifndef ESPALIER_ENGINE_STORED_TENSOR_H_
#define ESPALIER_ENGINE_STORED_TENSOR_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace espalier {

enum class TensorType : uint32_t;  // kernels/tensor_type.h; may hold an id that the kernels do not know

struct StoredTensor {
  std::string name;
  TensorType type{};
  std::vector<int64_t> shape;       // 1 to 4 sizes >= 1; shape[0] is contiguous
  std::span<const std::byte> data;  // points into the mapped file; empty if the size of `type` is unknown

  int64_t columns() const { return shape[0]; }  // contiguous elements of one row
  int64_t rows() const { return elements() / shape[0]; }
  int64_t elements() const {  // fits: the container's parser has checked it
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  }
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_STORED_TENSOR_H_
