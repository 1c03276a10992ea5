#include "benchmarks/math/report_problems.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/html.h"
#include "benchmarks/math/report_rows.h"
#include "benchmarks/math/sample_votes.h"

namespace espalier {
namespace {

constexpr size_t kMostProblems = 2000;
constexpr size_t kAnswerCharacters = 40;
constexpr size_t kIdCharacters = 40;
constexpr size_t kShownClasses = 4;

std::string Answer(const std::string& answer) { return EscapeHtml(Shorten(answer, kAnswerCharacters)); }

// "4 × 42, 2 × 17, 2 cut"; "" for fewer than two samples.
std::string VotesText(const MathRecord& record) {
  if (record.samples.size() < 2) return "";
  const std::vector<AnswerVotes> classes = CountVotes(record);
  std::string text;
  const auto add = [&](const std::string& part) { text += Cat(text.empty() ? "" : ", ", part); };
  int64_t shown = 0;
  for (size_t i = 0; i < std::min(classes.size(), kShownClasses); ++i) {
    add(Cat(classes[i].votes, " × ", Answer(classes[i].answer)));
    shown += classes[i].votes;
  }
  int64_t voted = 0;
  for (const AnswerVotes& answers : classes) voted += answers.votes;
  if (voted > shown) add(Cat(voted - shown, " others"));
  const auto cut = std::ranges::count_if(record.samples, IsTruncated);
  const auto whole = std::ranges::count_if(record.samples, IsWhole);
  if (whole > voted) add(Cat(whole - voted, " without answer"));
  if (cut > 0) add(Cat(cut, " cut"));
  const auto stopped = static_cast<int64_t>(record.samples.size()) - cut - whole;
  if (stopped > 0) add(Cat(stopped, " stopped"));
  return text;
}

std::string ResultHtml(const MathRecord& record) {
  if (!record.error.empty()) {
    return Cat("<span class=\"wrong\">✗ error</span><small>", EscapeHtml(Shorten(record.error, 160)),
               "</small>");
  }
  const std::string answer = record.answer.empty() ? "no answer" : Answer(record.answer);
  const std::string votes = VotesText(record);
  const char* mark = record.gold.empty() ? "" : record.correct ? "✓ " : "✗ ";
  const char* mark_class = record.gold.empty() ? "unmarked" : record.correct ? "right" : "wrong";
  return Cat("<span class=\"", mark_class, "\">", mark, answer, "</span>",
             votes.empty() ? "" : Cat("<small>", votes, "</small>"));
}

std::string ProblemRow(const ProblemRecords& problem, const std::vector<ProgramRecords>& programs) {
  const auto first =
      std::ranges::find_if(problem.records, [](const MathRecord* record) { return record != nullptr; });
  const MathRecord& any = **first;
  std::string about = EscapeHtml(Shorten(any.level, kIdCharacters));
  if (!any.subject.empty()) {
    about += Cat(about.empty() ? "" : " · ", EscapeHtml(Shorten(any.subject, kIdCharacters)));
  }
  std::string html = Cat("<tr><th scope=\"row\">", EscapeHtml(Shorten(problem.problem, kIdCharacters)),
                         about.empty() ? "" : Cat("<small>", about, "</small>"), "</th>");
  html += TableCell("right answer", any.gold.empty() ? "–" : Answer(any.gold));
  for (size_t i = 0; i < programs.size(); ++i) {
    html += TableCell(EscapeHtml(programs[i].program),
                      problem.records[i] == nullptr ? "–" : ResultHtml(*problem.records[i]));
  }
  return html + "</tr>\n";
}

}  // namespace

std::string ProblemsHtml(const std::vector<ProgramRecords>& programs) {
  const std::vector<ProblemRecords> problems = GroupByProblem(programs);
  if (problems.empty()) return "";
  std::string html =
      Cat("<section>\n<h2>Problems</h2>\n<details class=\"problems\"><summary>Answers of all programs to ",
          CountText(static_cast<int64_t>(problems.size()), "problem", "problems"),
          "</summary>\n<div class=\"scroll\"><table>\n<thead><tr><th>problem</th><th>right answer</th>");
  for (size_t i = 0; i < programs.size(); ++i) {
    absl::StrAppend(&html, "<th>", SeriesKey(i), "<code>", EscapeHtml(programs[i].program), "</code></th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  for (size_t i = 0; i < std::min(problems.size(), kMostProblems); ++i)
    html += ProblemRow(problems[i], programs);
  html += "</tbody>\n</table></div>\n";
  if (problems.size() > kMostProblems) {
    absl::StrAppend(&html, "<p class=\"note\">The first ", WithSeparators(kMostProblems),
                    "; all are in results.jsonl.</p>\n");
  }
  return html + "</details>\n</section>\n";
}

}  // namespace espalier
