#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>

#include "base/cat.h"
#include "benchmarks/math/record_file.h"
#include "benchmarks/math/record_json.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

MathSettings Settings() {
  MathSettings settings;
  settings.model = "tiny";
  settings.parameters = 123;
  settings.model_bytes = 456;
  settings.dataset = "problems.jsonl";
  settings.dataset_hash = "0123456789abcdef";
  settings.prompt_format = "boxed";
  settings.reward = "logprob";
  settings.kv_type = "f16";
  settings.seed = UINT64_MAX;
  settings.limit = 2;
  settings.page_bytes = 4096;
  settings.programs = {"cot", "sc:n=2"};
  settings.machine = "a processor, 2 threads";
  return settings;
}

MathRecord Record(const std::string& program, const std::string& problem) {
  MathRecord record;
  record.program = program;
  record.problem = problem;
  record.level = "5";
  record.subject = "Algebra";
  record.gold = "\\frac{1}{2}";
  record.answer = "0.5 \"half\"\n";
  record.correct = true;
  record.stop_reason = "decided_vote";
  record.certainty = 0.1 + 0.2;
  record.cost.tokens = {.prefill = 10, .expansion = 20, .aggregation = 3, .discarded = 4};
  record.cost.flops = 1.0 / 3 * 1e15;
  record.cost.scorer_flops = std::nextafter(2.0, 3.0);
  record.cost.computed_tokens = 33;
  record.cost.cached_tokens = 7;
  record.cost.logical_pages = 9;
  record.cost.allocated_pages = 5;
  record.cost.shared_pages = 4;
  record.cost.preemptions = 1;
  record.cost.seconds = 1.0 / 7;
  record.cost.first_token_seconds = 0.01;
  MathSample sample;
  sample.path = "0.1";
  sample.answer = "1/2";
  sample.end = "end";
  sample.tokens = 12;
  sample.score = 1.0 / 3;
  sample.mean_logprob = -1.0 / 3;
  sample.correct = true;
  sample.text = "The answer is \xE2\x88\x9A\x01.";
  record.samples = {sample, MathSample()};
  return record;
}

// Everything of the record, through both lines.
std::string Lines(const MathRecord& record) { return ResultLine(record) + TimingLine(record, 0); }

class MathRecordFileTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return Cat(folder_.path(), "/", name); }
  std::string Results() const { return ReadFile(Path("results.jsonl")); }

  // A run of two programs and two problems, of which `records` are written.
  void WriteRun(int records) const {
    MathRecordFile file = *MathRecordFile::Open(folder_.path(), /*restart=*/false);
    ASSERT_TRUE(file.Begin(Settings()).ok());
    const char* keys[][2] = {{"cot", "1"}, {"cot", "2"}, {"sc:n=2", "1"}, {"sc:n=2", "2"}};
    for (int i = 0; i < records; ++i) {
      ASSERT_TRUE(file.Append(Record(keys[i][0], keys[i][1]), /*at_seconds=*/i + 1).ok());
    }
  }

  std::string ReadError() const { return std::string(ToStd(ReadMathRun(folder_.path()).status().message())); }

  const TemporaryFolder folder_;
};

TEST_F(MathRecordFileTest, RecordsComeBackToTheLastBit) {
  WriteRun(3);
  const auto run = ReadMathRun(folder_.path());
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(SettingsLine(run->settings), SettingsLine(Settings()));
  EXPECT_EQ(run->settings.seed, UINT64_MAX);
  EXPECT_EQ(run->settings.machine, "a processor, 2 threads");
  ASSERT_EQ(run->records.size(), 3u);
  EXPECT_EQ(Lines(run->records[2]), Lines(Record("sc:n=2", "1")));
  EXPECT_EQ(run->records[0].certainty, 0.1 + 0.2);
  EXPECT_EQ(run->records[0].cost.scorer_flops, std::nextafter(2.0, 3.0));
  EXPECT_EQ(run->records[0].samples[0].text, Record("", "").samples[0].text);
  EXPECT_EQ(run->records[0].cost.tokens.discarded, 4);
  EXPECT_EQ(run->wall_seconds, 3) << "a killed session lasted until its last timing";
}

TEST_F(MathRecordFileTest, WhatDoesNotRepeatIsNotAmongTheResults) {
  WriteRun(1);
  const std::string before = Results();
  MathRecord record = Record("cot", "1");
  record.cost.seconds = 5;
  record.cost.tokens.discarded = 99;
  record.cost.computed_tokens = record.cost.cached_tokens = record.cost.allocated_pages = 77;
  record.cost.logical_pages = record.cost.shared_pages = record.cost.preemptions = 66;
  EXPECT_EQ(before, SettingsLine(Settings()) + ResultLine(record));
}

