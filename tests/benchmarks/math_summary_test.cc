#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "benchmarks/math/summary.h"
#include "benchmarks/wilson.h"
#include "nlohmann/json.hpp"
#include "tests/benchmarks/math_fixture.h"

namespace espalier {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTable[] = R"(sprout on small.jsonl, prompt format plain, seed 7
scorer checker

program                correct  accuracy  95 % interval  no answer  cut samples  errors
cot                     1 of 4    25.0 %    0.0 to 75.0          1       1 of 4       0
sc:n=4,stop_rule=none   3 of 4    75.0 %  25.0 to 100.0          0      2 of 16       0
bon:n=2                 2 of 4    50.0 %   0.0 to 100.0          0       0 of 6       1

each problem           prefill  expand  aggregate  discard        KV  shared    FLOP  scorer     s   p50   p95
cot                       20.0    10.0          0        0  3.00 KiB    25 %  2.00 M       0  1.00  1.00  1.00
sc:n=4,stop_rule=none     20.0    46.0          0        0  3.00 KiB    25 %  2.00 M       0  4.00  4.00  4.00
bon:n=2                   20.0    15.8          0        0  3.00 KiB    25 %  2.00 M       0  1.50  2.00  2.00

stopped by
cot                    all_voted 4
sc:n=4,stop_rule=none  all_voted 4
bon:n=2                all_voted 3, error 1

level     problems     cot  sc:n=4,stop_rule=none  bon:n=2
Level 2          2  50.0 %                100.0 %  100.0 %
Level 10         2   0.0 %                 50.0 %    0.0 %

fewer samples                    k=1     k=2      k=4
sc:n=4,stop_rule=none maj@k   62.5 %  58.3 %   75.0 %
sc:n=4,stop_rule=none pass@k  62.5 %  83.3 %  100.0 %
bon:n=2 maj@k                 50.0 %  50.0 %
bon:n=2 pass@k                50.0 %  75.0 %

against the first program  problems  only it right  only first  points  95 % interval      p
sc:n=4,stop_rule=none             4              2           0   +50.0  0.0 to +100.0  0.500
bon:n=2                           4              1           0   +25.0   0.0 to +75.0  1.000

against a plain vote, equal tokens      vote of  it reaches  points   95 % interval
bon:n=2                             1.4 samples      61.0 %   -11.0  -42.1 to +20.2
)";

TEST(MathSummaryTest, CountsWhatEachProgramDid) {
  const std::vector<MathSummary> summaries = SummarizeMath(SmallMathRun());
  ASSERT_EQ(summaries.size(), 3);
  const MathSummary &cot = summaries[0], &vote = summaries[1], &best = summaries[2];
  EXPECT_EQ(cot.program, "cot");
  EXPECT_EQ(cot.correct, 1);
  EXPECT_EQ(cot.with_gold, 4);
  EXPECT_EQ(cot.unanswered, 1);
  EXPECT_EQ(cot.truncated_samples, 1);
  EXPECT_EQ(vote.accuracy, 0.75);
  EXPECT_LT(vote.interval.low, 0.75);
  EXPECT_EQ(vote.cost.tokens.expansion, 4 * (10 + 11 + 12 + 13));
  EXPECT_EQ(vote.DrawnTokensEach(), 46);
  EXPECT_EQ(vote.kv_bytes, 4 * 3 * 1024);
  EXPECT_EQ(vote.seconds_p50, 4);
  EXPECT_EQ(best.errors, 1);
  EXPECT_EQ(best.unanswered, 0);
  EXPECT_EQ(best.accuracy, 0.5);
  EXPECT_EQ(best.stop_reasons, (std::map<std::string, int64_t>{{"all_voted", 3}, {"error", 1}}));
}

