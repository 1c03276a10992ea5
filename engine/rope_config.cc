// Reads the rotary embedding's settings; see rope_table.h for what they mean.
#include <algorithm>
#include <cmath>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/architectures/architecture.h"

namespace espalier {
namespace {

constexpr ConfigKey kType = {"rope.scaling.type", "rope_scaling.rope_type"};
constexpr ConfigKey kOriginalContext = {"rope.scaling.original_context_length",
                                        "rope_scaling.original_max_position_embeddings"};

absl::Status ReadFactor(const ConfigKeys& keys, RopeConfig& rope) {
  rope.factor = 0;
  const ConfigKey old_name = {"rope.scale_linear", ""};
  const ConfigKey name = {"rope.scaling.factor", "rope_scaling.factor"};
  return keys.Positive(keys.Has(old_name) && !keys.Has(name) ? old_name : name, rope.factor);
}

absl::Status ReadLlama3(const ConfigKeys& keys, const ModelConfig& config, RopeConfig& rope) {
  rope.scaling = RopeScaling::kLlama3;
  rope.original_context = config.context_length;
  ESPALIER_RETURN_IF_ERROR(ReadFactor(keys, rope));
  ESPALIER_RETURN_IF_ERROR(keys.Size(kOriginalContext, rope.original_context));
  ESPALIER_RETURN_IF_ERROR(keys.Positive({"", "rope_scaling.low_freq_factor"}, rope.low_frequency_factor));
  ESPALIER_RETURN_IF_ERROR(keys.Positive({"", "rope_scaling.high_freq_factor"}, rope.high_frequency_factor));
  if (rope.high_frequency_factor <= rope.low_frequency_factor) {
    return keys.Impossible("rope_scaling's high_freq_factor is not above its low_freq_factor");
  }
  return absl::OkStatus();
}

double YarnMagnitude(double factor, double multiplier) {
  return factor > 1 ? 0.1 * multiplier * std::log(factor) + 1 : 1;
}

// The magnitude where the files give it, in one of the three ways that are in use.
absl::Status ReadYarnMagnitude(const ConfigKeys& keys, RopeConfig& rope) {
  const ConfigKey given = {"rope.scaling.yarn_attn_factor", "rope_scaling.attention_factor"};
  if (keys.Has(given)) ESPALIER_RETURN_IF_ERROR(keys.Positive(given, rope.magnitude));
  const ConfigKey all_dimensions = {"rope.scaling.yarn_log_multiplier", "rope_scaling.mscale_all_dim"};
  if (rope.magnitude == 0 && keys.Has(all_dimensions)) {
    float numerator = 1, denominator = 0;
    ESPALIER_RETURN_IF_ERROR(keys.Positive({"", "rope_scaling.mscale"}, numerator));
    ESPALIER_RETURN_IF_ERROR(keys.Positive(all_dimensions, denominator));
    rope.magnitude =
        static_cast<float>(YarnMagnitude(rope.factor, numerator) / YarnMagnitude(rope.factor, denominator));
  }
  const ConfigKey stretch = {"rope.scaling.attn_factor", ""};
  if (!keys.Has(stretch)) return absl::OkStatus();
  float by = 0;
  ESPALIER_RETURN_IF_ERROR(keys.Positive(stretch, by));
  if (rope.magnitude == 0) rope.magnitude = static_cast<float>(YarnMagnitude(rope.factor, 1));
  rope.magnitude *= by;
  return absl::OkStatus();
}

absl::Status ReadYarn(const ConfigKeys& keys, ModelConfig& config, RopeConfig& rope) {
  rope.scaling = RopeScaling::kYarn;
  rope.original_context = config.context_length;
  ESPALIER_RETURN_IF_ERROR(ReadFactor(keys, rope));
  ESPALIER_RETURN_IF_ERROR(keys.Size(kOriginalContext, rope.original_context));
  ESPALIER_RETURN_IF_ERROR(
      keys.Positive({"rope.scaling.yarn_beta_fast", "rope_scaling.beta_fast"}, rope.beta_fast));
  ESPALIER_RETURN_IF_ERROR(
      keys.Positive({"rope.scaling.yarn_beta_slow", "rope_scaling.beta_slow"}, rope.beta_slow));
  ESPALIER_RETURN_IF_ERROR(ReadYarnMagnitude(keys, rope));
  ESPALIER_ASSIGN_OR_RETURN(const bool truncates, keys.BoolOr({"", "rope_scaling.truncate"}, true));
  if (!truncates) return keys.Unsupported("YaRN with 'truncate': false is not supported");
  // Some files give the length before the extension.
  const double extended = double{rope.factor} * rope.original_context;
  if (extended > config.context_length) {
    config.context_length = static_cast<int32_t>(std::min(extended, double{kMaxModelSize}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadRope(const ConfigKeys& keys, ModelConfig& config) {
  RopeConfig& rope = config.rope;
  ESPALIER_RETURN_IF_ERROR(keys.Positive({"rope.freq_base", "rope_theta"}, rope.base));
  if (rope.base <= 1) return keys.Impossible(Cat("a rope base of ", rope.base, " turns nothing"));
  // llama.cpp takes a bare factor as a linear one.
  const bool factor_alone = keys.Has({"rope.scaling.factor", ""}) || keys.Has({"rope.scale_linear", ""});
  ESPALIER_ASSIGN_OR_RETURN(const std::string type, keys.TextOr(kType, factor_alone ? "linear" : "none"));
  if (type == "none" || type == "default") return absl::OkStatus();
  // Without effect up to the trained length, and longer sequences are not computed.
  if (type == "dynamic") return absl::OkStatus();
  if (type == "llama3") return ReadLlama3(keys, config, rope);
  if (type == "yarn") return ReadYarn(keys, config, rope);
  if (type != "linear") {
    return keys.Unsupported(
        Cat("rope scaling '", OneLine(type), "' is not supported; supported: linear, llama3, yarn, dynamic"));
  }
  ESPALIER_RETURN_IF_ERROR(ReadFactor(keys, rope));
  rope.scaling = RopeScaling::kLinear;
  return absl::OkStatus();
}

}  // namespace espalier
