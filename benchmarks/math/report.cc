#include "benchmarks/math/report.h"

#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "benchmarks/html.h"
#include "benchmarks/math/report_charts.h"
#include "benchmarks/math/report_problems.h"
#include "benchmarks/math/report_rows.h"
#include "benchmarks/math/report_style.h"
#include "benchmarks/math/report_tables.h"
#include "benchmarks/math/run_records.h"
#include "benchmarks/report_file.h"
#include "benchmarks/report_style.h"
#include "benchmarks/units.h"

namespace espalier {
namespace {

std::string Quoted(const std::string& argument) {
  const bool is_plain =
      !argument.empty() &&
      argument.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:") ==
          std::string::npos;
  if (is_plain) return argument;
  std::string quoted = "'";
  for (const char character : argument)
    quoted += character == '\'' ? std::string("'\\''") : std::string(1, character);
  return quoted + "'";
}

// What makes the same records again.
std::string Command(const MathSettings& settings) {
  std::string command =
      Cat("espalier bench math --model ", Quoted(settings.model), " --dataset ", Quoted(settings.dataset),
          " --programs ", Quoted(absl::StrJoin(settings.programs, ";")));
  if (settings.limit > 0) absl::StrAppend(&command, " --limit ", settings.limit);
  if (!settings.prompt_format.empty())
    absl::StrAppend(&command, " --prompt-format ", Quoted(settings.prompt_format));
  if (!settings.reward.empty()) absl::StrAppend(&command, " --reward ", Quoted(settings.reward));
  if (!settings.kv_type.empty()) absl::StrAppend(&command, " --kv-type ", Quoted(settings.kv_type));
  return absl::StrFormat("%s --seed %d", command, settings.seed);
}

std::string Settings(const MathRun& run) {
  const MathSettings& settings = run.settings;
  std::vector<std::pair<const char*, std::string>> lines = {
      {"command", Cat("<code>", EscapeHtml(Command(settings)), "</code>")},
      {"machine", EscapeHtml(settings.machine)},
      {"model", settings.parameters > 0
                    ? Cat(EscapeHtml(settings.model), ", ",
                          WithPrefix(static_cast<double>(settings.parameters)), " parameters")
                    : EscapeHtml(settings.model)},
      {"dataset",
       Cat(EscapeHtml(settings.dataset),
           settings.dataset_hash.empty() ? "" : Cat(", XXH3 ", EscapeHtml(settings.dataset_hash)))},
      {"prompt format", EscapeHtml(settings.prompt_format)},
      {"scorer", EscapeHtml(settings.reward)},
      {"KV cache",
       Cat(EscapeHtml(settings.kv_type),
           settings.page_bytes > 0 ? Cat(", pages of ", Bytes(static_cast<double>(settings.page_bytes)))
                                   : "")},
      {"wall time", run.wall_seconds > 0 ? Cat(ThreeDigits(run.wall_seconds), " s") : ""},
  };
  std::string html = "<dl class=\"settings\">\n";
  for (const auto& [name, value] : lines) {
    if (!value.empty()) absl::StrAppend(&html, "<dt>", name, "</dt><dd>", value, "</dd>\n");
  }
  return html + "</dl>\n";
}

std::string Header(const MathRun& run, int64_t problems, int64_t programs) {
  const MathSettings& settings = run.settings;
  return absl::StrFormat(
      "<header>\n<p class=\"kicker\">Espalier math report</p>\n<h1>%s on %s</h1>\n<p class=\"soft\">%s · %s "
      "· seed "
      "%d</p>\n%s</header>\n",
      EscapeHtml(settings.model), EscapeHtml(settings.dataset), CountText(problems, "problem", "problems"),
      CountText(programs, "program", "programs"), settings.seed, Settings(run));
}

}  // namespace

std::string MathReportHtml(const MathRun& run, std::span<const MathSummary> summaries) {
  const std::vector<ProgramRecords> programs = GroupByProgram(run);
  std::string body = Header(run, static_cast<int64_t>(GroupByProblem(programs).size()),
                            static_cast<int64_t>(programs.size()));
  if (programs.empty()) body += "<p class=\"notice\">No problem was answered.</p>\n";
  body += HeadlineHtml(summaries);
  body += CostChartsHtml(summaries);
  body += DifferencesHtml(summaries);
  body += LevelsHtml(summaries);
  body += SubjectsHtml(summaries);
  body += FewerSamplesHtml(summaries);
  body += StopReasonsHtml(summaries);
  body += CostTableHtml(summaries);
  body += ProblemsHtml(programs);
  const std::string title = Cat(run.settings.model, " on ", run.settings.dataset, ": Espalier math report");
  return HtmlPage(title, Cat(kReportStyle, kMathReportStyle), body);
}

absl::Status WriteMathReport(const MathRun& run, std::span<const MathSummary> summaries,
                             const std::string& path) {
  return WriteReportFile(MathReportHtml(run, summaries), path);
}

}  // namespace espalier
