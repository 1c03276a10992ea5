#include "benchmarks/report.h"

#include <cmath>
#include <map>
#include <tuple>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/accuracy_chart.h"
#include "benchmarks/html.h"
#include "benchmarks/report_problem.h"
#include "benchmarks/report_style.h"
#include "benchmarks/tree_drawing.h"
#include "benchmarks/wilson.h"

namespace espalier {
namespace {

// In the order in which they first appear; each with its results, program by program.
std::vector<ReportProblem> GroupByProblem(const Report& report) {
  std::vector<ReportProblem> problems;
  std::map<const Problem*, size_t> places;
  for (const ReportProgram& program : report.programs) {
    for (const SolvedProblem& solved : program.solved) {
      const auto [place, is_new] = places.try_emplace(solved.problem, problems.size());
      if (is_new) problems.emplace_back().problem = solved.problem;
      problems[place->second].results.push_back(&solved);
    }
  }
  return problems;
}

std::string Header(const Report& report, int64_t problems) {
  std::string html = absl::StrFormat("<header>\n<p class=\"kicker\">Espalier report</p>\n<h1>%s</h1>\n",
                                     EscapeHtml(report.model));
  absl::StrAppendFormat(&html, "<p class=\"soft\">%s · %s · prompt format %s · seed %d</p>\n",
                        CountText(problems, "problem", "problems"),
                        CountText(static_cast<int64_t>(report.programs.size()), "program", "programs"),
                        EscapeHtml(report.prompt_format), report.seed);
  if (report.interrupted) {
    html += "<p class=\"notice\">The run was interrupted: what it had finished by then is below.</p>\n";
  }
  return html + "</header>\n";
}

std::string SamplingText(const GenerationOptions& generation) {
  const Sampling& sampling = generation.sampling;
  std::string text =
      sampling.temperature == 0 ? "greedy" : absl::StrFormat("temperature %g", sampling.temperature);
  if (sampling.top_p < 1) absl::StrAppendFormat(&text, " · top_p %g", sampling.top_p);
  if (sampling.top_k > 0) absl::StrAppendFormat(&text, " · top_k %d", sampling.top_k);
  if (sampling.min_p > 0) absl::StrAppendFormat(&text, " · min_p %g", sampling.min_p);
  absl::StrAppendFormat(&text, " · max_tokens %d", generation.max_tokens);
  return text;
}

std::string StopReasons(const ProgramSummary& summary) {
  std::string html;
  for (const auto& [reason, count] : summary.stop_reasons) {
    absl::StrAppendFormat(&html, "%s<span>%s %d</span>", html.empty() ? "" : ", ", EscapeHtml(reason), count);
  }
  return html;
}

std::string SummaryRow(const ReportProgram& program) {
  const ProgramSummary& summary = program.summary;
  const std::string correct =
      summary.with_gold > 0 ? absl::StrFormat("<b>%d</b> of %d", summary.correct, summary.with_gold) : "–";
  return Cat("<tr><th scope=\"row\"><code>", EscapeHtml(summary.program), "</code><small>",
             SamplingText(program.generation), "</small></th>", TableCell("correct", correct),
             TableCell("prefill tokens", WithSeparators(summary.tokens.prefill)),
             TableCell("expansion tokens", WithSeparators(summary.tokens.expansion)),
             TableCell("discarded tokens", WithSeparators(summary.tokens.discarded)),
             TableCell("KV pages shared", Cat(WithSeparators(summary.shared_pages()), " of ",
                                              WithSeparators(summary.usage.logical_pages))),
             TableCell("seconds each", absl::StrFormat("%.1f", summary.seconds_each())),
             TableCell("tokens/s", absl::StrFormat("%.0f", summary.tokens_per_second())),
             TableCell("stopped by", StopReasons(summary)), "</tr>\n");
}

std::string SummaryTable(const Report& report) {
  std::string html =
      "<section>\n<div class=\"scroll\"><table>\n<thead><tr><th>program</th><th>correct</th><th>prefill</th>"
      "<th>expansion</th><th>discarded</th><th>KV pages shared</th><th>s each</th><th>tokens/s</th>"
      "<th>stopped by</th></tr></thead>\n<tbody>\n";
  for (const ReportProgram& program : report.programs) html += SummaryRow(program);
  return html +
         "</tbody>\n</table></div>\n<p class=\"note\">Prefill: tokens of prompts, once per tree. Expansion: "
         "tokens generated to grow branches. Discarded: drawn beyond the moment at which their branch was "
         "stopped. KV pages shared: of the pages that the branches would need alone, those they had in "
         "common.</p>\n</section>\n";
}

AccuracyPoint MakePoint(const ProgramSummary& summary, size_t series) {
  AccuracyPoint point;
  point.label = summary.program;
  point.cost = static_cast<double>(summary.tokens.expansion) / static_cast<double>(summary.problems);
  point.accuracy = summary.accuracy();
  std::tie(point.low, point.high) = WilsonInterval(summary.correct, summary.with_gold);
  point.series = series;
  point.tooltip = absl::StrFormat("%s: %d of %d correct (95%% interval %.0f to %.0f%%), %s tokens a problem",
                                  summary.program, summary.correct, summary.with_gold, 100 * point.low,
                                  100 * point.high, WithSeparators(std::llround(point.cost)));
  return point;
}

std::string AccuracySection(const Report& report) {
  AccuracyChart chart;
  chart.title = "Accuracy against tokens";
  chart.cost_title = "expansion tokens per problem";
  for (const ReportProgram& program : report.programs) {
    if (program.summary.with_gold == 0) continue;
    chart.points.push_back(MakePoint(program.summary, chart.points.size()));
  }
  if (chart.points.empty()) return "";
  return Cat("<section>\n<h2>Accuracy against tokens</h2>\n<div class=\"plot\">", DrawAccuracyChart(chart),
             "</div>\n<p class=\"note\">Bars: 95% Wilson intervals.</p>\n</section>\n");
}

std::string Legend() {
  std::string html = "<p class=\"legend\">";
  constexpr std::pair<const char*, const char*> kEntries[] = {
      {"done", "ended by itself"},
      {"cut", "cut off at its limit"},
      {"stopped", "stopped, no longer needed"},
      {"pruned", "given up"},
      {"failed", "failed"},
  };
  for (const auto& [end_class, text] : kEntries) {
    absl::StrAppendFormat(
        &html,
        "<span><svg class=\"tree\" width=\"38\" height=\"14\"><g class=\"%s\"><line x1=\"2\" "
        "x2=\"30\" y1=\"7\" y2=\"7\"/><svg class=\"tip\" x=\"30\" y=\"7\" "
        "overflow=\"visible\">%s</svg></g></svg>%s</span> ",
        end_class, ToAbsl(TipMark(end_class)), text);
  }
  return html + "</p>\n";
}

}  // namespace

std::string ReportHtml(const Report& report) {
  const std::vector<ReportProblem> problems = GroupByProblem(report);
  std::string html = Header(report, static_cast<int64_t>(problems.size()));
  if (!report.programs.empty()) html += SummaryTable(report) + AccuracySection(report);
  if (!problems.empty()) {
    html +=
        "<section>\n<h2>Search trees</h2>\n<p class=\"note\">From left to right: tokens after the prompt. "
        "At each tip: the branch's answer.</p>\n" +
        Legend();
    for (const ReportProblem& problem : problems) {
      html += ProblemHtml(problem, /*open=*/&problem == &problems.front());
    }
    html += "</section>\n";
  }
  return HtmlPage(Cat("Espalier: ", report.model), kReportStyle, html);
}

absl::Status WriteReport(const Report& report, const std::string& path) {
  return WriteReportFile(ReportHtml(report), path);
}

}  // namespace espalier
