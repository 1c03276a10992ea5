// Files of problems with known answers, one JSON object a line.
#ifndef ESPALIER_BENCHMARKS_PROBLEMS_H_
#define ESPALIER_BENCHMARKS_PROBLEMS_H_

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace espalier {

// Which benchmark a problem is from, as far as its fields tell; prompts differ.
enum class ProblemKind {
  kWordProblem,  // GSM8K: "question", "answer" with the result after ####
  kMath,         // MATH, AIME, AMC: "problem", "answer" or "solution" with a \boxed result
  kSvamp,        // SVAMP: "Body", "Question", "Answer"
};

struct Problem {
  std::string id;  // field "id" or "ID"; else the number of the line in the file, from 1, blank ones counted
  std::string text;  // SVAMP: body and question joined by a space
  std::string gold;  // bare answer, without thousands separators for a number; "" when the file gives none
  ProblemKind kind = ProblemKind::kWordProblem;
  // How hard it is: "level" ("Level 5" and 5 are "5"), or "3 steps" by field "steps" or by the calculations
  // <<...>> of GSM8K's solutions; "" when the file does not say.
  std::string level;
  std::string subject;  // "subject", "type" or "Type"; "" when the file does not say
};

// Reads the first `limit` problems (all without a limit). Blank lines and a UTF-8 byte order mark are passed
// over. Errors: NotFound when the file cannot be opened; InvalidArgument with file:line and remedy for a line
// that is no problem or longer than 1 MiB, for more than 1 GiB in all, for a file without problems and for a
// limit below 1.
absl::StatusOr<std::vector<Problem>> ReadProblems(const std::string& path, std::optional<int64_t> limit = {});

// The same from a stream; `name` stands for the file in errors.
absl::StatusOr<std::vector<Problem>> ReadProblems(std::istream& stream, const std::string& name,
                                                  std::optional<int64_t> limit = {});

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_PROBLEMS_H_
