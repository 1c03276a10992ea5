#include "benchmarks/math/math_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/cat.h"
#include "benchmarks/math/flops.h"
#include "benchmarks/math/record_json.h"
#include "engine/scripted_engine.h"
#include "reasoning/generate.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kProblems = 7;

// Says "answer is D" with a digit that it draws, now and then after some hesitation.
TokenId SayDigit(const ScriptedDraw& draw) {
  constexpr std::string_view kText = "answer is ";
  const int64_t said = static_cast<int64_t>(draw.tokens.size()) - draw.generated_from;
  if (said < static_cast<int64_t>(kText.size())) return kText[said];
  if (said == static_cast<int64_t>(kText.size())) return '2' + static_cast<TokenId>(draw.uniform * 3);
  return draw.uniform < 0.3 ? ' ' : ByteTokenizer::kEnd;
}

std::string Problems() {
  std::string lines;
  for (int i = 1; i <= kProblems; ++i) {
    lines +=
        Cat(R"({"question": "What is )", i, R"( plus one?", "answer": "<<)", i, R"(+1=3>>\n#### 3"})", "\n");
  }
  return lines;
}

// A harness on the scripted engine. Each Run has a runtime of its own, as each run of the command.
class MathBenchTest : public testing::Test {
 protected:
  MathBenchTest() : dataset_(Problems(), ".jsonl") {}

  MathOptions Options() const {
    MathOptions options(dataset_.path(), {"cot:temperature=1", "sc:n=5"}, folder_.path());
    options.prompt_format = "question";
    options.machine = "a test";
    options.in_flight = 3;
    return options;
  }

  absl::StatusOr<MathRun> Run(const MathOptions& options) const {
    ScriptedEngine engine(ScriptedEngineOptions(), SayDigit);
    Runtime runtime(engine);
    return RunMath(runtime, options);
  }

  std::string ErrorOf(const MathOptions& options) const {
    return std::string(ToStd(MathBench::Prepare(options).status().message()));
  }

  std::string Path(const std::string& name) const { return Cat(folder_.path(), "/", name); }
  std::string Results() const { return ReadFile(Path("results.jsonl")); }

  const TemporaryFile dataset_;
  const TemporaryFolder folder_;
};

TEST_F(MathBenchTest, EveryProgramAnswersEveryProblem) {
  const auto run = Run(Options());
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(MissingRecords(*run), 0);
  ASSERT_EQ(run->records.size(), 2u * kProblems);
  int correct = 0;
  for (int i = 0; i < 2 * kProblems; ++i) {
    const MathRecord& record = run->records[i];
    EXPECT_EQ(record.program, i < kProblems ? "cot:temperature=1" : "sc:n=5");
    EXPECT_EQ(record.problem, Cat(i % kProblems + 1));
    EXPECT_EQ(record.gold, "3");
    EXPECT_EQ(record.level, "1 step");
    EXPECT_EQ(record.correct, record.answer == "3");
    EXPECT_EQ(record.error, "");
    correct += record.correct ? 1 : 0;
    EXPECT_EQ(record.samples.size(), i < kProblems ? 1u : 5u);
    for (const MathSample& sample : record.samples) {
      EXPECT_EQ(sample.correct, sample.answer == "3");
      EXPECT_THAT("answer is 2 answer is 3 answer is 4", HasSubstr(sample.text.substr(0, 11)));
    }
    EXPECT_GT(record.cost.seconds, 0);
    EXPECT_GT(record.cost.computed_tokens, 0);
  }
  EXPECT_GT(correct, 0);
  EXPECT_LT(correct, 2 * kProblems);
  EXPECT_EQ(run->settings.prompt_format, "question");
  EXPECT_EQ(run->settings.reward, "logprob");
  EXPECT_EQ(run->settings.limit, kProblems);
  EXPECT_GT(run->wall_seconds, 0);
  EXPECT_EQ(ReadMathRun(folder_.path())->records.size(), run->records.size());
}

TEST_F(MathBenchTest, AStoppedRunGoesOnAndEndsInTheSameBytes) {
  ASSERT_TRUE(Run(Options()).ok());
  const std::string whole = Results();
  for (const int stop_after : {0, 1, 5, kProblems, kProblems + 3, 2 * kProblems - 1}) {
    MathOptions stopped = Options();
    stopped.restart = true;
    int written = 0;
    stopped.on_record = [&](const MathRecord&) { ++written; };
    stopped.cancelled = [&] { return written >= stop_after; };
    const auto part = Run(stopped);
    ASSERT_TRUE(part.ok()) << part.status();
    EXPECT_GE(static_cast<int>(part->records.size()), stop_after);
    EXPECT_GT(MissingRecords(*part), 0);
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(Results(), '\n'))) {
      EXPECT_THAT(whole, HasSubstr(line)) << "no record of a problem that was under way";
    }
    // As a kill in the middle of a line leaves it.
    WriteFile(Path("results.jsonl"), Results() + "{\"program\": \"so");
    MathOptions rest = Options();
    int rest_written = 0;
    rest.on_record = [&](const MathRecord&) { ++rest_written; };
    const auto run = Run(rest);
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_EQ(written + rest_written, 2 * kProblems) << "nothing is done twice";
    EXPECT_EQ(Results(), whole);
    EXPECT_GE(run->wall_seconds, part->wall_seconds);
  }
}

