// The math harness: answers a file of problems with several programs and keeps a record of each answer in a
// folder, from which a killed run goes on.
//
//   espalier::MathOptions options("problems.jsonl", {"cot", "sc:n=8"}, "out");
//   absl::StatusOr<espalier::MathRun> run = espalier::RunMath(runtime, options);
#ifndef ESPALIER_BENCHMARKS_MATH_MATH_BENCH_H_
#define ESPALIER_BENCHMARKS_MATH_MATH_BENCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "benchmarks/math/record.h"
#include "benchmarks/math/record_file.h"
#include "benchmarks/problems.h"
#include "reasoning/program.h"
#include "reasoning/prompt_format.h"
#include "reasoning/runtime.h"

namespace espalier {

struct MathProgress {
  std::string program;        // at work
  int64_t programs_left = 0;  // not begun
  int64_t done = 0;           // problems of this program, those of earlier sessions included
  int64_t problems = 0;
  int64_t correct = 0;  // of those done
  int64_t with_gold = 0;
  int64_t drawn_tokens = 0;  // by this program in this session
  double seconds = 0;        // since this program began or went on
  double seconds_left = -1;  // of this program; negative: not known yet

  MathProgress() {}
};

struct MathOptions {
  std::string dataset;                // path of the problems
  std::optional<int64_t> limit;       // only the first so many
  std::vector<std::string> programs;  // "sc:n=8"
  std::string folder;                 // for results.jsonl and timings.jsonl; made if there is none
  std::string prompt_format;          // a name; "": StandardPrompt
  // Worked examples before each problem: 0 asks for "question", more for the few-shot format of the kind of
  // problem. Not together with prompt_format.
  std::optional<int64_t> shots;
  uint64_t seed = 0;
  int64_t in_flight = 8;  // problems under way at once; changes no record
  bool restart = false;   // instead of going on with what the folder holds
  std::string model;      // its name in the results; "": what the model file says
  std::string machine;    // for readers of the results
  // Called once before the first problem: of `all` answers, earlier sessions have left `found`.
  std::function<void(int64_t found, int64_t all)> on_begin = [](int64_t, int64_t) {};
  // Called after every step.
  std::function<void(const MathProgress&)> on_progress = [](const MathProgress&) {};
  // Called for every record of this session once it is written.
  std::function<void(const MathRecord&)> on_record = [](const MathRecord&) {};
  // True: stop now. The records so far are kept.
  std::function<bool()> cancelled = [] { return false; };

  MathOptions() {}
  MathOptions(std::string dataset, std::vector<std::string> programs, std::string folder)
      : dataset(std::move(dataset)), programs(std::move(programs)), folder(std::move(folder)) {}
};

// The prompt of a kind of problem for a model: what the model file asks for; "boxed" where it has a chat
// template; else "gsm8k-8shot" for word problems and "math-4shot" for the others.
absl::StatusOr<PromptFormat> StandardPrompt(ProblemKind kind, const Engine& engine);

class MathBench {
 public:
  // Checks everything that can be checked without a model, and takes the folder's lock.
  // InvalidArgument: an unknown program or prompt format, a program or a problem's id that stands twice, a
  // file that holds no problems, a folder that cannot be written or holds a run with other settings;
  // NotFound: no such file; Unavailable: another run has the folder. One line with remedy.
  static absl::StatusOr<MathBench> Prepare(MathOptions options,
                                           const ProgramRegistry& registry = ProgramRegistry());

  const std::vector<Program>& programs() const { return programs_; }

  // Runs what is missing, program by program, each with a cold cache. What keeps a single problem from being
  // answered stands in its record, and is tried again when the run goes on. A run that was cancelled has
  // MissingRecords. To be called once. Errors: the prompt format does not fit the model, other settings than
  // those of the folder's run, a disk that is full.
  absl::StatusOr<MathRun> Run(Runtime& runtime);

 private:
  using Key = std::pair<std::string, std::string>;  // program, problem

  MathBench(MathOptions options, MathRecordFile file)
      : options_(std::move(options)), file_(std::move(file)) {}

  absl::Status TakeFound();
  absl::Status CompleteSettings(Runtime& runtime);
  absl::Status RunProgram(Runtime& runtime, size_t index);
  std::vector<Problem> MissingProblems(const Program& program) const;
  MathRun CollectRun() const;

  MathOptions options_;
  MathRecordFile file_;
  std::vector<Problem> problems_;
  std::vector<Program> programs_;
  MathSettings settings_;
  std::map<Key, MathRecord> records_;
  double earlier_seconds_ = 0;  // of earlier sessions
  MonotonicClock clock_;
  double started_ = 0;
  bool worked_ = false;  // whether this session made records
};

// Both in one.
absl::StatusOr<MathRun> RunMath(Runtime& runtime, const MathOptions& options);

// How many records are missing from a whole run.
int64_t MissingRecords(const MathRun& run);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_MATH_BENCH_H_
