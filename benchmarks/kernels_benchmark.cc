// Matrix products on the shapes of the catalog's models, as shares of what the machine can do with as many
// threads: int8_peak is multiply-accumulates at the rate of the CPU level's densest sequence, read_peak bytes
// of weights from memory. The counters are those of the shortest iteration, which neighbours disturb least.
#include <algorithm>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/thread_pool.h"
#include "benchmark/benchmark.h"
#include "benchmarks/int8_peak.h"
#include "benchmarks/machine.h"
#include "kernels/matmul.h"

namespace espalier {
namespace {

ThreadPool& Pool() {
  static ThreadPool pool(ThreadPool::DefaultThreads());
  return pool;
}

struct Product {
  TensorType type;
  int64_t rows, columns;
};

// Speed depends on no value but NaN: all halves of these bytes are 0x2424, about 0.016.
WeightMatrix SomeWeights(const Product& product) {
  const std::vector<std::byte> bytes(
      static_cast<size_t>(product.rows * RowBytes(product.type, product.columns)), std::byte{0x24});
  TensorArena arena;
  return WeightMatrix::Pack({product.type, bytes.data(), product.rows, product.columns}, arena, Pool());
}

void BenchmarkMatMul(benchmark::State& state, Product product, int64_t count) {
  static const double int8_peak = MeasureInt8Peak(Pool()), read_peak = MeasureReadBandwidth(0);
  // Copies beyond the caches, in turn: a model's weights are out of the cache when a step comes back to them.
  std::vector<WeightMatrix> copies;
  constexpr int64_t kBeyondCaches = int64_t{128} << 20;
  do {
    copies.push_back(SomeWeights(product));
  } while (static_cast<int64_t>(copies.size()) * copies[0].packed_bytes() < kBeyondCaches);
  const std::vector<float> input(static_cast<size_t>(count * product.columns), 0.5f);
  std::vector<float> output(static_cast<size_t>(count * product.rows));
  ActivationMatrix activations;
  size_t next = 0;
  double shortest = 1e9;
  const MonotonicClock clock;
  for (auto _ : state) {
    const double started = clock.Seconds();
    activations.Assign(input.data(), count, product.columns, Pool());
    MatMul({.weights = &copies[next], .output = output.data(), .stride = product.rows}, activations, Pool());
    shortest = std::min(shortest, clock.Seconds() - started);
    next = (next + 1) % copies.size();
  }
  const double work = static_cast<double>(count * product.rows * product.columns) / shortest;
  state.counters["GMAC/s"] = work / 1e9;
  if (int8_peak > 0) state.counters["int8_peak_%"] = 100 * work / int8_peak;
  state.counters["read_peak_%"] = 100 * static_cast<double>(copies[0].packed_bytes()) / shortest / read_peak;
}

bool RegisterAll() {
  // Attention, feed-forward and output products of SmolLM2-135M, then of Qwen2.5-Coder-0.5B.
  const Product products[] = {
      {TensorType::kQ4_1, 576, 576},  {TensorType::kQ4_1, 1536, 576},   {TensorType::kQ8_0, 49152, 576},
      {TensorType::kQ5_0, 896, 896},  {TensorType::kQ5_0, 4864, 896},   {TensorType::kQ4_K, 896, 4864},
      {TensorType::kQ6_K, 896, 4864}, {TensorType::kQ8_0, 151936, 896},
  };
  for (const Product& product : products) {
    for (int64_t count : {1, 4, 32, 128, 512}) {
      if (count > 128 && product.rows > 10000) continue;  // outputs of one row a branch
      const std::string name = "MatMul/" + GetTensorTypeInfo(product.type).name + "/" +
                               std::to_string(product.rows) + "x" + std::to_string(product.columns) + "/" +
                               std::to_string(count);
      benchmark::RegisterBenchmark(name.c_str(), BenchmarkMatMul, product, count)->UseRealTime();
    }
  }
  return true;
}

[[maybe_unused]] const bool registered = RegisterAll();

}  // namespace
}  // namespace espalier
