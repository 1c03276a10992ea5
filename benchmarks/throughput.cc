#include "benchmarks/throughput.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/cat.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "benchmarks/machine.h"
#include "engine/step_profile.h"
#include "engine/tokenizer.h"
#include "scheduler/scheduler.h"

namespace espalier {
namespace {

std::vector<TokenId> RandomPrompt(const Tokenizer& tokenizer, const ThroughputOptions& options) {
  std::vector<TokenId> prompt;
  for (uint64_t draw = 0; static_cast<int64_t>(prompt.size()) < options.prompt; ++draw) {
    const TokenId id = static_cast<TokenId>(UniformDraw(options.seed, draw) * tokenizer.size());
    if (!tokenizer.IsControl(id)) prompt.push_back(id);
  }
  return prompt;
}

// `sorted` is not empty.
double Percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5)];
}

double SamplingSeconds(Engine& engine) {
  const StepProfile* profile = engine.profile();
  return profile == nullptr ? 0 : profile->total(Stage::kSampling).seconds;
}

GenerateRequest Greedy() {
  GenerateRequest request;
  request.sampling.temperature = 0;
  return request;
}

}  // namespace

absl::StatusOr<Throughput> MeasureThroughput(Engine& engine, const ThroughputOptions& options) {
  SchedulerOptions scheduling;
  scheduling.max_rows = options.branches;
  Scheduler scheduler(engine, scheduling);
  const int64_t length = options.prompt + options.generate;
  const int64_t page_size = engine.info().page_size;
  const int64_t pages = options.prompt / page_size + options.branches * (options.generate / page_size + 2);
  if (options.branches < 1 || options.generate < 1 || options.prompt < 1 || length > scheduler.max_length() ||
      pages > engine.info().page_count || options.branches > engine.info().max_batch_tokens) {
    return absl::InvalidArgumentError(
        Cat(options.branches, " branches of ", options.prompt, " + ", options.generate,
            " tokens do not fit: context ", engine.info().context_length, ", ", engine.info().page_count,
            " KV pages of ", page_size, " tokens, at most ", engine.info().max_batch_tokens,
            " branches; raise --kv-memory or ask for less"));
  }

  const MonotonicClock clock;
  Throughput result;
  result.branches = options.branches;
  ESPALIER_ASSIGN_OR_RETURN(const BranchId root,
                            scheduler.AddPrompt(QueryId{0}, RandomPrompt(engine.tokenizer(), options)));
  double started = clock.Seconds();
  scheduler.Generate(root, Greedy());
  for (bool drawn = false; !drawn;) {
    ESPALIER_ASSIGN_OR_RETURN(const auto events, scheduler.Step());
    drawn = !events.empty();
    if (options.cancelled()) return absl::CancelledError("interrupted");
  }
  scheduler.StopGenerating(root);
  const double prefill_seconds = clock.Seconds() - started;
  result.prefill_tps = static_cast<double>(options.prompt) / prefill_seconds;
  options.on_part("prefill", prefill_seconds);

  for (int64_t i = 0; i < options.branches; ++i)
    scheduler.Generate(scheduler.Fork(root, options.prompt), Greedy());
  started = clock.Seconds();
  const double sampled_before = SamplingSeconds(engine);
  double engine_seconds = 0;
  std::vector<double> step_seconds;
  for (int64_t drawn = 0; drawn < options.branches * options.generate;) {
    const double step_started = clock.Seconds();
    ESPALIER_ASSIGN_OR_RETURN(const auto events, scheduler.Step());
    step_seconds.push_back(clock.Seconds() - step_started);
    for (const BranchEvent& event : events) ESPALIER_RETURN_IF_ERROR(event.status);
    drawn += static_cast<int64_t>(events.size());
    engine_seconds += scheduler.last_step().engine_seconds;
    if (options.cancelled()) return absl::CancelledError("interrupted");
  }
  const double seconds = clock.Seconds() - started;
  result.decode_tps = static_cast<double>(options.branches * options.generate) / seconds;
  result.scheduling_share = 1 - engine_seconds / seconds;
  result.sampling_share = (SamplingSeconds(engine) - sampled_before) / seconds;
  result.steps = static_cast<int64_t>(step_seconds.size());
  std::sort(step_seconds.begin(), step_seconds.end());
  result.step_p50 = Percentile(step_seconds, 0.5);
  result.step_p99 = Percentile(step_seconds, 0.99);
  result.kv_bytes = (engine.info().page_count - scheduler.cache().Usage().free) * engine.info().page_bytes;
  result.resident_bytes = ResidentBytes();
  options.on_part("decode", seconds);
  return result;
}

}  // namespace espalier
