// What follows the logits of a step: statistics and a draw from each row. One thread over 64 rows of the
// Qwen2.5 vocabulary in turn, which the caches do not hold, as in a step with 64 branches. The counters are
// those of the shortest iteration; read_peak_% is the rate at which logits are read of what one thread reads
// from memory.
#include <algorithm>
#include <random>
#include <vector>

#include "base/clock.h"
#include "benchmark/benchmark.h"
#include "benchmarks/machine.h"
#include "kernels/logits.h"

namespace espalier {
namespace {

constexpr size_t kVocabulary = 151936;
constexpr size_t kRows = 64;

// A broad bell and a few tokens far above it, as models give them.
const std::vector<float>& Rows() {
  static const std::vector<float> rows = [] {
    std::mt19937 random(1);
    std::normal_distribution<float> bell(0.0f, 2.0f);
    std::vector<float> values(kRows * kVocabulary);
    for (float& value : values) value = bell(random);
    for (size_t row = 0; row < kRows; ++row) {
      for (int i = 0; i < 20; ++i) values[row * kVocabulary + random() % kVocabulary] += 18.0f;
    }
    return values;
  }();
  return rows;
}

// Calls body(scan, row) with the rows in turn; `temperature` is that of the scan.
template <typename Body>
void OverRows(benchmark::State& state, float temperature, const Body& body) {
  static const double read_peak = MeasureReadBandwidth(1);
  const std::span<const float> rows = Rows();
  LogitScan scan;
  size_t row = 0;
  double shortest = 1e9;
  const MonotonicClock clock;
  for (auto _ : state) {
    const double started = clock.Seconds();
    scan.Read(rows.subspan(row * kVocabulary, kVocabulary), temperature);
    body(scan, row);
    shortest = std::min(shortest, clock.Seconds() - started);
    row = (row + 1) % kRows;
  }
  state.counters["microseconds"] = shortest * 1e6;
  state.counters["read_peak_%"] = 100 * kVocabulary * sizeof(float) / shortest / read_peak;
}

void Greedy(benchmark::State& state) {
  OverRows(state, 1.0f, [](LogitScan& scan, size_t) {
    benchmark::DoNotOptimize(scan.Summarize());
    benchmark::DoNotOptimize(scan.ArgMax());
  });
}
BENCHMARK(Greedy);

void Sampled(benchmark::State& state, DrawFilter filter) {
  OverRows(state, filter.temperature, [&](LogitScan& scan, size_t row) {
    benchmark::DoNotOptimize(scan.Summarize());
    benchmark::DoNotOptimize(scan.Draw(filter, static_cast<double>(row) / kRows));
  });
}
BENCHMARK_CAPTURE(Sampled, temperature_1, DrawFilter{});
BENCHMARK_CAPTURE(Sampled, temperature_08, DrawFilter{.temperature = 0.8f});
BENCHMARK_CAPTURE(Sampled, top_p_095, DrawFilter{.temperature = 0.8f, .top_p = 0.95f});
BENCHMARK_CAPTURE(Sampled, top_k_40, DrawFilter{.temperature = 0.8f, .top_k = 40});

void LogSumExpOnly(benchmark::State& state) {
  OverRows(state, 1.0f, [](LogitScan& scan, size_t) { benchmark::DoNotOptimize(scan.LogSumExp()); });
}
BENCHMARK(LogSumExpOnly);

}  // namespace
}  // namespace espalier