TEST_F(MathRecordFileTest, TextsThatAreNotUtf8AreWrittenAsValidOnes) {
  MathRecord record = Record("cot", "1");
  record.samples[0].text = "half a character \xE2\x88";
  EXPECT_THAT(ResultLine(record), HasSubstr("half a character \xEF\xBF\xBD"));
}

TEST_F(MathRecordFileTest, ATornLineIsDroppedWhereverItWasTorn) {
  WriteRun(2);
  const std::string whole = Results();
  const size_t second = whole.size() - ResultLine(Record("cot", "2")).size();
  for (const size_t cut : {second + 1, (second + whole.size()) / 2, whole.size() - 1}) {
    WriteFile(Path("results.jsonl"), whole.substr(0, cut));
    EXPECT_EQ(ReadMathRun(folder_.path())->records.size(), 1u) << cut;
    MathRecordFile file = *MathRecordFile::Open(folder_.path(), /*restart=*/false);
    ASSERT_TRUE(file.Begin(Settings()).ok());
    EXPECT_EQ(Results(), whole.substr(0, second)) << "cut off before more is written";
    ASSERT_TRUE(file.Append(Record("cot", "2"), 1).ok());
    EXPECT_EQ(Results(), whole);
  }
}

TEST_F(MathRecordFileTest, ATornLineOfSettingsIsARunThatNeverBegan) {
  WriteFile(Path("results.jsonl"), SettingsLine(Settings()).substr(0, 20));
  EXPECT_EQ(ReadMathRun(folder_.path()).status().code(), absl::StatusCode::kNotFound);
  WriteRun(1);
  EXPECT_EQ(ReadMathRun(folder_.path())->records.size(), 1u);
}

TEST_F(MathRecordFileTest, FinishPutsRecordsInOrderAndKeepsTimes) {
  MathRun run;
  run.settings = Settings();
  run.wall_seconds = 12.5;
  run.records = {Record("cot", "1"), Record("cot", "2"), Record("sc:n=2", "1"), Record("sc:n=2", "2")};
  {
    MathRecordFile file = *MathRecordFile::Open(folder_.path(), /*restart=*/false);
    ASSERT_TRUE(file.Begin(run.settings).ok());
    for (const int i : {3, 0, 2, 1, 0}) ASSERT_TRUE(file.Append(run.records[i], 1).ok());
    const auto unfinished = ReadMathRun(folder_.path());
    ASSERT_EQ(unfinished->records.size(), 4u) << "the record that was written twice counts once";
    EXPECT_EQ(unfinished->records[0].program, "cot");
    EXPECT_EQ(unfinished->records[2].program, "sc:n=2");
    ASSERT_TRUE(file.Finish(run).ok());
  }
  EXPECT_EQ(Results(), SettingsLine(run.settings) + ResultLine(run.records[0]) + ResultLine(run.records[1]) +
                           ResultLine(run.records[2]) + ResultLine(run.records[3]));
  EXPECT_EQ(ReadMathRun(folder_.path())->wall_seconds, 12.5);
}

TEST_F(MathRecordFileTest, OtherSettingsAreRefusedAndNamed) {
  WriteRun(1);
  const std::string before = Results();
  MathSettings other = Settings();
  other.seed = 7;
  MathRecordFile file = *MathRecordFile::Open(folder_.path(), /*restart=*/false);
  const absl::Status status = file.Begin(other);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(ToStd(status.message())),
              AllOf(HasSubstr("another seed: 18446744073709551615, and now it is 7"),
                    HasSubstr("another --out"), HasSubstr("--restart"), HasSubstr(folder_.path())));
  EXPECT_EQ(Results(), before);

  const auto named = [&](void (*change)(MathSettings&)) {
    MathSettings changed = Settings();
    change(changed);
    return std::string(ToStd(CheckSameSettings(Settings(), changed, "out").message()));
  };
  EXPECT_THAT(named([](MathSettings& s) { s.dataset_hash = "f"; }), HasSubstr("another dataset"));
  EXPECT_THAT(named([](MathSettings& s) { s.limit = 3; }),
              HasSubstr("another number of problems: 2, and now"));
  EXPECT_THAT(named([](MathSettings& s) { s.programs = {"cot"}; }),
              HasSubstr("cot;sc:n=2, and now it is cot:"));
  EXPECT_THAT(named([](MathSettings& s) { s.model_bytes = 1; }), HasSubstr("another model"));
  EXPECT_THAT(named([](MathSettings& s) { s.prompt_format = "steps"; }), HasSubstr("another prompt format"));
  EXPECT_THAT(named([](MathSettings& s) { s.reward = "checker"; }), HasSubstr("another reward"));
  EXPECT_THAT(named([](MathSettings& s) { s.kv_type = "int8"; }), HasSubstr("another KV type"));
  EXPECT_EQ(named([](MathSettings& s) { s.machine = "another"; }), "") << "not part of the identity";
}

