#include "benchmarks/math/math_bench.h"

#include <filesystem>
#include <set>
#include <string_view>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/mapped_file.h"
#include "base/random.h"
#include "base/status.h"
#include "benchmarks/math/make_record.h"
#include "benchmarks/problem_runner.h"
#include "reasoning/few_shot.h"

namespace espalier {
namespace {

std::string KvTypeName(KvType type) {
  switch (type) {
    case KvType::kF32:
      return "f32";
    case KvType::kF16:
      return "f16";
    case KvType::kBF16:
      return "bf16";
    case KvType::kInt8:
      return "int8";
  }
  return "unknown";
}

absl::StatusOr<std::string> HashFile(const std::string& path) {
  ESPALIER_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  const std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  return absl::StrFormat("%016x", StableHash(bytes));
}

// The few-shot format of a kind of problem with so many examples.
absl::StatusOr<std::string> ShotsFormat(ProblemKind kind, int64_t shots) {
  if (shots == 0) return "question";
  const bool math = kind == ProblemKind::kMath;
  const int64_t most = math ? kMathShots : kGsm8kShots;
  if (shots < 0 || shots > most) {
    return absl::InvalidArgumentError(Cat("--shots ", shots, ": choose 0 to ", most,
                                          ", there are no more examples for ",
                                          math ? "MATH" : "word problems"));
  }
  return Cat(math ? "math-" : "gsm8k-", shots, "shot");
}

absl::StatusOr<std::string> ChoosePrompt(const MathOptions& options, ProblemKind kind) {
  if (options.shots && !options.prompt_format.empty()) {
    return absl::InvalidArgumentError("--shots and --prompt exclude each other: give one of them");
  }
  if (options.shots) return ShotsFormat(kind, *options.shots);
  if (options.prompt_format.empty()) return "";
  ESPALIER_ASSIGN_OR_RETURN(const PromptFormat format, FindPromptFormat(options.prompt_format));
  return format.name;
}

absl::StatusOr<std::vector<Program>> MakePrograms(const std::vector<std::string>& specs,
                                                  const ProgramRegistry& registry) {
  std::vector<Program> programs;
  std::set<std::string> seen;
  for (const std::string& spec : specs) {
    ESPALIER_ASSIGN_OR_RETURN(Program program, registry.Make(spec));
    if (!seen.insert(spec).second) {
      return absl::InvalidArgumentError(Cat("the program '", spec, "' is given twice: take one out"));
    }
    programs.push_back(std::move(program));
  }
  if (programs.empty()) return absl::InvalidArgumentError("no programs: give for example cot;sc:n=8");
  return programs;
}

absl::StatusOr<std::vector<Problem>> ReadDataset(const MathOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(std::vector<Problem> problems, ReadProblems(options.dataset, options.limit));
  std::set<std::string_view> seen;
  for (const Problem& problem : problems) {
    if (!seen.insert(problem.id).second) {
      return absl::InvalidArgumentError(
          Cat(options.dataset, ": two problems have the id '", problem.id, "': give each its own"));
    }
  }
  return problems;
}

// One program's progress: what earlier sessions did, and what this one does.
class Progress {
 public:
  explicit Progress(std::string program) { progress_.program = std::move(program); }

  void Count(const MathRecord& record) {
    ++counted_;
    if (record.gold.empty()) return;
    ++progress_.with_gold;
    if (record.correct) ++progress_.correct;
  }
  void BeginSession(int64_t problems, int64_t programs_left) {
    found_ = counted_;
    progress_.problems = problems;
    progress_.programs_left = programs_left;
  }
  const MathProgress& Update(const RunnerProgress& now) {
    progress_.done = found_ + now.solved;
    progress_.drawn_tokens = now.drawn_tokens;
    progress_.seconds = now.seconds;
    // Problems under way count as half done.
    const double done = static_cast<double>(now.solved) + 0.5 * static_cast<double>(now.under_way);
    if (now.solved > 0) {
      progress_.seconds_left = now.seconds / done * (static_cast<double>(now.problems) - done);
    }
    return progress_;
  }

