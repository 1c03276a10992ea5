#include "engine/step_profile.h"

namespace espalier {

const char* StageName(Stage stage) {
  static constexpr std::array<const char*, kStageCount> kNames = {"prepare",
                                                                  "embedding",
                                                                  "norm",
                                                                  "quantize",
                                                                  "query, key, value",
                                                                  "rope",
                                                                  "KV write",
                                                                  "attention",
                                                                  "attention output",
                                                                  "gate and up",
                                                                  "activation",
                                                                  "down",
                                                                  "logits",
                                                                  "head",
                                                                  "sampling"};
  return kNames[static_cast<size_t>(stage)];
}

double StepProfile::seconds() const {
  double sum = 0;
  for (const StageTotal& total : totals_) sum += total.seconds;
  return sum;
}

void StepProfile::Reset() {
  const bool enabled = enabled_;
  *this = StepProfile();
  enabled_ = enabled;
}

void StepProfile::Switch(int stage) {
  const Clock::time_point now = Clock::now();
  if (current_ != kOutside) {
    totals_[static_cast<size_t>(current_)].seconds += std::chrono::duration<double>(now - since_).count();
  }
  current_ = stage;
  since_ = now;
}

}  // namespace espalier
