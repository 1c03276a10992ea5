// What the records of a run say about each of its programs.
#ifndef ESPALIER_BENCHMARKS_MATH_SUMMARY_H_
#define ESPALIER_BENCHMARKS_MATH_SUMMARY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/math/bootstrap.h"
#include "benchmarks/math/comparison.h"
#include "benchmarks/math/record.h"
#include "benchmarks/math/sample_curves.h"

namespace espalier {

// Problems of one level or subject.
struct GroupAccuracy {
  std::string name;
  int64_t problems = 0;  // > 0
  int64_t correct = 0;
  Interval interval;  // 95 %, Wilson

  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(problems); }
};

struct MathSummary {
  std::string program;
  int64_t problems = 0;   // > 0
  int64_t with_gold = 0;  // those that have a right answer to compare with; all of accuracy is about them
  int64_t correct = 0;
  double accuracy = 0;  // of with_gold; a problem that could not be run is wrong
  Interval interval;    // 95 %, bootstrap over problems; Wilson where all or none are right

  int64_t errors = 0;                           // problems that could not be run
  int64_t unanswered = 0;                       // problems that ran and came to no answer
  int64_t samples = 0;                          // recorded ones
  int64_t truncated_samples = 0;                // at their limit of tokens or context
  std::map<std::string, int64_t> stop_reasons;  // problems by reason; "error"

  MathCost cost;           // sums over problems; first_token_seconds and seconds too
  int64_t kv_bytes = 0;    // allocated pages x page_bytes, summed over problems
  double seconds_p50 = 0;  // of a problem, from submission to answer
  double seconds_p95 = 0;

  std::vector<GroupAccuracy> levels;    // in natural order of names; empty when there are none
  std::vector<GroupAccuracy> subjects;  // likewise
  SampleCurves curves;

  std::optional<ProgramComparison> against_first;  // unset for the first program
  std::optional<EqualCostBaseline> baseline;       // for programs that draw more than one sample, but not
                                                   // for the run that is itself the baseline

  // A sum over problems as a mean.
  double Each(double sum) const { return sum / static_cast<double>(problems); }
  double DrawnTokensEach() const {
    return Each(static_cast<double>(cost.tokens.expansion + cost.tokens.aggregation));
  }
};

// One for each program with records, in the order of the settings. Equal records and settings give equal
// summaries. Work: 10,000 bootstrap resamples and up to 1,000 votes per problem and curve point.
std::vector<MathSummary> SummarizeMath(const MathRun& run);

// For people: at most 110 columns wide, ends in a newline. Accuracy and cost, by level and subject, fewer
// samples, comparisons.
std::string MathTable(const MathRun& run);

// One line of JSON without the newline. Means per problem unless the name says otherwise.
std::string MathSummaryJson(const MathSummary& summary);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_SUMMARY_H_
