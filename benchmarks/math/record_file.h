// The records of a run in its folder, written problem by problem, so that a killed run can go on.
//
// Invariants:
//  - results.jsonl holds what repeats: a line of settings, then a line for each (program, problem). Equal
//    settings give the same bytes in the end, whatever the threads, the other problems and the kills were.
//  - timings.jsonl holds what does not repeat, under the same keys: for each session (a run of the command) a
//    line, then a timing for each problem, written before its record. Of two timings the later counts.
//  - A line without its end was torn by a kill, does not count and is cut off before writing goes on.
//  - Records come in any order until Finish, and then program by program, problems in the order of the file.
#ifndef ESPALIER_BENCHMARKS_MATH_RECORD_FILE_H_
#define ESPALIER_BENCHMARKS_MATH_RECORD_FILE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/math/line_file.h"
#include "benchmarks/math/record.h"

namespace espalier {

// Reads what is there of the run in `folder`, records in the order of programs, then as they were written.
// NotFound: no results.jsonl with a line of settings. InvalidArgument: file, line and remedy.
absl::StatusOr<MathRun> ReadMathRun(const std::string& folder);

// OK if a run with `settings` may go on with the records of one with `found`; else InvalidArgument that names
// the first setting that differs and says what to do.
absl::Status CheckSameSettings(const MathSettings& found, const MathSettings& settings,
                               const std::string& folder);

class MathRecordFile {
 public:
  // Makes and locks the folder and reads what is there; with `restart` nothing of it counts. Writes nothing.
  // Errors as ReadMathRun (a missing file is none) and FolderLock::Take.
  static absl::StatusOr<MathRecordFile> Open(const std::string& folder, bool restart);

  // What earlier sessions have left.
  const std::optional<MathRun>& found() const { return found_; }

  // CheckSameSettings with what was found, if anything was.
  absl::Status CheckSettings(const MathSettings& settings) const;

  // Begins a session: goes on with what was found or, with `restart` or without, begins anew. Errors:
  // CheckSettings, LineFile.
  absl::Status Begin(const MathSettings& settings);

  // Adds a record; `at_seconds` since Begin.
  absl::Status Append(const MathRecord& record, double at_seconds);

  // Writes both files anew, in the order of `run`, which is complete.
  absl::Status Finish(const MathRun& run);

 private:
  MathRecordFile(std::string folder, FolderLock lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}

  std::string folder_;
  FolderLock lock_;
  std::optional<MathRun> found_;
  LineFile results_;
  LineFile timings_;
};

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_RECORD_FILE_H_
