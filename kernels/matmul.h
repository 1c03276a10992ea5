// Matrix products of stored weights with activations: output[m, r] = sum over k of input[m, k] * weight[r,
// k].
//
// Weights are repacked once, at load, into tiles of sixteen output rows. Activations are quantised once and
// used by every product that reads them. Integer weights meet 8-bit activations in exact integer dot products
// over 32 columns; float weights meet the activations as they are.
//
// The same bits always: an output element is a function of its weight row and its activation row only, never
// of the other rows, the row count or the threads. All CPU levels give the same bits.
#ifndef ESPALIER_KERNELS_MATMUL_H_
#define ESPALIER_KERNELS_MATMUL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/functional/function_ref.h"
#include "base/thread_pool.h"
#include "kernels/aligned_buffer.h"
#include "kernels/tensor_arena.h"
#include "kernels/tensor_type.h"

namespace espalier {

// A matrix as the file has it.
struct StoredMatrix {
  TensorType type = TensorType::kF32;  // a supported one
  const void* data = nullptr;          // rows * RowBytes(type, columns) bytes
  int64_t rows = 0;
  int64_t columns = 0;  // a multiple of the type's block_elements
};

// One stored matrix [rows, columns], repacked. Immutable; copies share the memory.
class WeightMatrix {
 public:
  WeightMatrix() = default;

  // What `stored` points to is no longer needed afterwards.
  static WeightMatrix Pack(const StoredMatrix& stored, TensorArena& arena, ThreadPool& pool);

  TensorType type() const { return type_; }
  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  int64_t packed_bytes() const { return tile_count() * tile_bytes_; }

  // For the kernels: tile t holds output rows [16t, 16t + 16), rows past the end as zeros.
  int64_t tile_count() const { return (rows_ + 15) / 16; }
  int64_t tile_bytes() const { return tile_bytes_; }
  const std::byte* tile(int64_t index) const { return tiles_.get() + index * tile_bytes_; }

 private:
  TensorType type_ = TensorType::kF32;
  int64_t rows_ = 0;
  int64_t columns_ = 0;
  int64_t tile_bytes_ = 0;
  std::shared_ptr<const std::byte[]> tiles_;
};

// Scale of 32 quantised activations and what the weights' offsets and minimums need.
struct ActivationBlock {
  float scale;          // value ~ scale * quant; max |value| / 127
  float scaled_sum;     // scale * sum
  int32_t sum;          // of the 32 quants
  int32_t half_sum[2];  // of quants 0..15 and 16..31
};

// Activations [rows, columns], quantised per row to int8 in blocks of 32 columns. A buffer to keep between
// steps: its memory grows to the largest assignment and stays.
class ActivationMatrix {
 public:
  // `values`: dense [rows, columns]. They must stay valid and unchanged until the last product, because float
  // weights read them. A row with an infinity or NaN has quants and products without meaning; the levels may
  // differ in them. A last block of fewer than 32 columns is filled up with zeros.
  void Assign(const float* values, int64_t rows, int64_t columns, ThreadPool& pool);

  // The same for values that do not exist yet: fill(row) writes a row of `values` right before it is
  // quantised, while it is in the cache. Called once for each row, from any thread.
  void Assign(const float* values, int64_t rows, int64_t columns, absl::FunctionRef<void(int64_t)> fill,
              ThreadPool& pool);

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }

  // For the kernels.
  int64_t blocks() const { return (columns_ + 31) / 32; }  // per row
  const float* values(int64_t row) const { return values_ + row * columns_; }
  const int8_t* quants(int64_t row) const { return quants_.data() + row * blocks() * 32; }
  const ActivationBlock* scales(int64_t row) const { return scales_.data() + row * blocks(); }

 private:
  const float* values_ = nullptr;
  int64_t rows_ = 0;
  int64_t columns_ = 0;
  AlignedBuffer<int8_t> quants_;           // [rows, blocks, 32]
  AlignedBuffer<ActivationBlock> scales_;  // [rows, blocks]
};

// One product of a call. output[m * stride + r] = sum, or sum + bias[r]; with `accumulate`, that is added to
// the value already there: output + (sum + bias[r]).
struct MatMulTarget {
  const WeightMatrix* weights = nullptr;
  float* output = nullptr;
  int64_t stride = 0;  // floats between the outputs of consecutive activation rows, >= weights->rows()
  const float* bias = nullptr;  // [weights->rows()] or null
  bool accumulate = false;
};

// The most products of one call.
inline constexpr size_t kMaxTargets = 4;

// All products of `activations` that are ready together (query, key and value; gate and up), in one parallel
// pass. Each weights->columns() must be activations.columns(); outputs must not overlap the activations or
// one another. At most kMaxTargets.
void MatMul(std::span<const MatMulTarget> targets, const ActivationMatrix& activations, ThreadPool& pool);
inline void MatMul(const MatMulTarget& target, const ActivationMatrix& activations, ThreadPool& pool) {
  MatMul(std::span(&target, 1), activations, pool);
}

}  // namespace espalier

#endif  // ESPALIER_KERNELS_MATMUL_H_