 private:
  MathProgress progress_;
  int64_t counted_ = 0;
  int64_t found_ = 0;
};

}  // namespace

absl::StatusOr<PromptFormat> StandardPrompt(ProblemKind kind, const Engine& engine) {
  const ModelInfo& info = engine.info();
  const bool plain = engine.chat_template() == nullptr && info.chat_template_fault.empty();
  if (!plain || !info.prompt_format.empty()) return FindPromptFormat("", engine);
  return FindPromptFormat(kind == ProblemKind::kMath ? "math-4shot" : "gsm8k-8shot", engine);
}

absl::StatusOr<MathBench> MathBench::Prepare(MathOptions options, const ProgramRegistry& registry) {
  if (options.in_flight < 1) {
    return absl::InvalidArgumentError(Cat(options.in_flight, " problems in flight: give 1 or more"));
  }
  ESPALIER_ASSIGN_OR_RETURN(std::vector<Program> programs, MakePrograms(options.programs, registry));
  ESPALIER_ASSIGN_OR_RETURN(std::vector<Problem> problems, ReadDataset(options));
  ESPALIER_ASSIGN_OR_RETURN(options.prompt_format, ChoosePrompt(options, problems.front().kind));
  MathSettings settings;
  settings.dataset = std::filesystem::path(options.dataset).filename();
  ESPALIER_ASSIGN_OR_RETURN(settings.dataset_hash, HashFile(options.dataset));
  settings.limit = static_cast<int64_t>(problems.size());
  settings.programs = options.programs;
  settings.seed = options.seed;
  settings.machine = options.machine;
  ESPALIER_ASSIGN_OR_RETURN(MathRecordFile file, MathRecordFile::Open(options.folder, options.restart));
  MathBench bench(std::move(options), std::move(file));
  bench.problems_ = std::move(problems);
  bench.programs_ = std::move(programs);
  bench.settings_ = std::move(settings);
  ESPALIER_RETURN_IF_ERROR(bench.TakeFound());
  return bench;
}

// Takes over the records of earlier sessions, if their settings are ours as far as these are known yet.
absl::Status MathBench::TakeFound() {
  if (!file_.found()) return absl::OkStatus();
  const MathRun& found = *file_.found();
  MathSettings known = found.settings;
  known.dataset = settings_.dataset;
  known.dataset_hash = settings_.dataset_hash;
  known.limit = settings_.limit;
  known.programs = settings_.programs;
  known.seed = settings_.seed;
  if (!options_.prompt_format.empty()) known.prompt_format = options_.prompt_format;
  ESPALIER_RETURN_IF_ERROR(CheckSameSettings(found.settings, known, options_.folder));
  std::set<std::string_view> programs(settings_.programs.begin(), settings_.programs.end());
  std::set<std::string_view> problems;
  for (const Problem& problem : problems_) problems.insert(problem.id);
  for (const MathRecord& record : found.records) {
    const bool ours = programs.contains(record.program) && problems.contains(record.problem);
    if (ours && record.error.empty()) records_[{record.program, record.problem}] = record;
  }
  earlier_seconds_ = found.wall_seconds;
  return absl::OkStatus();
}

absl::Status MathBench::CompleteSettings(Runtime& runtime) {
  const Engine& engine = runtime.engine();
  const ModelInfo& info = engine.info();
  absl::StatusOr<PromptFormat> format = options_.prompt_format.empty()
                                            ? StandardPrompt(problems_.front().kind, engine)
                                            : FindPromptFormat(options_.prompt_format, engine);
  ESPALIER_RETURN_IF_ERROR(format.status());
  settings_.prompt_format = format->name;
  settings_.model = options_.model.empty() ? info.name : options_.model;
  settings_.parameters = info.parameters;
  settings_.model_bytes = info.file_bytes;
  settings_.reward = runtime.default_reward();
  settings_.kv_type = KvTypeName(info.kv_type);
  settings_.page_bytes = info.page_bytes;
  return absl::OkStatus();
}

std::vector<Problem> MathBench::MissingProblems(const Program& program) const {
  std::vector<Problem> missing;
  for (const Problem& problem : problems_) {
    if (!records_.contains({program.spec, problem.id})) missing.push_back(problem);
  }
  return missing;
}

absl::Status MathBench::RunProgram(Runtime& runtime, size_t index) {
  const Program& program = programs_[index];
  const std::vector<Problem> missing = MissingProblems(program);
  if (missing.empty()) return absl::OkStatus();
  ESPALIER_ASSIGN_OR_RETURN(const Scorer* scorer, runtime.FindScorer(program.generation.reward));
  const RecordContext context = {program, runtime.engine().info(), scorer->model()};
  Progress progress(program.spec);
  for (const auto& [key, record] : records_) {
    if (record.program == program.spec) progress.Count(record);
  }
  progress.BeginSession(settings_.limit, static_cast<int64_t>(programs_.size() - index) - 1);
  absl::Status status;
  RunnerOptions running;
  running.in_flight = options_.in_flight;
  running.in_order = false;  // a kill loses nothing that is done
  running.seed = options_.seed;
  running.prompt_format = settings_.prompt_format;
  running.cancelled = [&] { return !status.ok() || options_.cancelled(); };
  running.on_progress = [&](const RunnerProgress& now) { options_.on_progress(progress.Update(now)); };
  running.on_solved = [&](const SolvedProblem& solved) {
    if (absl::IsCancelled(solved.result.status) || !status.ok()) return;
    MathRecord record = MakeMathRecord(solved, context);
    status = file_.Append(record, clock_.Seconds() - started_);
    progress.Count(record);
    options_.on_record(record);
    records_[{record.program, record.problem}] = std::move(record);
  };
  runtime.scheduler().EvictCache();
  RunProblems(runtime, missing, program.spec, running);
  return status;
}

MathRun MathBench::CollectRun() const {
  MathRun run;
  run.settings = settings_;
  if (!worked_ && file_.found()) run.settings.machine = file_.found()->settings.machine;
  run.wall_seconds = earlier_seconds_ + (worked_ ? clock_.Seconds() - started_ : 0);
  for (const Program& program : programs_) {
    for (const Problem& problem : problems_) {
      const auto record = records_.find({program.spec, problem.id});
      if (record != records_.end()) run.records.push_back(record->second);
    }
  }
  return run;
}

absl::StatusOr<MathRun> MathBench::Run(Runtime& runtime) {
  ESPALIER_RETURN_IF_ERROR(CheckGenerates(runtime.engine().info()));
  ESPALIER_RETURN_IF_ERROR(CompleteSettings(runtime));
  ESPALIER_RETURN_IF_ERROR(file_.CheckSettings(settings_));
  const size_t all = problems_.size() * programs_.size();
  worked_ = records_.size() < all;
  if (worked_) ESPALIER_RETURN_IF_ERROR(file_.Begin(settings_));
  options_.on_begin(static_cast<int64_t>(records_.size()), static_cast<int64_t>(all));
  started_ = clock_.Seconds();
  for (size_t i = 0; i < programs_.size() && !options_.cancelled(); ++i) {
    ESPALIER_RETURN_IF_ERROR(RunProgram(runtime, i));
  }
  MathRun run = CollectRun();
  if (MissingRecords(run) == 0) ESPALIER_RETURN_IF_ERROR(file_.Finish(run));
  return run;
}

absl::StatusOr<MathRun> RunMath(Runtime& runtime, const MathOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(MathBench bench, MathBench::Prepare(options, runtime.programs()));
  return bench.Run(runtime);
}

int64_t MissingRecords(const MathRun& run) {
  return run.settings.limit * static_cast<int64_t>(run.settings.programs.size()) -
         static_cast<int64_t>(run.records.size());
}

}  // namespace espalier