TEST_F(MathBenchTest, AFinishedRunIsReadAndNotRepeated) {
  ASSERT_TRUE(Run(Options()).ok());
  const std::string timings = ReadFile(Path("timings.jsonl"));
  MathOptions again = Options();
  again.machine = "another";
  again.on_record = [](const MathRecord& record) { ADD_FAILURE() << record.problem; };
  const auto run = Run(again);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->records.size(), 2u * kProblems);
  EXPECT_EQ(run->settings.machine, "a test");
  EXPECT_EQ(ReadFile(Path("timings.jsonl")), timings);
}

TEST_F(MathBenchTest, RecordsThatAreMissingAnywhereAreMade) {
  ASSERT_TRUE(Run(Options()).ok());
  const std::string whole = Results();
  std::string holes = SettingsLine(ReadMathRun(folder_.path())->settings);
  const auto records = ReadMathRun(folder_.path())->records;
  for (size_t i = records.size(); i-- > 0;) {
    if (i % 3 != 0) holes += ResultLine(records[i]);
  }
  WriteFile(Path("results.jsonl"), holes);
  ASSERT_TRUE(Run(Options()).ok());
  EXPECT_EQ(Results(), whole);
}

TEST_F(MathBenchTest, InFlightChangesTimesAlone) {
  ASSERT_TRUE(Run(Options()).ok());
  const std::string results = Results();
  for (const int64_t in_flight : {1, 100}) {
    MathOptions options = Options();
    options.in_flight = in_flight;
    options.restart = true;
    ASSERT_TRUE(Run(options).ok());
    EXPECT_EQ(Results(), results);
  }
}

TEST_F(MathBenchTest, AnErrorStandsInItsRecordAndIsTriedAgain) {
  WriteFile(dataset_.path(), Problems() + R"({"question": ")" + std::string(5000, 'x') + "\"}\n");
  MathOptions options = Options();
  options.programs = {"cot"};
  const auto run = Run(options);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(MissingRecords(*run), 0);
  EXPECT_EQ(run->records.back().stop_reason, "error");
  EXPECT_NE(run->records.back().error, "");
  EXPECT_FALSE(run->records.back().correct);
  const std::string results = Results();
  std::vector<std::string> tried;
  options.on_record = [&](const MathRecord& record) { tried.push_back(record.problem); };
  ASSERT_TRUE(Run(options).ok());
  EXPECT_THAT(tried, ElementsAre(Cat(kProblems + 1)));
  EXPECT_EQ(Results(), results);
}

Task<Answer> ForkAfterAWord(Query& query) {
  Branch stem = query.Prompt().Fork();
  co_await stem.Generate(Until::Tokens(7));
  co_await query.ForEach(stem.Fork(2),
                         [](Branch branch) -> Task<> { co_await branch.Generate(Until::kAnswer); });
  co_return Answer(stem.Text(), "stem");
}

