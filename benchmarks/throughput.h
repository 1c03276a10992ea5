// How fast an engine prefills one prompt and decodes many branches that share it, through the scheduler.
#ifndef ESPALIER_BENCHMARKS_THROUGHPUT_H_
#define ESPALIER_BENCHMARKS_THROUGHPUT_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "engine/engine.h"

namespace espalier {

struct ThroughputOptions {
  int64_t prompt = 128;   // tokens, drawn at random from the vocabulary
  int64_t generate = 32;  // tokens per branch, greedy; end tokens are ignored
  int64_t branches = 1;
  uint64_t seed = 0;
  std::function<bool()> cancelled = [] { return false; };
  // After each part, "prefill" and "decode", with its seconds: the engine's profile is that part's alone if
  // the callee resets it.
  std::function<void(const char* part, double seconds)> on_part = [](const char*, double) {};

  ThroughputOptions() {}
};

struct Throughput {
  int64_t branches = 0;
  double prefill_tps = 0;       // tokens of the one prompt over the time to the first token
  double decode_tps = 0;        // tokens of all branches over the time after the fork
  double scheduling_share = 0;  // of the decode time: everything but the engine's step
  double sampling_share = 0;    // of the decode time, inside the engine; 0 if it keeps no profile
  int64_t steps = 0;            // of decoding
  double step_p50 = 0;          // seconds of such a step
  double step_p99 = 0;
  int64_t kv_bytes = 0;        // of the pages in use at the end
  int64_t resident_bytes = 0;  // of the process at the end; 0: unknown
};

// Prefills a cold prompt once, forks it, decodes. InvalidArgument: it does not fit. Cancelled.
absl::StatusOr<Throughput> MeasureThroughput(Engine& engine, const ThroughputOptions& options);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_THROUGHPUT_H_
