#include <gtest/gtest.h>

#include "benchmarks/math/rescore.h"
#include "tests/benchmarks/math_fixture.h"

namespace espalier {
namespace {

MathRun RunOf(const MathRecord& record) {
  MathRun run;
  run.settings.programs = {record.program};
  run.records.push_back(record);
  return run;
}

TEST(RescoreTest, WhatWasGradedWellStaysAsItIs) {
  MathRun run = SmallMathRun();
  for (MathRecord& record : run.records) {
    for (MathSample& sample : record.samples) {
      if (sample.answer == "-") sample.answer = sample.text = "";
    }
  }
  const RegradeChanges changes = Regrade(run);
  EXPECT_EQ(changes.sample_answers, 0);
  EXPECT_EQ(changes.sample_verdicts, 0);
  EXPECT_EQ(changes.answers, 0);
  EXPECT_EQ(changes.verdicts, 0);
}

TEST(RescoreTest, ExtractsGradesAndVotesAgain) {
  MathRecord record = MakeMathRecord("sc:n=3", "1", "4", "5", {"4", "4", "5"});
  record.samples[1].text = "I meant \\boxed{5}";  // extracted wrongly at the time
  MathRun run = RunOf(record);
  const RegradeChanges changes = Regrade(run);
  EXPECT_EQ(changes.sample_answers, 1);
  EXPECT_EQ(changes.sample_verdicts, 1);
  EXPECT_EQ(changes.answers, 1);
  EXPECT_EQ(changes.verdicts, 1);
  EXPECT_EQ(run.records[0].answer, "5");
  EXPECT_TRUE(run.records[0].correct);
}

TEST(RescoreTest, VotesAsTheProgramDoes) {
  MathRecord record = MakeMathRecord("sc:n=4,vote=weighted", "1", "4", "5", {"4", "4", "5", "-"});
  record.samples[0].score = record.samples[1].score = 0.2;
  record.samples[2].score = 0.9;
  MathRun weighted = RunOf(record);
  Regrade(weighted);
  EXPECT_EQ(weighted.records[0].answer, "5");
  record.program = "sc:n=4";
  MathRun plain = RunOf(record);
  Regrade(plain);
  EXPECT_EQ(plain.records[0].answer, "4");
  record.program = "bon:n=4";
  MathRun best = RunOf(record);
  Regrade(best);
  EXPECT_EQ(best.records[0].answer, "5");
}

TEST(RescoreTest, OfEqualVotesTheFirstToEndWins) {
  MathRecord record = MakeMathRecord("sc:n=2", "1", "", "5", {"4", "5"});
  record.samples[0].tokens = 30;
  MathRun run = RunOf(record);
  Regrade(run);
  EXPECT_EQ(run.records[0].answer, "5");
}

TEST(RescoreTest, TellsOfVotesThatWouldHaveGoneOn) {
  MathRecord record = MakeMathRecord("sc:n=3", "1", "5", "5", {"5", "5", "~"});
  MathRun decided = RunOf(record);
  EXPECT_EQ(Regrade(decided).undecided, 0);
  record.samples[1].text = "\\boxed{4}";
  MathRun open = RunOf(record);
  EXPECT_EQ(Regrade(open).undecided, 1);
}

TEST(RescoreTest, OtherProgramsAndErrorsKeepTheirAnswers) {
  MathRecord record = MakeMathRecord("rebase:width=4", "1", "5", "5", {"4", "4"});
  record.correct = false;
  MathRun search = RunOf(record);
  EXPECT_EQ(Regrade(search).verdicts, 1);
  EXPECT_EQ(search.records[0].answer, "5");
  record.error = "no memory";
  MathRun failed = RunOf(record);
  EXPECT_EQ(Regrade(failed).verdicts, 0);
}

}  // namespace
}  // namespace espalier
