#include "benchmarks/report_problem.h"

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/html.h"
#include "benchmarks/program_summary.h"
#include "benchmarks/tree_drawing.h"

namespace espalier {
namespace {

constexpr size_t kHeadingCharacters = 160;
constexpr size_t kAnswerCharacters = 60;
constexpr size_t kProgramCharacters = 14;

bool IsMarked(const SolvedProblem& solved) {
  return !solved.problem->gold.empty() && !absl::IsCancelled(solved.result.status);
}

const char* MarkClass(const SolvedProblem& solved) {
  if (!IsMarked(solved)) return "unmarked";
  return solved.correct ? "right" : "wrong";
}

const char* Mark(const SolvedProblem& solved) {
  if (!IsMarked(solved)) return "";
  return solved.correct ? " ✓" : " ✗";
}

std::string AnswerText(const SolvedProblem& solved) {
  const std::string& answer = solved.result.answer.text;
  return answer.empty() ? "no answer" : EscapeHtml(Shorten(answer, kAnswerCharacters));
}

std::string Heading(const ReportProblem& problem) {
  std::string html =
      Cat("<summary><span class=\"id\">", EscapeHtml(Shorten(problem.problem->id, 24)),
          "</span><span class=\"question\">", EscapeHtml(Shorten(problem.problem->text, kHeadingCharacters)),
          "</span><span class=\"marks\">");
  for (const SolvedProblem* solved : problem.results) {
    absl::StrAppendFormat(&html, "<span class=\"%s\" title=\"%s: %s\">%s%s</span>", MarkClass(*solved),
                          EscapeHtml(solved->program), AnswerText(*solved),
                          EscapeHtml(Shorten(solved->program, kProgramCharacters)), Mark(*solved));
  }
  return html + "</span></summary>\n";
}

std::string Facts(const SolvedProblem& solved) {
  const QueryResult& result = solved.result;
  std::string html =
      Cat(EscapeHtml(StopReason(solved)), " · ", WithSeparators(result.tokens.expansion), " tokens");
  if (result.tokens.discarded > 0)
    absl::StrAppend(&html, " + ", WithSeparators(result.tokens.discarded), " discarded");
  absl::StrAppend(&html, " · ", WithSeparators(result.shared_pages()), " of ",
                  WithSeparators(result.usage.logical_pages), " KV pages shared");
  if (result.answer.certainty > 0) absl::StrAppendFormat(&html, " · certainty %.2f", result.answer.certainty);
  return html + absl::StrFormat(" · %.1f s", result.seconds);
}

std::string BranchText(const BranchRecord& branch) {
  const std::string answer =
      branch.answer.empty() ? "no answer" : EscapeHtml(Shorten(branch.answer, kAnswerCharacters));
  return absl::StrFormat(
      "<details class=\"branch %s\"><summary><code>%s</code> <b>%s</b> <span class=\"soft\">%s · %s tokens · "
      "mean "
      "logprob %.2f%s</span></summary>\n<pre>%s</pre></details>\n",
      ToAbsl(EndClass(branch.end)), branch.path.ToString(), answer, EscapeHtml(branch.end),
      WithSeparators(branch.tokens), branch.mean_logprob, StepScoresText(branch, " · "),
      EscapeHtml(branch.text));
}

std::string Branches(const SolvedProblem& solved) {
  const std::vector<BranchRecord>& branches = solved.result.branches;
  if (branches.empty()) return "<p class=\"soft\">No branches.</p>\n";
  std::string html =
      Cat("<div class=\"plot\">", DrawTree(branches, solved.problem->gold), "</div>\n",
          "<details class=\"texts\"><summary>",
          branches.size() == 1 ? "Text of the branch" : Cat("Texts of ", branches.size(), " branches"),
          "</summary>\n");
  for (const BranchRecord& branch : branches) html += BranchText(branch);
  return html + "</details>\n";
}

std::string ResultHtml(const SolvedProblem& solved) {
  std::string html = absl::StrFormat(
      "<article>\n<h3><code>%s</code> <span class=\"answer %s\">%s%s</span></h3>\n<p class=\"soft "
      "facts\">%s</p>\n",
      EscapeHtml(solved.program), MarkClass(solved), AnswerText(solved), Mark(solved), Facts(solved));
  if (!solved.result.status.ok() && !absl::IsCancelled(solved.result.status)) {
    absl::StrAppend(&html, "<p class=\"error\">", EscapeHtml(ToStd(solved.result.status.message())),
                    "</p>\n");
  }
  return html + Branches(solved) + "</article>\n";
}

}  // namespace

std::string ProblemHtml(const ReportProblem& problem, bool open) {
  std::string html =
      Cat("<details class=\"problem\"", open ? " open" : "", ">", Heading(problem),
          "<div class=\"body\">\n<p class=\"text\">", EscapeHtml(problem.problem->text), "</p>\n");
  if (!problem.problem->gold.empty()) {
    absl::StrAppend(&html, "<p class=\"gold\">Right answer: <b>", EscapeHtml(problem.problem->gold),
                    "</b></p>\n");
  }
  for (const SolvedProblem* solved : problem.results) html += ResultHtml(*solved);
  return html + "</div></details>\n";
}

}  // namespace espalier
