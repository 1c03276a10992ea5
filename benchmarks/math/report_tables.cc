#include "benchmarks/math/report_tables.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/html.h"
#include "benchmarks/math/report_rows.h"
#include "benchmarks/units.h"

namespace espalier {
namespace {

struct Column {
  const char* name;
  std::string html;
};

std::string Row(const MathSummary& summary, size_t series, const std::vector<Column>& columns) {
  std::string html =
      Cat("<tr><th scope=\"row\">", SeriesKey(series), "<code>", EscapeHtml(summary.program), "</code></th>");
  for (const Column& column : columns) html += TableCell(column.name, column.html);
  return html + "</tr>\n";
}

// A table of one row for each program; `make_columns(summary)` gives its cells.
template <typename MakeColumns>
std::string Table(std::span<const MathSummary> summaries, const char* table_class,
                  const MakeColumns& make_columns) {
  std::string html =
      Cat("<div class=\"scroll\"><table class=\"", table_class, "\">\n<thead><tr><th>program</th>");
  for (const Column& column : make_columns(summaries.front())) {
    absl::StrAppend(&html, "<th>", column.name, "</th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  for (size_t i = 0; i < summaries.size(); ++i) html += Row(summaries[i], i, make_columns(summaries[i]));
  return html + "</tbody>\n</table></div>\n";
}

std::string Small(const std::string& text) { return Cat("<small>", text, "</small>"); }

std::vector<Column> HeadlineColumns(const MathSummary& summary) {
  const bool is_graded = summary.with_gold > 0;
  const MathCost& cost = summary.cost;
  const std::string accuracy = is_graded
                                   ? Cat("<b>", PercentText(summary.accuracy), "</b>",
                                         Small(absl::StrFormat("%.1f to %.1f", 100 * summary.interval.low,
                                                               100 * summary.interval.high)))
                                   : "–";
  const std::string scorer =
      cost.scorer_flops > 0 ? Small(Cat("+ ", Flops(summary.Each(cost.scorer_flops)), " scorer")) : "";
  return {{"accuracy", accuracy},
          {"right", is_graded ? absl::StrFormat("%d of %d", summary.correct, summary.with_gold) : "–"},
          {"tokens", ThreeDigits(summary.DrawnTokensEach())},
          {"FLOPs", Flops(summary.Each(cost.flops)) + scorer},
          {"KV", Bytes(summary.Each(static_cast<double>(summary.kv_bytes)))},
          {"time", Cat(ThreeDigits(summary.Each(cost.seconds)), " s",
                       Small(Cat("p95 ", ThreeDigits(summary.seconds_p95), " s")))},
          {"no answer", WithSeparators(summary.unanswered)},
          {"cut samples", Cat(WithSeparators(summary.truncated_samples),
                              Small(Cat("of ", WithSeparators(summary.samples))))},
          {"errors", WithSeparators(summary.errors)}};
}

std::vector<Column> CostColumns(const MathSummary& summary) {
  const MathCost& cost = summary.cost;
  const auto each = [&](int64_t sum) { return ThreeDigits(summary.Each(static_cast<double>(sum))); };
  return {{"prefill", each(cost.tokens.prefill)},
          {"expansion", each(cost.tokens.expansion)},
          {"aggregation", each(cost.tokens.aggregation)},
          {"discarded", each(cost.tokens.discarded)},
          {"computed", each(cost.computed_tokens)},
          {"cached", each(cost.cached_tokens)},
          {"pages needed", each(cost.logical_pages)},
          {"allocated", each(cost.allocated_pages)},
          {"shared", each(cost.shared_pages)},
          {"preemptions", each(cost.preemptions)},
          {"p50", Cat(ThreeDigits(summary.seconds_p50), " s")}};
}

using Curve = std::optional<double> (*)(const AccuracyAtK&);

std::string CurveRow(const MathSummary& summary, size_t series, const std::pair<const char*, Curve>& curve,
                     const std::vector<int64_t>& ks) {
  std::string html = Cat("<tr><th scope=\"row\">", SeriesKey(series), "<code>", EscapeHtml(summary.program),
                         "</code> ", curve.first, "</th>");
  bool is_known = false;
  for (const int64_t k : ks) {
    const auto point = std::ranges::find(summary.curves.points, k, &AccuracyAtK::k);
    const std::optional<double> value =
        point == summary.curves.points.end() ? std::nullopt : curve.second(*point);
    is_known = is_known || value.has_value();
    html += TableCell(Cat("k = ", k), value ? PercentText(*value) : "");
  }
  return is_known ? html + "</tr>\n" : "";
}

}  // namespace

std::string HeadlineHtml(std::span<const MathSummary> summaries) {
  if (summaries.empty()) return "";
  return Cat(
      "<section>\n", Table(summaries, "headline", HeadlineColumns),
      "<p class=\"note\">Accuracy: share of the problems with a right answer to compare with, and its 95 % "
      "interval (bootstrap over problems, 10,000 resamples); a problem that could not be run is wrong. "
      "Tokens "
      "(expansion and aggregation), FLOPs, KV pages allocated and time are means per problem; time runs from "
      "submission to answer with other problems beside it. Cut samples reached their limit of tokens.</p>\n"
      "</section>\n");
}

std::string CostTableHtml(std::span<const MathSummary> summaries) {
  if (summaries.empty()) return "";
  return Cat(
      "<section>\n<h2>Where tokens and pages went</h2>\n", Table(summaries, "costs", CostColumns),
      "<p class=\"note\">Means per problem. Prefill: prompts and appended text, once per tree. Expansion: "
      "tokens "
      "that grow branches. Aggregation: tokens that score, probe or judge. Discarded: drawn beyond the "
      "moment at "
      "which their branch was stopped. Computed: run through the model. Cached: taken from the cache "
      "instead. "
      "Pages needed: what the branches would need alone; shared: what they had in common.</p>\n</section>\n");
}

std::string FewerSamplesHtml(std::span<const MathSummary> summaries) {
  std::vector<int64_t> ks;
  for (const MathSummary& summary : summaries) {
    if (summary.curves.samples < 2) continue;
    for (const AccuracyAtK& point : summary.curves.points) ks.push_back(point.k);
  }
  if (ks.empty()) return "";
  std::ranges::sort(ks);
  ks.erase(std::ranges::unique(ks).begin(), ks.end());
  std::string rows, notes;
  const std::pair<const char*, Curve> curves[] = {
      {"maj@k", [](const AccuracyAtK& at) { return std::optional(at.majority); }},
      {"weighted maj@k", [](const AccuracyAtK& at) { return at.weighted; }},
      {"best@k", [](const AccuracyAtK& at) { return at.best; }},
      {"pass@k", [](const AccuracyAtK& at) { return std::optional(at.pass); }},
  };
  for (size_t i = 0; i < summaries.size(); ++i) {
    if (summaries[i].curves.samples < 2) continue;
    for (const auto& curve : curves) rows += CurveRow(summaries[i], i, curve, ks);
    if (summaries[i].curves.stopped == 0) continue;
    notes += Cat(
        "<p class=\"note\"><code>", EscapeHtml(summaries[i].program),
        "</code> stopped samples early: its rows are of those that had ended by then, the short ones.</p>\n");
  }
  std::string head = "<thead><tr><th>program</th>";
  for (const int64_t k : ks) head += Cat("<th>k = ", k, "</th>");
  return Cat("<section>\n<h2>Had there been fewer samples</h2>\n<div class=\"scroll\"><table>\n", head,
             "</tr></thead>\n<tbody>\n", rows, "</tbody>\n</table></div>\n",
             "<p class=\"note\">Of subsets of k samples of each problem, drawn without replacement: maj@k, "
             "how often "
             "their vote is right; best@k, how often the one of the best score is; pass@k, how often any is. "
             "Samples "
             "without an answer do not vote, and cut ones are wrong.</p>\n",
             notes, "</section>\n");
}

}  // namespace espalier
