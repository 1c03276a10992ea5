#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "benchmarks/math/report.h"
#include "tests/benchmarks/markup_reader.h"
#include "tests/benchmarks/math_fixture.h"

namespace espalier {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Page(const MathRun& run) { return MathReportHtml(run, SummarizeMath(run)); }

TEST(MathReportTest, IsOneWellFormedPageThatRefersToNothingElse) {
  const std::string html = Page(SyntheticMathRun(40, 1));
  EXPECT_EQ(FindMarkupFault(html), "");
  for (const char* reference : {"http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link"}) {
    EXPECT_THAT(html, Not(HasSubstr(reference)));
  }
  EXPECT_EQ(CountOf(html, "class=\"chart\""), 4);
  EXPECT_EQ(CountOf(html, "class=\"curve "), 4);  // maj@k and pass@k, against tokens and FLOPs
  EXPECT_THAT(html, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf%"))));
}

TEST(MathReportTest, ShowsWhatTheRecordsHold) {
  const std::string html = Page(SmallMathRun());
  EXPECT_EQ(FindMarkupFault(html), "");
  EXPECT_THAT(html, AllOf(HasSubstr("sprout on small.jsonl"), HasSubstr("4 problems · 3 programs · seed 7"),
                          HasSubstr("--programs &#39;cot;sc:n=4,stop_rule=none;bon:n=2&#39;"),
                          HasSubstr("<b>75.0 %</b>"), HasSubstr("3 of 4"), HasSubstr("Level 10"),
                          HasSubstr("the prompt is too long")));
  EXPECT_THAT(html, HasSubstr("<span class=\"right\">✓ 5</span><small>3 × 5, 1 × 4</small>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"wrong\">✗ 1</span><small>2 × 1, 1 × 8, 1 cut</small>"));
  EXPECT_THAT(html, HasSubstr("<small>2 better, 0 worse, p = 0.500</small>"));
}

TEST(MathReportTest, HostileTextsStayTexts) {
  MathRun run = SmallMathRun();
  const std::string hostile(kHostile);
  MathSettings& settings = run.settings;
  settings.model = settings.dataset = settings.dataset_hash = settings.prompt_format = hostile;
  settings.reward = settings.kv_type = settings.machine = hostile;
  settings.programs = {hostile};
  for (MathRecord& record : run.records) {
    record.program += hostile;
    record.problem += hostile;
    record.level = record.subject = record.gold = record.answer = record.stop_reason = hostile;
    if (!record.error.empty()) record.error = hostile;
    for (MathSample& sample : record.samples) sample.answer = sample.text = sample.path = hostile;
  }
  const std::string html = Page(run);
  EXPECT_EQ(FindMarkupFault(html), "");
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), HasSubstr("&lt;script&gt;")));
  EXPECT_EQ(html.find('\x01'), std::string::npos);
  EXPECT_EQ(html, ToValidUtf8(html));
}

TEST(MathReportTest, EmptyAndUngradedRunsArePagesToo) {
  MathRun run;
  EXPECT_THAT(Page(run), HasSubstr("No problem was answered"));
  EXPECT_EQ(FindMarkupFault(Page(run)), "");
  run.records.push_back(MakeMathRecord("sc:n=2", "1", "", "", {"-", "5"}));
  const std::string html = Page(run);
  EXPECT_EQ(FindMarkupFault(html), "");
  EXPECT_THAT(html, AllOf(Not(HasSubstr("class=\"wrong\"")), Not(HasSubstr("class=\"chart\"")),
                          HasSubstr("no answer"), Not(HasSubstr("nan"))));
}

TEST(MathReportTest, LongRunsShowTheirFirstProblems) {
  MathRun run;
  for (int i = 0; i < 2010; ++i)
    run.records.push_back(MakeMathRecord("cot", std::to_string(i), "1", "1", {"1"}));
  const std::string html = Page(run);
  EXPECT_EQ(CountOf(html, "<span class=\"right\">✓ 1</span>"), 2000);
  EXPECT_THAT(html, HasSubstr("The first 2,000; all are in results.jsonl."));
}

TEST(MathReportTest, WritesTheFile) {
  const std::string path = ::testing::TempDir() + "/math_report_test/report.html";
  const MathRun run = SmallMathRun();
  const std::vector<MathSummary> summaries = SummarizeMath(run);
  ASSERT_TRUE(WriteMathReport(run, summaries, path).ok());
  EXPECT_EQ(ReadAll(path), Page(SmallMathRun()));
  std::filesystem::remove_all(::testing::TempDir() + "/math_report_test");
  EXPECT_FALSE(WriteMathReport(run, summaries, "report.txt").ok());
}

}  // namespace
}  // namespace espalier
