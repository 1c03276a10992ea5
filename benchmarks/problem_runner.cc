#include "benchmarks/problem_runner.h"

#include <map>
#include <utility>

#include "base/clock.h"
#include "reward/answer.h"

namespace espalier {
namespace {

class ProblemRun {
 public:
  ProblemRun(Runtime& runtime, std::span<const Problem> problems, const std::string& program,
             const RunnerOptions& options)
      : runtime_(runtime),
        problems_(problems),
        program_(program),
        options_(options),
        started_(clock_.Seconds()) {
    drawn_before_ = runtime.counters().drawn_tokens;
  }

  void Run() {
    FillWindow();
    while (!under_way_.empty()) {
      if (options_.cancelled()) return CancelAll();
      runtime_.Step();
      Emit();
      FillWindow();
      RunnerProgress progress;
      progress.solved = emitted_ + static_cast<int64_t>(done_.size());
      progress.under_way = static_cast<int64_t>(under_way_.size());
      progress.problems = static_cast<int64_t>(problems_.size());
      progress.drawn_tokens = runtime_.counters().drawn_tokens - drawn_before_;
      progress.seconds = clock_.Seconds() - started_;
      options_.on_progress(progress);
    }
  }

 private:
  void FillWindow() {
    while (next_ < static_cast<int64_t>(problems_.size()) &&
           static_cast<int64_t>(under_way_.size()) < options_.in_flight && !options_.cancelled()) {
      Start(next_++);
      Emit();
    }
  }

  void Start(int64_t index) {
    QueryRequest request(problems_[index].text, program_);
    request.seed = options_.seed;
    request.prompt_format = options_.prompt_format;
    const auto id = runtime_.Submit(request, [this, index](QueryId query, QueryResult result) {
      under_way_.erase(query);
      Store(index, std::move(result));
    });
    if (id.ok()) {
      under_way_[*id] = index;
    } else {
      QueryResult rejected;
      rejected.status = id.status();
      Store(index, std::move(rejected));
    }
  }

  void Store(int64_t index, QueryResult result) {
    const Problem& problem = problems_[index];
    SolvedProblem& solved = done_[index];
    solved.problem = &problem;
    solved.program = program_;
    solved.correct =
        result.status.ok() && !problem.gold.empty() && AnswersEqual(result.answer.text, problem.gold);
    solved.result = std::move(result);
  }

  void Emit() {
    while (!done_.empty() && (!options_.in_order || done_.begin()->first == emitted_)) {
      options_.on_solved(done_.begin()->second);
      done_.erase(done_.begin());
      ++emitted_;
    }
  }

  void CancelAll() {
    while (!under_way_.empty()) runtime_.Cancel(under_way_.begin()->first);
    Emit();
  }

  Runtime& runtime_;
  std::span<const Problem> problems_;
  const std::string& program_;
  const RunnerOptions& options_;
  MonotonicClock clock_;
  double started_;
  int64_t drawn_before_ = 0;
  int64_t next_ = 0;
  int64_t emitted_ = 0;
  std::map<QueryId, int64_t> under_way_;
  std::map<int64_t, SolvedProblem> done_;  // waiting for those before them
};

}  // namespace

void RunProblems(Runtime& runtime, std::span<const Problem> problems, const std::string& program,
                 const RunnerOptions& options) {
  ProblemRun(runtime, problems, program, options).Run();
}

}  // namespace espalier
