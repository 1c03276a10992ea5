// espalier solve: answers problems with reasoning programs.
#include <algorithm>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "base/clock.h"
#include "base/status.h"
#include "benchmarks/machine.h"
#include "benchmarks/problem_runner.h"
#include "benchmarks/problems.h"
#include "benchmarks/report.h"
#include "cli/command.h"
#include "cli/profile.h"
#include "cli/scorers.h"
#include "cli/solve_output.h"
#include "cli/usage.h"
#include "reasoning/runtime.h"

namespace espalier {
namespace {

constexpr int64_t kMostProblems = 1'000'000'000;

struct SolveOptions {
  CommonOptions common;
  std::string programs = "cot";
  std::optional<std::string> problem;
  std::optional<std::string> file;
  std::optional<int64_t> limit;
  std::string prompt_format;
  std::string reward;
  std::string report;
  int64_t in_flight = 8;

  SolveOptions() {}
};

absl::StatusOr<std::vector<Problem>> FindProblems(const SolveOptions& options) {
  if (options.problem.has_value() == options.file.has_value()) {
    return absl::InvalidArgumentError("give one of --problem TEXT and --file FILE.jsonl");
  }
  if (options.file) return ReadProblems(*options.file, options.limit);
  if (absl::StripAsciiWhitespace(*options.problem).empty()) {
    return absl::InvalidArgumentError("--problem is blank: give some text");
  }
  Problem problem;
  problem.id = "1";
  problem.text = *options.problem;
  return std::vector<Problem>{problem};
}

absl::StatusOr<std::vector<Program>> ParsePrograms(const std::string& specs) {
  const ProgramRegistry registry;
  std::vector<Program> programs;
  for (const std::string& spec :
       std::vector<std::string>(absl::StrSplit(specs, ';', absl::SkipWhitespace()))) {
    ESPALIER_ASSIGN_OR_RETURN(Program program, registry.Make(spec));
    programs.push_back(std::move(program));
  }
  if (programs.empty()) return absl::InvalidArgumentError("--program is empty: see espalier solve --help");
  return programs;
}

// Before the model is there; whether the format fits the model is seen then.
absl::Status CheckPromptFormat(const std::string& name) {
  if (name.empty()) return absl::OkStatus();
  const absl::Status status = FindPromptFormat(name).status();
  return status.ok() ? status : absl::InvalidArgumentError(Cat("--prompt-format: ", ToStd(status.message())));
}

std::string ProgressText(const std::string& program, const RunnerProgress& progress) {
  const double rate =
      progress.seconds > 0 ? static_cast<double>(progress.drawn_tokens) / progress.seconds : 0;
  std::string text = absl::StrFormat("%s: %d of %d problems, %d tokens, %.0f tokens/s", program,
                                     progress.solved, progress.problems, progress.drawn_tokens, rate);
  // Problems under way count as half done.
  const double done = static_cast<double>(progress.solved) + 0.5 * static_cast<double>(progress.under_way);
  if (progress.solved > 0) {
    text += ", " + FormatDuration(progress.seconds / done * (static_cast<double>(progress.problems) - done)) +
            " left";
  }
  return text;
}

void WriteCounters(const RuntimeCounters& counters, double seconds) {
  std::cerr << absl::StreamFormat(
      "steps %d, rows %.1f a step, tokens computed %d; engine %.2f s of %.2f s, %.1f%% outside it\n",
      counters.steps,
      static_cast<double>(counters.rows) / static_cast<double>(std::max<int64_t>(1, counters.steps)),
      counters.computed_tokens, counters.engine_seconds, seconds,
      100 * (1 - counters.engine_seconds / seconds));
}

// What all programs of a run share.
struct SolveRun {
  Engine& engine;
  const SolveOptions& options;
  const SolveContext& context;
  const RewardModels& rewards;
};

ReportProgram SolveAll(const SolveRun& solve, const std::vector<Problem>& problems, const Program& program) {
  const SolveOptions& options = solve.options;
  ReportProgram run;
  run.generation = program.generation;
  ProgramSummary& summary = run.summary;
  summary.program = program.spec;
  RuntimeOptions runtime_options;
  runtime_options.reward = solve.context.reward;
  Runtime runtime(solve.engine, runtime_options);
  for (const auto& [name, scorer] : solve.rewards) runtime.RegisterScorer(name, scorer);
  ProgressLine progress(options.common.quiet);
  RunnerOptions running;
  running.in_flight = options.in_flight;
  running.seed = options.common.seed;
  running.prompt_format = options.prompt_format;
  running.cancelled = ShouldStop;
  running.on_progress = [&](const RunnerProgress& now) {
    progress.Update([&] { return ProgressText(program.spec, now); });
  };
  running.on_solved = [&](const SolvedProblem& solved) {
    progress.Clear();
    summary.Add(solved);
    if (options.common.json) {
      WriteProblemJson(solve.context, program, solved, std::cout);
    } else {
      WriteProblemLine(solved, std::cout);
    }
    if (!options.report.empty()) run.solved.push_back(solved);
  };
  const MonotonicClock clock;
  const double started = clock.Seconds();
  RunProblems(runtime, problems, program.spec, running);
  progress.Clear();
  summary.wall_seconds = clock.Seconds() - started;
  if (options.common.profile) {
    WriteCounters(runtime.counters(), summary.wall_seconds);
    WriteProfile(
        solve.engine,
        {program.spec, summary.wall_seconds, MeasureReadBandwidth(static_cast<int>(options.common.threads))},
        std::cerr);
  }
  return run;
}

absl::Status RunSolve(const SolveOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(EngineOptions engine_options, MakeEngineOptions(options.common));
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<Program> programs, ParsePrograms(options.programs));
  ESPALIER_RETURN_IF_ERROR(CheckPromptFormat(options.prompt_format));
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<Problem> problems, FindProblems(options));
  if (!options.report.empty()) ESPALIER_RETURN_IF_ERROR(PrepareReportFile(options.report));
  ESPALIER_ASSIGN_OR_RETURN(const RewardModels rewards,
                            OpenRewardModels(options.common, options.reward, programs, engine_options));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenEngine(options.common, engine_options));
  SolveContext context;
  context.model = engine->info().name;
  context.seed = options.common.seed;
  context.reward = options.reward.empty() ? DefaultReward(*engine) : options.reward;
  ESPALIER_ASSIGN_OR_RETURN(context.format, FindPromptFormat(options.prompt_format, *engine));

  Report report;
  report.model = context.model;
  report.prompt_format = context.format.name;
  report.seed = context.seed;
  std::vector<ProgramSummary> summaries;
  int64_t failed = 0;
  for (const Program& program : programs) {
    if (ShouldStop()) break;
    report.programs.push_back(SolveAll({*engine, options, context, rewards}, problems, program));
    summaries.push_back(report.programs.back().summary);
    failed += summaries.back().failed;
  }
  if (options.common.json) {
    for (const ProgramSummary& summary : summaries) WriteSummaryJson(context, summary, std::cout);
  } else {
    WriteSummaryTable(context, summaries, std::cout);
  }
  if (!options.report.empty()) {
    report.interrupted = ShouldStop();
    ESPALIER_RETURN_IF_ERROR(WriteReport(report, options.report));
    if (!options.common.quiet) std::cerr << "report: " << options.report << "\n";
  }
  if (Interrupted()) return absl::CancelledError("interrupted; the results so far are above");
  if (failed > 0) {
    return absl::InternalError(Cat(failed, failed == 1 ? " problem" : " problems",
                                   " could not be solved: see the error in the line of each"));
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterSolve(CLI::App& app, Commands& commands) {
  auto options = std::make_shared<SolveOptions>();
  CLI::App* command = AddCommand(app, "solve", "answers problems with reasoning programs", options->common,
                                 /*with_model=*/true);
  command->add_option("--program,-P", options->programs, "NAME or NAME:KEY=VALUE,...; several with ; between")
      ->capture_default_str();
  command->add_option("--problem,-p", options->problem, "one problem's text");
  command->add_option("--file,-f", options->file,
                      "problems, one JSON object a line (GSM8K, MATH, AIME, AMC, SVAMP)");
  command->add_option("--limit,-n", options->limit, "only the first N problems")
      ->check(WholeNumber(1, kMostProblems));
  command->add_option(
      "--prompt-format", options->prompt_format,
      "boxed (chat), question (plain), steps (chat, a step a line), gsm8k-8shot or math-4shot "
      "(plain, with examples); default: by model");
  command->add_option(
      "--reward,-R", options->reward,
      "what scores branches: checker, logprob, or a reward model as for --model; default: by model");
  command->add_option("--report", options->report, "also write a page with the search trees, FILE.html");
  command->add_option("--in-flight", options->in_flight, "problems under way at once")
      ->capture_default_str()
      ->check(WholeNumber(1, kMostProblems));
  command->footer("Programs:\n" + ProgramRegistry().Help());
  commands.push_back({command, [options] { return RunSolve(*options); }});
}

}  // namespace espalier