TEST(MathSummaryTest, GroupsLevelsInNaturalOrder) {
  const MathSummary vote = SummarizeMath(SmallMathRun())[1];
  ASSERT_EQ(vote.levels.size(), 2);
  EXPECT_EQ(vote.levels[0].name, "Level 2");
  EXPECT_EQ(vote.levels[0].accuracy(), 1);
  EXPECT_EQ(vote.levels[1].name, "Level 10");
  EXPECT_EQ(vote.levels[1].correct, 1);
  EXPECT_EQ(vote.levels[1].interval.high, WilsonInterval(1, 2).second);
  EXPECT_TRUE(vote.subjects.empty());
}

TEST(MathSummaryTest, CurvesAreMeansOverProblems) {
  const SampleCurves curves = SummarizeMath(SmallMathRun())[1].curves;
  ASSERT_EQ(curves.samples, 4);
  ASSERT_EQ(curves.points.size(), 3);
  // Right samples: 4, 3, 2, 1 of four.
  EXPECT_DOUBLE_EQ(curves.points[0].pass, 10.0 / 16);
  EXPECT_DOUBLE_EQ(curves.points[0].majority, 10.0 / 16);
  EXPECT_DOUBLE_EQ(curves.points[1].pass, (1 + 1 + 5.0 / 6 + 3.0 / 6) / 4);
  // 4 5 5 5: an earlier 4 beats one 5, so 3 of 6 pairs. - 6 2 6: -6, -6, 62, 66 are right, of 26 the 2 wins.
  // 1 1 8 -: only 8- is right.
  EXPECT_DOUBLE_EQ(curves.points[1].majority, (1 + 3.0 / 6 + 4.0 / 6 + 1.0 / 6) / 4);
  EXPECT_DOUBLE_EQ(curves.points[2].majority, 0.75);
  EXPECT_DOUBLE_EQ(curves.points[2].pass, 1);
  EXPECT_DOUBLE_EQ(curves.tokens_per_sample, 11.5);
  EXPECT_FALSE(curves.points[0].weighted.has_value());
  EXPECT_EQ(curves.stopped, 0);
}

TEST(MathSummaryTest, AVoteOfAllSamplesIsTheProgramItself) {
  MathRun run;
  run.settings.programs = {"sc:n=3,stop_rule=none"};
  for (const char* winner : {"a", "b"}) {
    run.records.push_back(
        MakeMathRecord(run.settings.programs[0], winner, winner, "a", {winner, "c", winner}));
  }
  const MathSummary summary = SummarizeMath(run)[0];
  EXPECT_EQ(summary.curves.points.back().majority, summary.accuracy);
}

TEST(MathSummaryTest, StoppedSamplesAreLeftOutAndTold) {
  MathRun run;
  run.settings.programs = {"sc:n=3"};
  run.records.push_back(MakeMathRecord("sc:n=3", "1", "5", "5", {"5", "5", "~"}));
  run.records.push_back(MakeMathRecord("sc:n=3", "2", "5", "5", {"4", "5", "5"}));
  const MathSummary summary = SummarizeMath(run)[0];
  EXPECT_EQ(summary.curves.samples, 2);
  EXPECT_EQ(summary.curves.stopped, 1);
  EXPECT_THAT(MathTable(run), HasSubstr("only samples that ended before the search stopped"));
}

TEST(MathSummaryTest, ComparesOnTheSameProblems) {
  const std::vector<MathSummary> summaries = SummarizeMath(SmallMathRun());
  EXPECT_FALSE(summaries[0].against_first.has_value());
  const ProgramComparison& comparison = *summaries[1].against_first;
  EXPECT_EQ(comparison.other, "cot");
  EXPECT_EQ(comparison.problems, 4);
  EXPECT_EQ(comparison.better, 2);
  EXPECT_EQ(comparison.worse, 0);
  EXPECT_EQ(comparison.difference, 0.5);
  EXPECT_EQ(comparison.p_value, 0.5);
  EXPECT_EQ(comparison.interval.low, 0);
  EXPECT_EQ(comparison.interval.high, 1);
}

