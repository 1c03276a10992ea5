// Where the time of an engine's steps goes, by stage. Off by default: then a marker costs one branch.
//
// A marker ends the stage before it, so that the stages of a step add up to the step, and an edit of the
// forward pass needs no more than one line for each part.
#ifndef ESPALIER_ENGINE_STEP_PROFILE_H_
#define ESPALIER_ENGINE_STEP_PROFILE_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "kernels/kernels.h"

namespace espalier {

enum class Stage {
  kPrepare,  // copies of pages, the step laid out flat
  kEmbedding,
  kNorm,      // and the quantisation of what it gives
  kQuantize,  // of what attention gives
  kProjections,
  kRope,  // and the norms of queries and keys
  kKvWrite,
  kAttention,
  kAttentionOutput,
  kGateUp,
  kActivation,  // likewise
  kDown,
  kLogits,
  kHead,
  kSampling,
};
inline constexpr size_t kStageCount = static_cast<size_t>(Stage::kSampling) + 1;

const char* StageName(Stage stage);

// Sums over all steps since the last Reset.
struct StageTotal {
  double seconds = 0;
  double bytes = 0;  // of weights read, each matrix once a call; 0 where that is not what limits the stage
  double multiply_adds = 0;
};

class StepProfile {
 public:
  void Enable() { enabled_ = true; }
  bool enabled() const { return enabled_; }

  // The time from here to the next Enter or Leave is `stage`'s.
  void Enter(Stage stage) {
    if (enabled_) Switch(static_cast<int>(stage));
  }
  // The step is over.
  void Leave() {
    if (!enabled_) return;
    Switch(kOutside);
    ++steps_;
  }
  // Ignored while off.
  void AddWork(Stage stage, double bytes, double multiply_adds) {
    if (!enabled_) return;
    StageTotal& total = totals_[static_cast<size_t>(stage)];
    total.bytes += bytes;
    total.multiply_adds += multiply_adds;
  }
  // The product of a matrix with `tokens` rows of activations.
  void AddWork(Stage stage, const WeightMatrix& matrix, int64_t tokens) {
    AddWork(stage, static_cast<double>(matrix.packed_bytes()),
            static_cast<double>(matrix.rows() * matrix.columns()) * static_cast<double>(tokens));
  }
  void AddTokens(int64_t tokens) { tokens_ += tokens; }

  const StageTotal& total(Stage stage) const { return totals_[static_cast<size_t>(stage)]; }
  int64_t steps() const { return steps_; }
  int64_t tokens() const { return tokens_; }  // computed by those steps
  double seconds() const;                     // of all stages
  // Forgets the sums; stays on or off.
  void Reset();

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr int kOutside = -1;

  void Switch(int stage);

  bool enabled_ = false;
  int current_ = kOutside;
  Clock::time_point since_;
  std::array<StageTotal, kStageCount> totals_;
  int64_t steps_ = 0;
  int64_t tokens_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_STEP_PROFILE_H_
