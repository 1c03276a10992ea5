#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/text.h"
#include "reasoning/program.h"

namespace espalier {

const std::string* ProgramOptions::Take(std::string_view key, std::string default_value,
                                        std::string_view help) {
  known_.push_back({std::string(key), std::move(default_value), std::string(help)});
  for (const auto& [given_key, value] : given_) {
    if (given_key == key) return &value;
  }
  return nullptr;
}

void ProgramOptions::Fail(std::string_view key, std::string_view value, std::string_view expected) {
  if (!fault_.ok()) return;
  fault_ = absl::InvalidArgumentError(Cat("option ", key, "=", value, ": expected ", expected));
}

int64_t ProgramOptions::Integer(std::string_view key, int64_t default_value, int64_t least, int64_t most,
                                std::string_view help) {
  const std::string* given = Take(key, Cat(default_value), help);
  if (given == nullptr) return default_value;
  int64_t value = 0;
  if (absl::SimpleAtoi(*given, &value) && value >= least && value <= most) return value;
  Fail(key, *given, Cat("a whole number from ", least, " to ", most));
  return default_value;
}

double ProgramOptions::Number(std::string_view key, double default_value, double least, double most,
                              std::string_view help) {
  const std::string* given = Take(key, Cat(default_value), help);
  if (given == nullptr) return default_value;
  double value = 0;
  if (absl::SimpleAtod(*given, &value) && std::isfinite(value) && value >= least && value <= most)
    return value;
  Fail(key, *given, Cat("a number from ", least, " to ", most));
  return default_value;
}

bool ProgramOptions::Flag(std::string_view key, bool default_value, std::string_view help) {
  const std::string* given = Take(key, default_value ? "true" : "false", help);
  if (given == nullptr) return default_value;
  bool value = false;
  if (absl::SimpleAtob(*given, &value)) return value;
  Fail(key, *given, "true or false");
  return default_value;
}

std::string ProgramOptions::Choice(std::string_view key, std::string_view default_value,
                                   std::vector<std::string> choices, std::string_view help) {
  const std::string* given = Take(key, std::string(default_value), help);
  if (given == nullptr) return std::string(default_value);
  if (std::find(choices.begin(), choices.end(), *given) != choices.end()) return *given;
  Fail(key, *given, Cat("one of ", absl::StrJoin(choices, ", "), DidYouMean(*given, choices)));
  return std::string(default_value);
}

std::string ProgramOptions::Text(std::string_view key, std::string_view default_value,
                                 std::string_view help) {
  const std::string* given = Take(key, std::string(default_value), help);
  return given == nullptr ? std::string(default_value) : *given;
}

absl::Status ProgramOptions::Finish() const {
  std::vector<std::string> keys;
  for (const Known& known : known_) keys.push_back(known.key);
  for (const auto& [key, value] : given_) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      return absl::InvalidArgumentError(Cat("unknown option '", key, "'", DidYouMean(key, keys),
                                            ": there are ", absl::StrJoin(keys, ", ")));
    }
  }
  return fault_;
}

}  // namespace espalier
