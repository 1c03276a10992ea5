// Records of runs made by hand, and numbers from outside.
#ifndef ESPALIER_TESTS_BENCHMARKS_MATH_FIXTURE_H_
#define ESPALIER_TESTS_BENCHMARKS_MATH_FIXTURE_H_

#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/math/record.h"

namespace espalier {

// The bytes of a file, "" when there is none.
std::string ReadAll(const std::string& path);

// A line of tests/golden/statistics.tsv.
struct StatisticsGolden {
  std::vector<double> arguments;
  std::vector<double> values;
};
std::vector<StatisticsGolden> ReadStatistics(std::string_view what);

// A sample that ended by itself with this answer, graded against `gold`.
MathSample MakeSample(const std::string& answer, const std::string& gold, int64_t tokens, double score = 0);

// A record with one whole sample for each answer ("-": truncated; "~": stopped), of 10, 11, ... tokens, which
// must be paid for in expansion tokens. Its own answer is `answer`.
MathRecord MakeMathRecord(const std::string& program, const std::string& problem, const std::string& answer,
                          const std::string& gold, const std::vector<std::string>& samples);

// Programs cot, sc:n=4,stop_rule=none and bon:n=2 on four problems of two levels; see the source.
MathRun SmallMathRun();

// A seeded run of any size: programs as users would compare them, five levels, seven subjects.
MathRun SyntheticMathRun(int64_t problems, uint64_t seed);

}  // namespace espalier

#endif  // ESPALIER_TESTS_BENCHMARKS_MATH_FIXTURE_H_
