#include "benchmarks/math/report_charts.h"

#include <functional>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/accuracy_chart.h"
#include "benchmarks/html.h"
#include "benchmarks/math/program_spec.h"
#include "benchmarks/units.h"

namespace espalier {
namespace {

// A way to count what a problem costs.
struct Cost {
  const char* title;
  const char* axis;
  CostUnit unit;
  std::function<double(const MathSummary&)> each;
  bool grows_with_tokens = false;  // so that the curves of fewer samples can be drawn
};

std::vector<Cost> Costs() {
  return {
      {"Tokens", "drawn tokens per problem", CostUnit::kTokens,
       [](const MathSummary& summary) { return summary.DrawnTokensEach(); }, true},
      {"FLOPs", "floating-point operations per problem, scorer included", CostUnit::kFlops,
       [](const MathSummary& summary) {
         return summary.Each(summary.cost.flops + summary.cost.scorer_flops);
       },
       true},
      {"Time", "mean time per problem", CostUnit::kSeconds,
       [](const MathSummary& summary) { return summary.Each(summary.cost.seconds); }},
      {"KV memory", "KV pages allocated per problem", CostUnit::kBytes,
       [](const MathSummary& summary) { return summary.Each(static_cast<double>(summary.kv_bytes)); }},
  };
}

// The plain vote of most samples whose curves are worth drawing; -1: none.
int64_t FindCurves(std::span<const MathSummary> summaries) {
  int64_t found = -1;
  for (size_t i = 0; i < summaries.size(); ++i) {
    const SampleCurves& curves = summaries[i].curves;
    if (!IsVote(summaries[i].program) || IsWeightedVote(summaries[i].program)) continue;
    if (curves.samples < 2 || curves.stopped > 0) continue;
    if (found < 0 || curves.samples > summaries[found].curves.samples) found = static_cast<int64_t>(i);
  }
  return found;
}

void AddCurves(const MathSummary& summary, double cost_of_all, size_t series, AccuracyChart& chart) {
  AccuracyLine majority, pass;
  majority.series = pass.series = series;
  majority.tooltip = Cat("maj@k of ", summary.program);
  pass.tooltip = Cat("pass@k of ", summary.program);
  pass.is_dashed = true;
  for (const AccuracyAtK& point : summary.curves.points) {
    const double cost =
        cost_of_all * static_cast<double>(point.k) / static_cast<double>(summary.curves.samples);
    majority.points.emplace_back(cost, point.majority);
    pass.points.emplace_back(cost, point.pass);
    majority.tooltip += absl::StrFormat("; k=%d: %s", point.k, PercentText(point.majority));
    pass.tooltip += absl::StrFormat("; k=%d: %s", point.k, PercentText(point.pass));
  }
  chart.lines.push_back(majority);
  chart.lines.push_back(pass);
}

AccuracyPoint MakePoint(const MathSummary& summary, double cost, const std::string& cost_text,
                        size_t series) {
  AccuracyPoint point;
  point.label = summary.program;
  point.cost = cost;
  point.accuracy = summary.accuracy;
  point.low = summary.interval.low;
  point.high = summary.interval.high;
  point.series = series;
  point.tooltip =
      absl::StrFormat("%s: %s right (95 %% interval %.1f to %.1f), %s", summary.program,
                      PercentText(summary.accuracy), 100 * point.low, 100 * point.high, cost_text);
  return point;
}

std::string CostText(double cost, CostUnit unit) {
  switch (unit) {
    case CostUnit::kTokens:
      return Cat(ThreeDigits(cost), " tokens a problem");
    case CostUnit::kSeconds:
      return Cat(ThreeDigits(cost), " s a problem");
    case CostUnit::kBytes:
      return Cat(Bytes(cost), " a problem");
    case CostUnit::kFlops:
      return Cat(Flops(cost), " a problem");
  }
  return "";
}

// "" when nothing is known about this cost.
std::string Figure(std::span<const MathSummary> summaries, const Cost& cost, int64_t curves) {
  AccuracyChart chart;
  chart.title = Cat("Accuracy against ", cost.axis);
  chart.cost_title = cost.axis;
  chart.unit = cost.unit;
  double most = 0;
  for (size_t i = 0; i < summaries.size(); ++i) {
    if (summaries[i].with_gold == 0) continue;
    const double each = cost.each(summaries[i]);
    most = std::max(most, each);
    chart.points.push_back(MakePoint(summaries[i], each, CostText(each, cost.unit), i));
    if (static_cast<int64_t>(i) == curves && cost.grows_with_tokens) AddCurves(summaries[i], each, i, chart);
  }
  if (most == 0) return "";
  return absl::StrFormat("<figure><figcaption>%s</figcaption>\n%s</figure>\n", cost.title,
                         DrawAccuracyChart(chart));
}

}  // namespace

std::string CostChartsHtml(std::span<const MathSummary> summaries) {
  const int64_t curves = FindCurves(summaries);
  std::string figures;
  for (const Cost& cost : Costs()) figures += Figure(summaries, cost, curves);
  if (figures.empty()) return "";
  std::string note = "Each point is a program, with its 95 % interval over problems.";
  if (curves >= 0) {
    const std::string program = EscapeHtml(summaries[curves].program);
    note += Cat(
        " The solid line is what a vote of the first 1, 2, 4, … samples of <code>", program,
        "</code> reaches (maj@k), the dashed one how often any of them is right (pass@k); both are resampled "
        "without replacement, and their cost is taken in proportion to k.");
  }
  return Cat("<section>\n<h2>Accuracy against cost</h2>\n<div class=\"charts\">\n", figures,
             "</div>\n<p class=\"note\">", note, "</p>\n</section>\n");
}

}  // namespace espalier
