#include "cli/scorers.h"

#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "reasoning/reward_model.h"

namespace espalier {
namespace {

absl::StatusOr<std::string> FindRewardModel(CommonOptions common, const std::string& name) {
  common.model = name;
  absl::StatusOr<std::string> path = FindModelFile(common);
  if (path.ok()) return path;
  const std::vector<std::string> text_scorers(std::begin(kTextScorers), std::end(kTextScorers));
  return absl::Status(
      path.status().code(),
      Cat("--reward ", name, DidYouMean(name, text_scorers), ": ", ToStd(path.status().message()),
          "; without a model there are ", absl::StrJoin(text_scorers, ", ")));
}

}  // namespace

absl::StatusOr<RewardModels> OpenRewardModels(const CommonOptions& common, const std::string& reward,
                                              std::span<const Program> programs, EngineOptions& engine) {
  std::set<std::string> names = {reward};
  for (const Program& program : programs) names.insert(program.generation.reward);
  names.erase("");
  std::map<std::string, std::string> paths;
  for (const std::string& name : names) {
    if (MakeTextScorer(name) != nullptr) continue;
    ESPALIER_ASSIGN_OR_RETURN(paths[name], FindRewardModel(common, name));
  }
  RewardModels models;
  for (const auto& [name, path] : paths) {
    EngineOptions options = engine;
    options.kv_memory /= 4;
    engine.kv_memory -= options.kv_memory;
    ESPALIER_ASSIGN_OR_RETURN(std::unique_ptr<Engine> opened, Engine::Open(path, options));
    ESPALIER_ASSIGN_OR_RETURN(models[name], RewardModel::Create(std::move(opened)));
  }
  return models;
}

}  // namespace espalier
