// The recorded samples of a problem as votes.
#ifndef ESPALIER_BENCHMARKS_MATH_SAMPLE_VOTES_H_
#define ESPALIER_BENCHMARKS_MATH_SAMPLE_VOTES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/math/record.h"
#include "benchmarks/math/resampling.h"

namespace espalier {

// How a sample ended.
bool IsWhole(const MathSample& sample);      // by itself: it may vote
bool IsTruncated(const MathSample& sample);  // at its limit of tokens or context: it counts, but is wrong

// Those that came to an end, whole or truncated, in the order in which a program would see them end: by
// tokens, of equal ones by place.
std::vector<const MathSample*> InOrderOfEnd(const MathRecord& record);

struct SampleVotes {
  std::vector<SampleVote> votes;  // one for each sample that came to an end; weights as in a weighted vote
  int64_t right = 0;
  int64_t tokens = 0;   // of all of them
  int64_t stopped = 0;  // samples that were stopped before their end and are not among the votes
  bool is_scored = false;
};

// Answers are put into classes here and nowhere else in the harness: a sample joins the earliest class whose
// first answer equals its own.
SampleVotes ReadVotes(const MathRecord& record);

struct AnswerVotes {
  std::string answer;  // as the first of them spells it
  int64_t votes = 0;
};

// How the whole samples voted, weights disregarded; most votes first, of equal ones the earliest.
std::vector<AnswerVotes> CountVotes(const MathRecord& record);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_SAMPLE_VOTES_H_
