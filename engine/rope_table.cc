#include "engine/rope_table.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace espalier {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

double ScaleAsLlama3(const RopeConfig& config, double frequency) {
  const double turns = config.original_context * frequency / kTurn;  // over the original context
  if (turns > config.high_frequency_factor) return frequency;
  if (turns < config.low_frequency_factor) return frequency / config.factor;
  const double kept = (turns - config.low_frequency_factor) /
                      (double{config.high_frequency_factor} - config.low_frequency_factor);
  return (1 - kept) * frequency / config.factor + kept * frequency;
}

// The index of the pair that makes `turns` turns over the original context.
double YarnPair(const RopeConfig& config, int32_t head_dim, double turns) {
  return head_dim * std::log(config.original_context / (turns * kTurn)) / (2 * std::log(double{config.base}));
}

void ScaleAsYarn(const RopeConfig& config, int32_t head_dim, std::vector<double>& frequencies) {
  const double low = std::max(std::floor(YarnPair(config, head_dim, config.beta_fast)), 0.0);
  const double high = std::min(std::ceil(YarnPair(config, head_dim, config.beta_slow)), head_dim - 1.0);
  const double width = std::max(high - low, 0.001);
  for (size_t i = 0; i < frequencies.size(); ++i) {
    const double slowed = std::clamp((static_cast<double>(i) - low) / width, 0.0, 1.0);
    frequencies[i] *= slowed / config.factor + (1 - slowed);
  }
}

}  // namespace

RopeTable MakeRopeTable(const RopeConfig& config, int32_t head_dim, std::span<const float> divisors) {
  RopeTable table;
  const auto pairs = static_cast<size_t>(head_dim / 2);
  ESPALIER_CHECK(!config.has_divisors || divisors.size() == pairs, divisors.size(), " for ", pairs);
  for (size_t i = 0; i < pairs; ++i) {
    const double plain = std::pow(double{config.base}, -2.0 * static_cast<double>(i) / head_dim);
    table.frequencies.push_back(config.has_divisors ? plain / divisors[i] : plain);
  }
  if (config.scaling == RopeScaling::kLinear) {
    for (double& frequency : table.frequencies) frequency /= config.factor;
  } else if (config.scaling == RopeScaling::kLlama3) {
    for (double& frequency : table.frequencies) frequency = ScaleAsLlama3(config, frequency);
  } else if (config.scaling == RopeScaling::kYarn) {
    ScaleAsYarn(config, head_dim, table.frequencies);
    table.magnitude = config.factor > 1 ? 0.1 * std::log(double{config.factor}) + 1 : 1;
  }
  if (config.magnitude > 0) table.magnitude = config.magnitude;
  return table;
}

}  // namespace espalier
