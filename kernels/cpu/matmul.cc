#include "kernels/matmul.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "kernels/cpu/cpu_features.h"
#include "kernels/cpu/matmul_kernels.h"

namespace espalier {
namespace {

// Activations that stay in a core's second-level cache beside the weights that stream through.
constexpr int64_t kRowBlockBytes = 256 << 10;

// Sums of a task's rows are kept while the columns go by: they have to stay in the first-level cache.
constexpr int64_t kMostRows = 128;

// Tasks a thread should find, so that a thread that was interrupted does not keep the others waiting long.
constexpr int64_t kTasksPerThread = 8;

int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

// A rectangle of outputs: `tiles` weight tiles by `rows` activation rows.
struct Rectangle {
  int64_t first_tile, tiles;
  int64_t first_row, rows;
};

// Outputs [first, first + count) of one row, count at most a tile's.
template <bool kBias, bool kAccumulate>
void Store(const MatMulTarget& target, const float* sums, int64_t row, int64_t first, int count) {
  float* output = target.output + row * target.stride + first;
  const float* bias = target.bias + first;
  for (int r = 0; r < count; ++r) {
    const float value = kBias ? sums[r] + bias[r] : sums[r];
    output[r] = kAccumulate ? output[r] + value : value;
  }
}

template <bool kBias, bool kAccumulate>
void StoreTile(const MatMulTarget& target, const float* sums, const Rectangle& part, int64_t tile) {
  const int64_t first = tile * kTileRows;
  const int64_t left = target.weights->rows() - first;
  for (int64_t m = 0; m < part.rows; ++m, sums += kTileRows) {
    if (left >= kTileRows) {
      Store<kBias, kAccumulate>(target, sums, part.first_row + m, first, kTileRows);
    } else {
      Store<kBias, kAccumulate>(target, sums, part.first_row + m, first, static_cast<int>(left));
    }
  }
}

using StoreFunction = void (*)(const MatMulTarget&, const float*, const Rectangle&, int64_t);

StoreFunction StoreFor(const MatMulTarget& target) {
  if (target.bias == nullptr) return target.accumulate ? StoreTile<false, true> : StoreTile<false, false>;
  return target.accumulate ? StoreTile<true, true> : StoreTile<true, false>;
}

void ComputeRectangle(const MatMulTarget& target, const ActivationMatrix& activations, const TileKernels& set,
                      const Rectangle& part) {
  alignas(64) float sums[kMaxTiles * kMostRows * kTileRows];
  const WeightMatrix& weights = *target.weights;
  const StoreFunction store = StoreFor(target);
  TileArguments arguments = {.weights = nullptr,
                             .tile_bytes = weights.tile_bytes(),
                             .columns = weights.columns(),
                             .rows = part.rows,
                             .values = activations.values(part.first_row),
                             .quants = activations.quants(part.first_row),
                             .scales = activations.scales(part.first_row),
                             .sums = sums};
  // Few rows wait for memory: one tile at a time is one stream for the processor to prefetch.
  const int64_t step = part.rows <= set.direct_rows ? 1 : set.preferred_tiles;
  for (int64_t t = 0; t < part.tiles; t += step) {
    const int64_t tile = part.first_tile + t;
    const int64_t tiles = std::min(step, part.tiles - t);
    arguments.weights = weights.tile(tile);
    set.kernels[tiles - 1](arguments);
    for (int64_t i = 0; i < tiles; ++i) store(target, sums + i * part.rows * kTileRows, part, tile + i);
  }
}

// How one target is cut into tasks: row blocks by runs of tiles.
struct Cut {
  TileKernels kernels;
  int64_t rows_per_task;
  int64_t tiles_per_task;
  int64_t tile_runs;
  int64_t tasks;
};

}  // namespace

const MatMulLevel& ActiveMatMulLevel() {
#if defined(__x86_64__)
  switch (ActiveCpuLevel()) {
    case CpuLevel::kAvx512Vnni:
      return avx512_vnni::kMatMulLevel;
    case CpuLevel::kAvxVnni:
      return avx_vnni::kMatMulLevel;
    case CpuLevel::kAvx2:
      return avx2::kMatMulLevel;
    case CpuLevel::kGeneric:
      break;
  }
#endif
  return generic::kMatMulLevel;
}

void MatMul(std::span<const MatMulTarget> targets, const ActivationMatrix& activations, ThreadPool& pool) {
  if (activations.rows() == 0) return;
  const MatMulLevel& level = ActiveMatMulLevel();
  const int64_t row_bytes = activations.blocks() * kBlockColumns;
  const int64_t most_rows = std::clamp<int64_t>(kRowBlockBytes / row_bytes, 32, kMostRows);
  // Blocks of one size, so that the last is not left with a few rows, in whole groups of 12.
  const int64_t rows_per_task = std::min(
      kMostRows, DivideUp(DivideUp(activations.rows(), DivideUp(activations.rows(), most_rows)), 12) * 12);
  const int64_t row_blocks = DivideUp(activations.rows(), rows_per_task);
  int64_t all_tiles = 0;
  for (const MatMulTarget& target : targets) all_tiles += target.weights->tile_count();
  const int64_t wanted_runs = DivideUp(kTasksPerThread * pool.threads(), row_blocks);
  const int64_t tiles_per_task = DivideUp(DivideUp(all_tiles, wanted_runs), kMaxTiles) * kMaxTiles;

  ESPALIER_CHECK(targets.size() <= kMaxTargets, targets.size());
  std::array<Cut, kMaxTargets> cuts;  // no allocation in a step
  int64_t tasks = 0;
  for (size_t i = 0; i < targets.size(); ++i) {
    const MatMulTarget& target = targets[i];
    ESPALIER_CHECK(target.weights->columns() == activations.columns(), target.weights->columns(),
                   " columns, not ", activations.columns());
    ESPALIER_CHECK(target.stride >= target.weights->rows(), target.stride);
    const int64_t runs = DivideUp(target.weights->tile_count(), tiles_per_task);
    cuts[i] = {level.tile_kernels(target.weights->type()), rows_per_task, tiles_per_task, runs,
               runs * row_blocks};
    tasks += cuts[i].tasks;
  }
  pool.ParallelFor(tasks, [&](int64_t task, int) {
    size_t which = 0;
    while (task >= cuts[which].tasks) task -= cuts[which++].tasks;
    const Cut& cut = cuts[which];
    const int64_t first_tile = task % cut.tile_runs * cut.tiles_per_task;
    const int64_t first_row = task / cut.tile_runs * cut.rows_per_task;
    ComputeRectangle(
        targets[which], activations, cut.kernels,
        {first_tile, std::min(cut.tiles_per_task, targets[which].weights->tile_count() - first_tile),
         first_row, std::min(cut.rows_per_task, activations.rows() - first_row)});
  });
}

void ActivationMatrix::Assign(const float* values, int64_t rows, int64_t columns, ThreadPool& pool) {
  Assign(
      values, rows, columns, [](int64_t) {}, pool);
}

void ActivationMatrix::Assign(const float* values, int64_t rows, int64_t columns,
                              absl::FunctionRef<void(int64_t)> fill, ThreadPool& pool) {
  ESPALIER_CHECK(rows >= 0 && columns > 0, rows, " x ", columns);
  values_ = values;
  rows_ = rows;
  columns_ = columns;
  quants_.Reserve(rows * blocks() * kBlockColumns);
  scales_.Reserve(rows * blocks());
  const QuantizeRowFunction quantize = ActiveMatMulLevel().quantize_row;
  constexpr int64_t kRowsPerTask = 8;
  pool.ParallelFor(DivideUp(rows, kRowsPerTask), [&](int64_t task, int) {
    const int64_t end = std::min(rows, (task + 1) * kRowsPerTask);
    for (int64_t row = task * kRowsPerTask; row < end; ++row) {
      fill(row);
      quantize(values + row * columns, columns, quants_.data() + row * blocks() * kBlockColumns,
               scales_.data() + row * blocks());
    }
  });
}

}  // namespace espalier
