#include "kernels/matmul.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "kernels/cpu/matmul_kernels.h"

namespace espalier {
namespace {

// Quantised activations that stay in a core's second-level cache beside the weights that stream through.
constexpr int64_t kRowBlockBytes = 256 << 10;

// Tasks a thread should find, so that a thread that was interrupted does not keep the others waiting long.
constexpr int64_t kTasksPerThread = 8;

int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

// A rectangle of outputs: `tiles` weight tiles by `rows` activation rows.
struct Rectangle {
  int64_t first_tile, tiles;
  int64_t first_row, rows;
};

void Store(const MatMulTarget& target, const float* sums, int64_t row, int64_t tile) {
  const int64_t first = tile * kTileRows;
  const int count = static_cast<int>(std::min<int64_t>(kTileRows, target.weights->rows() - first));
  float* output = target.output + row * target.stride + first;
  float values[kTileRows];
  for (int r = 0; r < count; ++r) values[r] = target.bias ? sums[r] + target.bias[first + r] : sums[r];
  for (int r = 0; r < count; ++r) output[r] = target.accumulate ? output[r] + values[r] : values[r];
}

void ComputeRectangle(const MatMulTarget& target, const ActivationMatrix& activations, const TileKernels& set,
                      const Rectangle& part) {
  alignas(64) float sums[kMaxRows * kMaxTiles * kTileRows];
  // Few rows wait for memory: one tile at a time is one stream for the processor to prefetch.
  const int64_t step = part.rows <= 2 * kMaxRows ? 1 : set.preferred_tiles;
  for (int64_t t = 0; t < part.tiles; t += step) {
    const int64_t tile = part.first_tile + t;
    const int64_t tiles = std::min(step, part.tiles - t);
    for (int64_t m = 0; m < part.rows; m += kMaxRows) {
      const int64_t row = part.first_row + m;
      const int64_t rows = std::min<int64_t>(kMaxRows, part.rows - m);
      set.kernels[rows - 1][tiles - 1](
          {target.weights->tile(tile), target.weights->tile_bytes(), &activations, row, sums});
      for (int64_t i = 0; i < rows * tiles; ++i) {
        Store(target, sums + i * kTileRows, row + i / tiles, tile + i % tiles);
      }
    }
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

void MatMul(std::span<const MatMulTarget> targets, const ActivationMatrix& activations, ThreadPool& pool) {
  if (activations.rows() == 0) return;
  const MatMulLevel level = ActiveMatMulLevel();
  const int64_t row_bytes = activations.blocks() * kBlockColumns;
  const int64_t rows_per_task =
      std::max<int64_t>(8 * kMaxRows, kRowBlockBytes / row_bytes / kMaxRows * kMaxRows);
  const int64_t row_blocks = DivideUp(activations.rows(), rows_per_task);
  int64_t all_tiles = 0;
  for (const MatMulTarget& target : targets) all_tiles += target.weights->tile_count();
  const int64_t wanted_runs = DivideUp(kTasksPerThread * pool.threads(), row_blocks);
  const int64_t tiles_per_task = DivideUp(DivideUp(all_tiles, wanted_runs), kMaxTiles) * kMaxTiles;

  std::vector<Cut> cuts;
  int64_t tasks = 0;
  for (const MatMulTarget& target : targets) {
    ESPALIER_CHECK(target.weights->columns() == activations.columns(), target.weights->columns(),
                   " columns, not ", activations.columns());
    ESPALIER_CHECK(target.stride >= target.weights->rows(), target.stride);
    const int64_t runs = DivideUp(target.weights->tile_count(), tiles_per_task);
    cuts.push_back(
        {level.tile_kernels(target.weights->type()), rows_per_task, tiles_per_task, runs, runs * row_blocks});
    tasks += cuts.back().tasks;
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
      quantize(values + row * columns, columns, quants_.data() + row * blocks() * kBlockColumns,
               scales_.data() + row * blocks());
    }
  });
}

}  // namespace espalier
