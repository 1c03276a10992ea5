#include "benchmarks/math/rescore.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/math/program_spec.h"
#include "benchmarks/math/sample_votes.h"
#include "reasoning/programs/samples.h"
#include "reward/answer.h"
#include "reward/ballot.h"

namespace espalier {
namespace {

void RegradeSamples(MathRecord& record, RegradeChanges& changes) {
  for (MathSample& sample : record.samples) {
    const std::string answer = ExtractAnswer(sample.text);
    const bool correct = !record.gold.empty() && AnswersEqual(answer, record.gold);
    changes.sample_answers += answer == sample.answer ? 0 : 1;
    changes.sample_verdicts += correct == sample.correct ? 0 : 1;
    sample.answer = answer;
    sample.correct = correct;
  }
}

std::string Vote(const MathRecord& record, RegradeChanges& changes) {
  const std::vector<const MathSample*> samples = InOrderOfEnd(record);
  const bool was_stopped = samples.size() < record.samples.size();
  BallotOptions options;
  options.voters = std::max(SampleCount(record.program), static_cast<int64_t>(record.samples.size()));
  Ballot ballot(options);
  const bool is_weighted = IsWeightedVote(record.program);
  for (const MathSample* sample : samples) {
    const double weight = is_weighted ? std::clamp(sample->score, kLeastVoteWeight, 1.0) : 1;
    ballot.Cast(IsWhole(*sample) ? sample->answer : "", weight);
  }
  if (was_stopped && !ballot.Decided()) ++changes.undecided;
  return ballot.Winner();
}

std::string BestAnswer(const MathRecord& record) {
  const MathSample* best = nullptr;
  for (const MathSample* sample : InOrderOfEnd(record)) {
    if (IsWhole(*sample) && (best == nullptr || sample->score > best->score)) best = sample;
  }
  return best == nullptr ? "" : best->answer;
}

std::optional<std::string> AnswerAgain(const MathRecord& record, RegradeChanges& changes) {
  if (record.samples.empty()) return std::nullopt;
  if (IsVote(record.program)) return Vote(record, changes);
  if (ProgramName(record.program) == "bon") return BestAnswer(record);
  if (ProgramName(record.program) == "cot" && record.samples.size() == 1) return record.samples[0].answer;
  return std::nullopt;
}

}  // namespace

RegradeChanges Regrade(MathRun& run) {
  RegradeChanges changes;
  for (MathRecord& record : run.records) {
    if (!record.error.empty()) continue;
    RegradeSamples(record, changes);
    const std::string answer = AnswerAgain(record, changes).value_or(record.answer);
    const bool correct = !record.gold.empty() && AnswersEqual(answer, record.gold);
    changes.answers += answer == record.answer ? 0 : 1;
    changes.verdicts += correct == record.correct ? 0 : 1;
    record.answer = answer;
    record.correct = correct;
  }
  return changes;
}

}  // namespace espalier