TEST_F(MathBenchTest, SamplesAreLeavesWithAllTheirText) {
  ScriptedEngine engine(ScriptedEngineOptions(), SayDigit);
  Runtime runtime(engine);
  runtime.RegisterProgram(ProgramDescription("fork", "of a test"),
                          [](ProgramOptions&) { return ForkAfterAWord; });
  MathOptions options = Options();
  options.programs = {"fork"};
  options.limit = 1;
  const auto run = RunMath(runtime, options);
  ASSERT_TRUE(run.ok()) << run.status();
  const MathRecord& record = run->records[0];
  EXPECT_EQ(record.answer, "answer ");
  ASSERT_EQ(record.samples.size(), 2u);
  for (const MathSample& sample : record.samples) {
    EXPECT_THAT(sample.path, testing::StartsWith("0.0."));
    EXPECT_THAT(sample.text, testing::StartsWith("answer is "));
    EXPECT_EQ(sample.tokens, static_cast<int64_t>(sample.text.size()));
    EXPECT_EQ(sample.answer, sample.text.substr(10, 1));
  }
}

TEST_F(MathBenchTest, ProgressCountsEarlierSessions) {
  MathOptions options = Options();
  int written = 0;
  options.on_record = [&](const MathRecord&) { ++written; };
  options.cancelled = [&] { return written >= 4; };
  ASSERT_TRUE(Run(options).ok());
  options.cancelled = [] { return false; };
  int64_t done = written;
  int64_t last_done = 0;
  options.on_progress = [&](const MathProgress& progress) {
    if (progress.program == "sc:n=5") return;
    EXPECT_GE(progress.done, done);
    EXPECT_EQ(progress.problems, kProblems);
    EXPECT_EQ(progress.programs_left, 1);
    EXPECT_LE(progress.correct, progress.with_gold);
    done = last_done = progress.done;
  };
  ASSERT_TRUE(Run(options).ok());
  EXPECT_EQ(last_done, kProblems);
}

TEST_F(MathBenchTest, WhatCanBeCheckedWithoutAModelIs) {
  const auto error = [&](void (*change)(MathOptions&)) {
    MathOptions options = Options();
    change(options);
    return ErrorOf(options);
  };
  EXPECT_THAT(error([](MathOptions& o) { o.programs = {"cott"}; }), HasSubstr("did you mean 'cot'?"));
  EXPECT_THAT(error([](MathOptions& o) { o.programs = {"cot", "cot"}; }), HasSubstr("'cot' is given twice"));
  EXPECT_THAT(error([](MathOptions& o) { o.programs.clear(); }), HasSubstr("no programs: give"));
  EXPECT_THAT(error([](MathOptions& o) { o.dataset = "none.jsonl"; }), HasSubstr("cannot open none.jsonl"));
  EXPECT_THAT(error([](MathOptions& o) { o.prompt_format = "boxd"; }), HasSubstr("did you mean 'boxed'?"));
  EXPECT_THAT(error([](MathOptions& o) { o.shots = 1; }), HasSubstr("give one of them"));
  EXPECT_THAT(error([](MathOptions& o) {
                o.prompt_format = "";
                o.shots = 9;
              }),
              HasSubstr("choose 0 to 8"));
  EXPECT_THAT(error([](MathOptions& o) { o.in_flight = 0; }), HasSubstr("give 1 or more"));
  EXPECT_THAT(error([](MathOptions& o) { o.folder = "/proc/none"; }), HasSubstr("cannot write"));
  WriteFile(dataset_.path(), "{\"question\": \"a\", \"id\": 2}\n{\"question\": \"b\"}\n");
  EXPECT_THAT(ErrorOf(Options()), HasSubstr("two problems have the id '2': give each its own"));
}

