#include "engine/config_keys.h"

#include <algorithm>
#include <cmath>

#include "base/cat.h"
#include "base/status.h"

namespace espalier {

absl::Status ConfigKeys::Size(const ConfigKey& key, int32_t& value) const {
  if (value > 0 && !Has(key)) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const int64_t number, Int(key));
  if (number < 1 || number > kMaxModelSize) {
    return Impossible(Cat(Name(key), " is ", number, ", not in [1, ", kMaxModelSize, "]"));
  }
  value = static_cast<int32_t>(number);
  return absl::OkStatus();
}

absl::Status ConfigKeys::Positive(const ConfigKey& key, float& value) const {
  if (value > 0 && !Has(key)) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const double number, Number(key));
  value = static_cast<float>(number);
  if (!(value > 0) || !std::isfinite(value)) {
    return Impossible(Cat(Name(key), " is ", number, ", not a positive number"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ConfigKeys::TextOr(const ConfigKey& key, std::string_view absent) const {
  return Has(key) ? Text(key) : std::string(absent);
}

absl::StatusOr<bool> ConfigKeys::BoolOr(const ConfigKey& key, bool absent) const {
  return Has(key) ? Bool(key) : absent;
}

absl::Status ConfigKeys::Refuse(const ConfigKey& key, std::initializer_list<double> neutral,
                                std::string_view feature) const {
  if (!Has(key)) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const double number, Number(key));
  if (std::find(neutral.begin(), neutral.end(), number) != neutral.end()) return absl::OkStatus();
  return Unsupported(Cat(feature, " (", Name(key), " = ", number, ") is not supported"));
}

absl::Status ConfigKeys::Unsupported(std::string_view what) const {
  return absl::UnimplementedError(Cat("'", path_, "': ", what));
}

absl::Status ConfigKeys::Impossible(std::string_view what) const {
  return absl::InvalidArgumentError(Cat("'", path_, "': ", what, "; download or convert the model again"));
}

}  // namespace espalier
