#include "benchmarks/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "benchmarks/html.h"
#include "tests/benchmarks/report_fixture.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

SolvedProblem Solve(const Problem& problem, std::vector<BranchRecord> branches, const std::string& answer) {
  SolvedProblem solved;
  solved.problem = &problem;
  solved.program = "sc:n=2";
  solved.result.answer = Answer(answer, "all_voted", 0.5);
  solved.result.branches = std::move(branches);
  solved.correct = !problem.gold.empty() && answer == problem.gold;
  return solved;
}

Report MakeReport(const std::vector<SolvedProblem>& solved) {
  Report report;
  report.model = "tiny";
  report.prompt_format = "boxed";
  ReportProgram& program = report.programs.emplace_back();
  program.summary.program = "sc:n=2";
  program.solved = solved;
  for (const SolvedProblem& one : solved) program.summary.Add(one);
  return report;
}

Problem MakeProblem(const std::string& id, std::string_view text, const std::string& gold) {
  Problem problem;
  problem.id = id;
  problem.text = text;
  problem.gold = gold;
  return problem;
}

TEST(ReportTest, IsOneWellFormedPageThatRefersToNothingElse) {
  const Problem problem = MakeProblem("7", "How many?", "3");
  BranchRecord right = MakeBranch({0}, 0, 40, "end");
  right.answer = "3";
  right.text = "So it is 3.";
  const std::string html =
      ReportHtml(MakeReport({Solve(problem, {right, MakeBranch({1}, 0, 50, "max_tokens")}, "3")}));
  EXPECT_EQ(FindMarkupFault(html), "");
  EXPECT_THAT(html, AllOf(HasSubstr("How many?"), HasSubstr("<b>1</b> of 1"), HasSubstr("So it is 3."),
                          HasSubstr("Right answer: <b>3</b>"), HasSubstr("class=\"chart\"")));
  EXPECT_THAT(html, HasSubstr(">3 ✓</text>"));
  for (const char* reference : {"http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link"}) {
    EXPECT_THAT(html, Not(HasSubstr(reference)));
  }
}

TEST(ReportTest, HostileTextsStayTexts) {
  const std::string hostile(kHostile);
  Problem problem = MakeProblem(hostile, hostile, hostile);
  BranchRecord branch = MakeBranch({0}, 0, 5, hostile);
  branch.text = branch.answer = hostile;
  SolvedProblem solved = Solve(problem, {branch}, hostile);
  solved.program = hostile;
  solved.result.answer.stop_reason = hostile;
  SolvedProblem failed = solved;
  failed.result.status = absl::InternalError(hostile);
  Report report = MakeReport({solved, failed});
  report.model = report.prompt_format = report.programs[0].summary.program = hostile;
  const std::string html = ReportHtml(report);
  EXPECT_EQ(FindMarkupFault(html), "");
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), HasSubstr("&lt;script&gt;")));
  EXPECT_EQ(html.find('\x01'), std::string::npos);
  EXPECT_EQ(html, ToValidUtf8(html));
}

TEST(ReportTest, ErrorsAndProblemsWithoutAnswersAreToldAsSuch) {
  const Problem problem = MakeProblem("1", "How many?", "");
  SolvedProblem failed = Solve(problem, {}, "");
  failed.result.status = absl::InvalidArgumentError("the prompt is too long");
  const std::string html = ReportHtml(MakeReport({failed}));
  EXPECT_EQ(FindMarkupFault(html), "");
  EXPECT_THAT(html, AllOf(HasSubstr("the prompt is too long"), HasSubstr("no answer"),
                          HasSubstr("No branches"), HasSubstr("<span>error 1</span>"),
                          Not(HasSubstr("Right answer")), Not(HasSubstr("class=\"chart\""))));
}

TEST(ReportTest, CancelledProblemsAreNeitherRightNorWrong) {
  const Problem problem = MakeProblem("1", "How many?", "3");
  SolvedProblem cancelled = Solve(problem, {MakeBranch({0}, 0, 5, "stopped")}, "");
  cancelled.result.status = absl::CancelledError("interrupted");
  const std::string html = ReportHtml(MakeReport({cancelled}));
  EXPECT_THAT(html, AllOf(HasSubstr("<span>cancelled 1</span>"), Not(HasSubstr("class=\"wrong\"")),
                          Not(HasSubstr("class=\"error\""))));
}

TEST(ReportTest, PutsTheResultsOfAllProgramsBelowTheirProblem) {
  const Problem first = MakeProblem("a", "First?", "1"), second = MakeProblem("b", "Second?", "2");
  Report report = MakeReport({Solve(first, {}, "1"), Solve(second, {}, "1")});
  report.programs.push_back(report.programs[0]);
  report.programs[1].solved.pop_back();  // the run was interrupted
  report.interrupted = true;
  const std::string html = ReportHtml(report);
  EXPECT_THAT(html, AllOf(HasSubstr("2 problems · 2 programs"), HasSubstr("interrupted")));
  EXPECT_EQ(CountOf(html, "class=\"problem\""), 2);
  EXPECT_EQ(CountOf(html.substr(0, html.find("Second?")), "<article>"), 2);
  EXPECT_EQ(CountOf(html, "<article>"), 3);
}

TEST(ReportTest, AnEmptyRunIsAPageToo) {
  Report report;
  report.interrupted = true;
  EXPECT_EQ(FindMarkupFault(ReportHtml(report)), "");
}

TEST(ReportTest, ShortensByCharacters) {
  EXPECT_EQ(Shorten("äöü", 3), "äöü");
  EXPECT_EQ(Shorten("äöüx", 3), "äöü…");
  EXPECT_EQ(Shorten("a\nb", 3), "a b");
  EXPECT_EQ(WithSeparators(-1234567), "-1,234,567");
  EXPECT_EQ(WithSeparators(-123), "-123");
  EXPECT_EQ(WithSeparators(1000), "1,000");
}

TEST(ReportFileTest, MakesItsFolderAndReplacesTheFileWhole) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/new/deep/report.html";
  ASSERT_TRUE(PrepareReportFile(path).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
  for (const char* model : {"first", "second"}) {
    Report report;
    report.model = model;
    const absl::Status status = WriteReport(report, path);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(ReadFile(path), ReportHtml(report));
  }
  const std::filesystem::directory_iterator files(folder.path() + "/new/deep");
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(ReportFileTest, ANameAloneIsAFileInTheCurrentFolder) {
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const absl::Status status = WriteReport(Report(), "report.html");
  std::filesystem::current_path(before);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/report.html"));
}

TEST(ReportFileTest, ABadPathIsFoundBeforeTheWork) {
  const TemporaryFolder folder;
  WriteFile(folder.path() + "/file", "");
  std::filesystem::create_directory(folder.path() + "/folder.html");
  const std::pair<std::string, const char*> cases[] = {
      {"/model.gguf", "ends in .html"},
      {"/folder.html", "is a folder: choose another name"},
      {"/file/report.html", "choose a file in a folder that you may write to"},
      {"/" + std::string(300, 'x') + ".html", "choose a file in a folder"},
  };
  for (const auto& [path, message] : cases) {
    const absl::Status status = PrepareReportFile(folder.path() + path);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }
  EXPECT_FALSE(PrepareReportFile("").ok());
}

}  // namespace
}  // namespace espalier
