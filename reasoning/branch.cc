#include "reasoning/branch.h"

#include "base/check.h"
#include "reasoning/generate.h"
#include "reasoning/query_core.h"
#include "reasoning/score.h"
#include "reward/answer.h"

namespace espalier {
namespace {

QueryCore& Core(const std::shared_ptr<BranchState>& state) {
  ESPALIER_CHECK(state != nullptr && state->core != nullptr, "an empty branch, or one whose query is over");
  return *state->core;
}

}  // namespace

Branch Branch::Fork() { return Branch(Core(state_).Fork(*state_)); }

std::vector<Branch> Branch::Fork(int64_t count) {
  std::vector<Branch> children;
  for (int64_t i = 0; i < count; ++i) children.push_back(Fork());
  return children;
}

GenerateOperation Branch::Generate(const Until& until) {
  return GenerateOperation(state_, until, Core(state_).generation().sampling);
}

GenerateOperation Branch::Generate(const Until& until, const Sampling& sampling) {
  return GenerateOperation(state_, until, sampling);
}

ScoreOperation Branch::Score() { return ScoreOperation(state_); }

void Branch::Append(std::string_view text) { Core(state_).Append(*state_, text); }
void Branch::Prune() { Core(state_).Prune(*state_); }
std::string Branch::Text() const { return Core(state_).Text(*state_); }
double Branch::Confidence() const { return state_->Mean(&TokenStatistics::confidence); }
std::string Branch::ExtractAnswer() const { return espalier::ExtractAnswer(Text()); }
double Branch::MeanLogprob() const { return state_->Mean(&TokenStatistics::logprob); }
int64_t Branch::generated_tokens() const { return state_->generated; }
EndReason Branch::end_reason() const { return state_->end_reason; }
const BranchPath& Branch::path() const { return state_->path; }

}  // namespace espalier