TEST(MathSummaryTest, BaselineIsTheVoteAtEqualTokens) {
  const std::vector<MathSummary> summaries = SummarizeMath(SmallMathRun());
  EXPECT_FALSE(summaries[0].baseline.has_value());  // one sample
  EXPECT_FALSE(summaries[1].baseline.has_value());  // the plain vote itself
  ASSERT_TRUE(summaries[2].baseline.has_value());
  const EqualCostBaseline& baseline = *summaries[2].baseline;
  EXPECT_EQ(baseline.run, "sc:n=4,stop_rule=none");
  const double samples = (3 * 21.0 / 4) / 11.5;  // bon drew 21 tokens for three problems, none for the fourth
  EXPECT_DOUBLE_EQ(baseline.samples, samples);
  const double maj1 = 10.0 / 16, maj2 = (1 + 3.0 / 6 + 4.0 / 6 + 1.0 / 6) / 4;
  EXPECT_NEAR(baseline.accuracy, maj1 + (samples - 1) * (maj2 - maj1), 1e-12);
  EXPECT_NEAR(baseline.difference, 0.5 - baseline.accuracy, 1e-12);
  EXPECT_LT(baseline.interval.low, baseline.difference);
}

TEST(MathSummaryTest, SaysWhichRunWouldGiveABaseline) {
  MathRun run;
  run.settings.programs = {"bon:n=16"};
  run.records.push_back(MakeMathRecord("bon:n=16", "1", "5", "5", {"5", "5"}));
  EXPECT_THAT(SummarizeMath(run)[0].baseline->note, HasSubstr("run sc:n=16,stop_rule=none too"));
  run.settings.programs.push_back("sc:n=2,stop_rule=none");
  run.records.push_back(MakeMathRecord("sc:n=2,stop_rule=none", "1", "5", "5", {"5", "5"}));
  run.records[0].cost.tokens.expansion = 50;
  EXPECT_THAT(SummarizeMath(run)[0].baseline->note,
              HasSubstr("the vote has only 2 samples: sc:n=8,stop_rule=none would give as many tokens"));
}

TEST(MathSummaryTest, ProblemsWithoutGoldAndEmptyRunsAreNoTrouble) {
  MathRun run;
  EXPECT_TRUE(SummarizeMath(run).empty());
  EXPECT_THAT(MathTable(run), HasSubstr("no problem was answered"));
  run.settings.programs = {"sc:n=2", "cot"};
  run.records.push_back(MakeMathRecord("sc:n=2", "1", "5", "", {"5", "5"}));
  const std::vector<MathSummary> summaries = SummarizeMath(run);
  ASSERT_EQ(summaries.size(), 1);
  EXPECT_EQ(summaries[0].with_gold, 0);
  EXPECT_THAT(MathTable(run), Not(HasSubstr("nan")));
}

TEST(MathSummaryTest, TableIsAsWritten) { EXPECT_EQ(MathTable(SmallMathRun()), kTable); }

TEST(MathSummaryTest, TablesStayWithinTheirWidth) {
  std::istringstream table(MathTable(SyntheticMathRun(40, 1)));
  for (std::string line; std::getline(table, line);) {
    const auto width = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    EXPECT_LE(width, 110) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(MathSummaryTest, JsonIsOneLineOfNumbers) {
  MathRun run = SmallMathRun();
  run.records[0].stop_reason = "bad \xFF byte\n";
  for (const MathSummary& summary : SummarizeMath(run)) {
    const std::string line = MathSummaryJson(summary);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const nlohmann::json json = nlohmann::json::parse(line);
    EXPECT_EQ(json["program"], summary.program);
    EXPECT_EQ(json["accuracy"], summary.accuracy);
    EXPECT_EQ(json["tokens"]["expansion"], summary.DrawnTokensEach());
    EXPECT_EQ(json["levels"].size(), 2);
  }
}

}  // namespace
}  // namespace espalier
