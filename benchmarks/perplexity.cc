#include "benchmarks/perplexity.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/cat.h"
#include "base/clock.h"
#include "base/status.h"
#include "engine/tokenizer.h"

namespace espalier {
namespace {

absl::Status Check(const ModelInfo& model, const PerplexityOptions& options) {
  const int64_t most = std::min({int64_t{model.max_batch_tokens}, int64_t{model.context_length},
                                 int64_t{model.page_count} * model.page_size});
  if (options.context < 8 || options.context % 2 != 0 || options.context > most) {
    return absl::InvalidArgumentError(
        Cat("--context ", options.context, ": choose an even number from 8 to ", most));
  }
  if (options.chunks < 0) return absl::InvalidArgumentError("--chunks: choose 1 or more, or 0 for all");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Perplexity> MeasurePerplexity(Engine& engine, std::string_view text,
                                             const PerplexityOptions& options) {
  const ModelInfo& model = engine.info();
  ESPALIER_RETURN_IF_ERROR(Check(model, options));
  const Tokenizer& tokenizer = engine.tokenizer();
  const bool with_bos = tokenizer.adds_bos() && tokenizer.bos_id() >= 0;
  std::vector<TokenId> tokens = tokenizer.Encode(text, TokenizeOptions(/*special=*/false, with_bos));
  const int64_t available = static_cast<int64_t>(tokens.size()) / options.context;
  if (available == 0) {
    return absl::InvalidArgumentError(Cat("the text has ", tokens.size(), " tokens, less than one chunk of ",
                                          options.context, ": give more text or a smaller --context"));
  }
  std::vector<PageId> pages((options.context + model.page_size - 1) / model.page_size);
  std::iota(pages.begin(), pages.end(), 0);

  const MonotonicClock clock;
  const double started = clock.Seconds();
  Perplexity result;
  result.chunks = options.chunks == 0 ? available : std::min(options.chunks, available);
  double loss = 0;
  Batch batch;
  StepOutput output;
  for (int64_t chunk = 0; chunk < result.chunks; ++chunk) {
    if (options.cancelled()) return absl::CancelledError("interrupted");
    const std::span<TokenId> row_tokens = std::span(tokens).subspan(chunk * options.context, options.context);
    if (with_bos) row_tokens[0] = tokenizer.bos_id();
    batch.rows.assign(1, BatchRow());
    batch.rows[0].tokens = row_tokens;
    batch.rows[0].pages = pages;
    batch.rows[0].output.score_from = static_cast<int32_t>(options.context / 2);
    batch.rows[0].output.history = row_tokens;
    ESPALIER_RETURN_IF_ERROR(engine.Step(batch, output));
    for (const float logprob : output.rows[0].token_logprobs) loss -= logprob;
    result.tokens += static_cast<int64_t>(output.rows[0].token_logprobs.size());
    options.on_progress(chunk + 1, result.chunks);
  }
  result.perplexity = std::exp(loss / static_cast<double>(result.tokens));
  result.seconds = clock.Seconds() - started;
  return result;
}

}  // namespace espalier
