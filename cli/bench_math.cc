// espalier bench math: accuracy and cost of programs over a file of problems.
#include <filesystem>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "base/clock.h"
#include "base/status.h"
#include "benchmarks/machine.h"
#include "benchmarks/math/math_bench.h"
#include "benchmarks/math/report.h"
#include "benchmarks/math/rescore.h"
#include "cli/command.h"
#include "cli/math_output.h"
#include "cli/profile.h"
#include "cli/scorers.h"
#include "cli/usage.h"
#include "reasoning/runtime.h"

namespace espalier {
namespace {

constexpr int64_t kMostProblems = 1'000'000'000;

struct MathCommandOptions {
  CommonOptions common;
  MathOptions math;
  std::string programs = "cot;sc:n=8";
  std::string reward;
  std::string rescore;

  MathCommandOptions() {}
};

std::string ProgressText(const MathProgress& progress) {
  const double rate =
      progress.seconds > 0 ? static_cast<double>(progress.drawn_tokens) / progress.seconds : 0;
  std::string text =
      absl::StrFormat("%s: %d of %d problems", progress.program, progress.done, progress.problems);
  if (progress.with_gold > 0) {
    text += absl::StrFormat(", %.1f %% right", 100 * static_cast<double>(progress.correct) /
                                                   static_cast<double>(progress.with_gold));
  }
  text += absl::StrFormat(", %.0f tokens/s", rate);
  if (progress.seconds_left >= 0) text += ", " + FormatDuration(progress.seconds_left) + " left";
  if (progress.programs_left > 0) {
    text += Cat(", then ", progress.programs_left, progress.programs_left == 1 ? " program" : " programs");
  }
  return text;
}

// The page in the folder of the run, and the results on stdout.
absl::Status Show(const MathRun& run, const std::string& page, const CommonOptions& common) {
  const std::vector<MathSummary> summaries = SummarizeMath(run);
  if (!run.records.empty()) {
    ESPALIER_RETURN_IF_ERROR(WriteMathReport(run, summaries, page));
    if (!common.quiet) std::cerr << "report: " << page << "\n";
  }
  if (common.json) {
    WriteMathJson(run, summaries, std::cout);
  } else {
    std::cout << MathTable(run, summaries);
  }
  return absl::OkStatus();
}

std::string PagePath(const std::string& folder, const char* name) {
  return std::filesystem::path(folder) / name;
}

// results.jsonl stays as the run wrote it.
absl::Status Rescore(const std::string& folder, const CommonOptions& common) {
  ESPALIER_ASSIGN_OR_RETURN(MathRun run, ReadMathRun(folder));
  const RegradeChanges changes = Regrade(run);
  if (!common.quiet) {
    std::cerr << absl::StreamFormat(
        "otherwise than recorded: %d answers and %d verdicts of problems, %d and %d of samples; "
        "%d votes that were ended early are open again and count as they stand\n",
        changes.answers, changes.verdicts, changes.sample_answers, changes.sample_verdicts,
        changes.undecided);
  }
  return Show(run, PagePath(folder, "rescored.html"), common);
}

absl::Status CheckArguments(const MathCommandOptions& options) {
  if (options.common.model.empty()) {
    return absl::InvalidArgumentError("--model is missing: name a model, or --rescore a folder");
  }
  if (options.math.dataset.empty()) {
    return absl::InvalidArgumentError("--dataset is missing: give a .jsonl file of problems");
  }
  if (options.math.folder.empty()) {
    return absl::InvalidArgumentError("--out is missing: give a folder for the results");
  }
  return absl::OkStatus();
}

// OK for a run that is whole and had no failures.
absl::Status Verdict(const MathRun& run, const std::string& folder) {
  if (const int64_t missing = MissingRecords(run); missing > 0) {
    return absl::CancelledError(Cat("interrupted; ", run.records.size(), " of ", run.records.size() + missing,
                                    " answers are in '", folder, "': the same command goes on from there"));
  }
  int64_t failed = 0;
  for (const MathRecord& record : run.records) failed += record.error.empty() ? 0 : 1;
  if (failed == 0) return absl::OkStatus();
  return absl::InternalError(Cat(failed, failed == 1 ? " answer" : " answers",
                                 " failed: see \"error\" in results.jsonl; the same command tries again"));
}

// As the user names it, a path without its folders, so that the command in the report can be run.
std::string ModelName(const std::string& model) {
  if (model.starts_with("hf:")) return model;
  const std::filesystem::path path(model);
  return path.has_filename() ? path.filename() : path.parent_path().filename();
}

absl::Status RunBenchMath(MathCommandOptions options) {
  if (!options.rescore.empty()) return Rescore(options.rescore, options.common);
  ESPALIER_RETURN_IF_ERROR(CheckArguments(options));
  ESPALIER_ASSIGN_OR_RETURN(EngineOptions engine_options, MakeEngineOptions(options.common));
  ProgressLine progress(options.common.quiet);
  MathOptions& math = options.math;
  math.programs = absl::StrSplit(options.programs, ';', absl::SkipWhitespace());
  math.seed = options.common.seed;
  math.model = ModelName(options.common.model);
  math.machine = DescribeMachine(engine_options.threads);
  math.cancelled = ShouldStop;
  math.on_begin = [&](int64_t found, int64_t all) {
    if (found == 0 || options.common.quiet) return;
    std::cerr << "'" << math.folder << "' holds " << found << " of " << all << " answers; "
              << (found < all ? "going on from there" : "nothing is left to do") << "\n";
  };
  math.on_progress = [&](const MathProgress& now) { progress.Update([&] { return ProgressText(now); }); };
  ESPALIER_ASSIGN_OR_RETURN(MathBench bench, MathBench::Prepare(math));
  ESPALIER_ASSIGN_OR_RETURN(const RewardModels rewards, OpenRewardModels(options.common, options.reward,
                                                                         bench.programs(), engine_options));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenEngine(options.common, engine_options));
  RuntimeOptions runtime_options;
  runtime_options.reward = options.reward;
  Runtime runtime(*engine, runtime_options);
  for (const auto& [name, scorer] : rewards) runtime.RegisterScorer(name, scorer);
  const MonotonicClock clock;
  const double started = clock.Seconds();
  ESPALIER_ASSIGN_OR_RETURN(const MathRun run, bench.Run(runtime));
  const double seconds = clock.Seconds() - started;
  progress.Clear();
  if (options.common.profile) {
    WriteProfile(*engine, {"bench math", seconds, MeasureReadBandwidth(engine_options.threads)}, std::cerr);
  }
  ESPALIER_RETURN_IF_ERROR(Show(run, PagePath(math.folder, "report.html"), options.common));
  return Verdict(run, math.folder);
}

}  // namespace