TEST_F(MathBenchTest, OtherSettingsAreRefusedBeforeTheModelIsThere) {
  ASSERT_TRUE(Run(Options()).ok());
  const auto error = [&](void (*change)(MathOptions&)) {
    MathOptions options = Options();
    change(options);
    return ErrorOf(options);
  };
  EXPECT_THAT(error([](MathOptions& o) { o.seed = 7; }),
              AllOf(HasSubstr("another seed"), HasSubstr("--restart")));
  EXPECT_THAT(error([](MathOptions& o) { o.limit = 3; }), HasSubstr("another number of problems"));
  EXPECT_THAT(error([](MathOptions& o) { o.programs.pop_back(); }), HasSubstr("another list of programs"));
  EXPECT_THAT(error([](MathOptions& o) { o.prompt_format = "steps"; }), HasSubstr("another prompt format"));
  WriteFile(dataset_.path(), Problems() + "\n");
  EXPECT_THAT(ErrorOf(Options()), HasSubstr("another dataset"));
}

TEST(MathBenchPrompt, StandardPromptsAreByModelAndKindOfProblem) {
  ScriptedEngine base(ScriptedEngineOptions(), SayDigit);
  EXPECT_EQ(StandardPrompt(ProblemKind::kWordProblem, base)->name, "gsm8k-8shot");
  EXPECT_EQ(StandardPrompt(ProblemKind::kSvamp, base)->name, "gsm8k-8shot");
  EXPECT_EQ(StandardPrompt(ProblemKind::kMath, base)->name, "math-4shot");
  EngineOptions options;
  options.kv_memory = 1 << 20;
  const TinyModel model;
  const auto chat = *Engine::Open(model.path(), options);
  EXPECT_EQ(StandardPrompt(ProblemKind::kWordProblem, *chat)->name, "boxed");
  EXPECT_EQ(StandardPrompt(ProblemKind::kMath, *chat)->name, "boxed");
}

TEST(MathBenchFlops, ByHand) {
  ModelInfo model;
  model.parameters = 1000;
  model.layers = 2;
  model.attention_width = 8;
  QueryResult result;
  result.tokens.prefill = 3;
  result.tokens.expansion = 4;
  result.tokens.aggregation = 10;
  // A branch from the prompt, and one from after its first token.
  BranchRecord first, second;
  first.tokens = 2;
  second.start = 1;
  second.tokens = 2;
  result.branches = {first, second};
  const double reads = (1 + 2 + 3) + (4 + 5) + (5 + 6);
  EXPECT_EQ(GenerationFlops(model, result), 2.0 * 1000 * (3 + 4) + 4.0 * 2 * 8 * reads);
  EXPECT_EQ(ScorerFlops(model, result), 0) << "nothing was scored";
  result.branches[0].step_scores = result.branches[1].step_scores = {0.5};
  EXPECT_EQ(ScorerFlops(model, result), 2.0 * 1000 * 10 + 4.0 * 2 * 8 * 2 * (1 + 2 + 3 + 4 + 5));
}

// A real model: threads change no byte.
TEST(MathBenchOnAModel, ThreadsChangeTimesAlone) {
  const TinyModel model;
  const TemporaryFile dataset(Problems(), ".jsonl");
  std::string results[2];
  for (const int threads : {1, 2}) {
    EngineOptions engine_options;
    engine_options.threads = threads;
    engine_options.kv_memory = 8 << 20;
    const auto engine = *Engine::Open(model.path(), engine_options);
    RuntimeOptions runtime_options;
    runtime_options.reward = "logprob";
    Runtime runtime(*engine, runtime_options);
    const TemporaryFolder folder;
    MathOptions options(dataset.path(), {"cot:max_tokens=20", "bon:n=3,max_tokens=20"}, folder.path());
    options.in_flight = threads == 1 ? 1 : 4;
    const auto run = RunMath(runtime, options);
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_GT(run->records[0].cost.flops, 2.0 * run->settings.parameters);
    EXPECT_EQ(run->settings.kv_type, "f16");
    EXPECT_EQ(run->records.back().samples.size(), 3u);
    results[threads - 1] = ReadFile(folder.path() + "/results.jsonl");
  }
  EXPECT_EQ(results[0], results[1]);
}

}  // namespace
}  // namespace espalier
