// The reward models that a run needs, opened.
#ifndef ESPALIER_CLI_SCORERS_H_
#define ESPALIER_CLI_SCORERS_H_

#include <map>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "cli/command.h"
#include "engine/engine.h"
#include "reasoning/program.h"
#include "reasoning/scorer.h"

namespace espalier {

// By the name that the user gave.
using RewardModels = std::map<std::string, std::shared_ptr<Scorer>>;

// Opens what --reward and the programs' own option `reward` name, besides text scorers. Each takes a quarter
// of the KV memory that is left in `engine`, which is lowered by that.
absl::StatusOr<RewardModels> OpenRewardModels(const CommonOptions& common, const std::string& reward,
                                              std::span<const Program> programs, EngineOptions& engine);

}  // namespace espalier

#endif  // ESPALIER_CLI_SCORERS_H_
