#include "benchmarks/math/sample_votes.h"

#include <algorithm>
#include <optional>

#include "reasoning/programs/samples.h"
#include "reward/answer_classes.h"

namespace espalier {

bool IsWhole(const MathSample& sample) { return sample.end == "end" || sample.end == "stop_text"; }

bool IsTruncated(const MathSample& sample) { return sample.end == "max_tokens" || sample.end == "context"; }

std::vector<const MathSample*> InOrderOfEnd(const MathRecord& record) {
  std::vector<const MathSample*> samples;
  for (const MathSample& sample : record.samples) {
    if (IsWhole(sample) || IsTruncated(sample)) samples.push_back(&sample);
  }
  std::ranges::stable_sort(samples,
                           [](const MathSample* a, const MathSample* b) { return a->tokens < b->tokens; });
  return samples;
}

SampleVotes ReadVotes(const MathRecord& record) {
  SampleVotes read;
  const std::vector<const MathSample*> samples = InOrderOfEnd(record);
  read.stopped = static_cast<int64_t>(record.samples.size() - samples.size());
  AnswerClasses classes;
  for (const MathSample* sample : samples) {
    SampleVote& vote = read.votes.emplace_back();
    read.tokens += sample->tokens;
    vote.score = -1;
    if (!IsWhole(*sample)) continue;
    if (sample->score > 0) read.is_scored = true;
    vote.score = std::clamp(sample->score, 0.0, 1.0);
    vote.weight = std::max(vote.score, kLeastVoteWeight);
    const std::optional<size_t> answer_class = classes.ClassOf(sample->answer);
    if (!answer_class) continue;
    vote.answer_class = static_cast<int32_t>(*answer_class);
    vote.correct = sample->correct;
    if (vote.correct) ++read.right;
  }
  return read;
}

std::vector<AnswerVotes> CountVotes(const MathRecord& record) {
  std::vector<AnswerVotes> counts;
  AnswerClasses classes;
  for (const MathSample* sample : InOrderOfEnd(record)) {
    if (!IsWhole(*sample)) continue;
    const std::optional<size_t> answer_class = classes.ClassOf(sample->answer);
    if (!answer_class) continue;
    if (*answer_class == counts.size()) counts.push_back({sample->answer, 0});
    ++counts[*answer_class].votes;
  }
  std::ranges::stable_sort(counts,
                           [](const AnswerVotes& a, const AnswerVotes& b) { return a.votes > b.votes; });
  return counts;
}

}  // namespace espalier
