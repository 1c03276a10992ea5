// espalier grade: whether answers are equal, one pair or a file of them.
#ifndef ESPALIER_CLI_GRADE_H_
#define ESPALIER_CLI_GRADE_H_

#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace espalier {

// A row of a file of answers to grade, with its verdict.
struct GradedRow {
  std::string id;
  std::string category;      // column `category`, "" without one
  bool is_response = false;  // kind `resp`
  std::string pred;          // as it stands in the file
  std::string answer;        // what is graded: `pred`, or the answer extracted from it
  std::string gold;
  bool equal = false;
  std::optional<bool> expected;  // column `human`, else `equal`: 1 or 0
  std::string note;              // column `note`, "" without one
};

// Reads and grades a table of tab-separated values without quoting: a header, in which the columns id, kind,
// pred and gold are found by name, and `human` or `equal`, `category` and `note` if they are there; others
// are ignored. Kind `ans` is a bare answer, `resp` a whole response from which the answer is extracted; gold
// is always bare. Lines may end in CR LF. Errors: InvalidArgument with file:line and remedy; `name` stands
// for the file in them. A line longer than 1 MiB, or more than a million lines, is an error.
absl::StatusOr<std::vector<GradedRow>> GradeTable(std::istream& stream, const std::string& name);

struct GradeCommandOptions {
  std::optional<std::string> file;   // path of a table; else
  std::vector<std::string> answers;  // two: given and gold
  bool response = false;             // the given answer is a whole response
  bool json = false;

  GradeCommandOptions() {}
};

// Prints the verdicts. With a file and JSON one line a row, {"id", "equal"}; without JSON a summary, and
// where the file knows what to expect also the agreement by category and the rows that differ. With two
// answers
// {"equal"} and, of a response, "extracted"; without JSON a sentence. `equal` is set to whether every row, or
// the pair, is equal.
absl::Status RunGrade(const GradeCommandOptions& options, std::ostream& out, bool* equal);

}  // namespace espalier

#endif  // ESPALIER_CLI_GRADE_H_