TEST_F(MathRecordFileTest, RestartBeginsAnewButNotBeforeItBegins) {
  WriteRun(2);
  MathSettings other = Settings();
  other.seed = 7;
  MathRecordFile file = *MathRecordFile::Open(folder_.path(), /*restart=*/true);
  EXPECT_FALSE(file.found().has_value());
  EXPECT_EQ(ReadMathRun(folder_.path())->records.size(), 2u);
  ASSERT_TRUE(file.Begin(other).ok());
  EXPECT_EQ(Results(), SettingsLine(other));
}

TEST_F(MathRecordFileTest, OneRunAtATime) {
  const auto first = MathRecordFile::Open(folder_.path(), /*restart=*/false);
  ASSERT_TRUE(first.ok());
  const absl::Status second = MathRecordFile::Open(folder_.path(), /*restart=*/true).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(ToStd(second.message())),
              AllOf(HasSubstr(folder_.path()), HasSubstr("another run writes"), HasSubstr("wait")));
}

TEST_F(MathRecordFileTest, FaultsNameFileLineAndRemedy) {
  const std::string settings = SettingsLine(Settings());
  const std::pair<std::string, std::string> cases[] = {
      {"nonsense\n", "results.jsonl:1: not a JSON object"},
      {"{\"program\": \"cot\"}\n", "results.jsonl:1: no object with \"settings\""},
      {"{\"settings\": {\"seed\": -1}}\n", "results.jsonl:1: \"seed\" is not a whole number"},
      {"{\"settings\": {\"programs\": [1]}}\n", "results.jsonl:1: \"programs\" is not a list of texts"},
      {settings + "\n[]\n", "results.jsonl:3: not a JSON object"},
      {settings + "{\"program\": \"cot\"}\n", "results.jsonl:2: no \"program\" or no \"problem\""},
      {settings + R"({"program": "a", "problem": "1", "correct": 1})" + "\n",
       "\"correct\" is not true or false"},
      {settings + R"({"program": "a", "problem": "1", "flops": "1"})" + "\n", "\"flops\" is not a number"},
      {settings + R"({"program": "a", "problem": "1", "prefill_tokens": -3})" + "\n",
       "\"prefill_tokens\" is not a whole number"},
      {settings + R"({"program": "a", "problem": "1", "prefill_tokens": 18446744073709551615})" + "\n",
       "\"prefill_tokens\" is not a number below 2^63"},
      {settings + R"({"program": "a", "problem": "1", "samples": [{"tokens": "x"}]})" + "\n",
       "\"tokens\" is not a whole number"},
  };
  for (const auto& [contents, message] : cases) {
    WriteFile(Path("results.jsonl"), contents);
    EXPECT_THAT(ReadError(), AllOf(HasSubstr(message), HasSubstr("take the line out"), Not(HasSubstr("\n"))));
  }
}

TEST_F(MathRecordFileTest, UnknownFieldsArePassedOverAndAbsentOnesEmpty) {
  WriteFile(
      Path("results.jsonl"),
      SettingsLine(Settings()) + R"({"program": "a", "problem": "1", "later": [1], "gold": null})" + "\n");
  WriteFile(Path("timings.jsonl"), R"({"program": "a", "problem": "1", "later": {}})"
                                   "\n");
  const auto run = ReadMathRun(folder_.path());
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->records[0].gold, "");
  EXPECT_EQ(run->records[0].cost.seconds, 0);
}

TEST_F(MathRecordFileTest, FoldersThatAreNone) {
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("results.jsonl"), HasSubstr("--out folder of a run")));
  WriteFile(Path("file"), "x");
  const absl::Status status = MathRecordFile::Open(Path("file"), /*restart=*/false).status();
  EXPECT_THAT(std::string(ToStd(status.message())),
              AllOf(HasSubstr("cannot write"), HasSubstr("choose a folder")));
  EXPECT_TRUE(MathRecordFile::Open(Path("a/new/folder"), /*restart=*/false).ok());
}

}  // namespace
}  // namespace espalier