void RegisterBenchMath(CLI::App& bench, Commands& commands) {
  auto options = std::make_shared<MathCommandOptions>();
  CLI::App* command = AddCommand(bench, "math", "accuracy and cost of programs over a file of problems",
                                 options->common, /*with_model=*/true);
  command->get_option("--model")->required(false);
  MathOptions& math = options->math;
  command->add_option("--dataset,--file,-f", math.dataset,
                      "problems, one JSON object a line (GSM8K, MATH, AIME, AMC, SVAMP)");
  command->add_option("--programs,--program,-P", options->programs, "as for solve, with ; between")
      ->capture_default_str();
  command->add_option("--limit,-n", math.limit, "only the first N problems")
      ->check(WholeNumber(1, kMostProblems));
  command->add_option("--out,-o", math.folder,
                      "folder for results.jsonl, timings.jsonl and report.html; a run that it holds goes on");
  command->add_flag("--restart", math.restart, "begin anew whatever --out holds");
  command->add_option("--reward,-R", options->reward,
                      "what scores branches, as for solve; default: by model");
  command->add_option("--prompt,--prompt-format", math.prompt_format,
                      "boxed, question, steps, gsm8k-8shot or math-4shot; default: by model and dataset");
  command
      ->add_option("--shots", math.shots,
                   "so many worked examples before each problem, of the dataset's kind; 0: plain question")
      ->check(WholeNumber(0, kMostProblems));
  command->add_option("--in-flight", math.in_flight, "problems under way at once; changes no answer")
      ->capture_default_str()
      ->check(WholeNumber(1, kMostProblems));
  command->add_option(
      "--rescore", options->rescore,
      "grade and vote again on what this folder of a run holds, without a model; writes rescored.html");
  command->footer("Programs:\n" + ProgramRegistry().Help());
  commands.push_back({command, [options] { return RunBenchMath(*options); }});
}

}  // namespace espalier
