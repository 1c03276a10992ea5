// The parts of a program as users write it: "sc:n=8,vote=weighted".
#ifndef ESPALIER_BENCHMARKS_MATH_PROGRAM_SPEC_H_
#define ESPALIER_BENCHMARKS_MATH_PROGRAM_SPEC_H_

#include <cstdint>
#include <string_view>

namespace espalier {

// "sc".
std::string_view ProgramName(std::string_view spec);

// The value of an option, `default_value` when it is not given.
std::string_view ProgramOption(std::string_view spec, std::string_view key, std::string_view default_value);

// Whether all its samples are branches of the prompt that do not know of each other, so that some of them
// show what fewer samples would have reached.
bool DrawsIndependentSamples(std::string_view spec);

// Whether it votes, and whether by score.
bool IsVote(std::string_view spec);
bool IsWeightedVote(std::string_view spec);

// How many samples it draws if nothing stops it; 1 for a program without the option `n`.
int64_t SampleCount(std::string_view spec);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_PROGRAM_SPEC_H_
