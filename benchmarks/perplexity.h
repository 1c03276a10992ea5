// Perplexity by the protocol of llama.cpp's perplexity tool, so that the numbers compare.
#ifndef ESPALIER_BENCHMARKS_PERPLEXITY_H_
#define ESPALIER_BENCHMARKS_PERPLEXITY_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/engine.h"

namespace espalier {

struct PerplexityOptions {
  int64_t context = 512;  // tokens of a chunk; even, at least 8, at most the engine's max_batch_tokens
  int64_t chunks = 0;     // 0: all whole chunks of the text
  std::function<void(int64_t done, int64_t chunks)> on_progress = [](int64_t, int64_t) {};
  std::function<bool()> cancelled = [] { return false; };

  PerplexityOptions() {}
};

struct Perplexity {
  double perplexity = 0;
  int64_t chunks = 0;
  int64_t tokens = 0;  // scored
  double seconds = 0;
};

// The text, with BOS if the model file asks for it, is cut into chunks of `context` tokens that do not
// overlap; each chunk's first token becomes BOS (same condition); tokens after the middle are scored given
// all before them. InvalidArgument: less text than one chunk, bad context. Cancelled.
absl::StatusOr<Perplexity> MeasurePerplexity(Engine& engine, std::string_view text,
                                             const PerplexityOptions& options);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_PERPLEXITY_H_
