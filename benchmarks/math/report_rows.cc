#include "benchmarks/math/report_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/accuracy_chart.h"
#include "benchmarks/html.h"
#include "benchmarks/units.h"

namespace espalier {
namespace {

constexpr int kBarHeight = 16;
constexpr int kForestHeight = 22;

// A row: name, drawing, value. The first two hold HTML.
std::string Row(std::string_view name, std::string_view drawing, std::string_view value) {
  return Cat("<div class=\"row\"><div class=\"name\">", name, "</div><div>", drawing,
             "</div><div class=\"value\">", value, "</div></div>\n");
}

std::string Name(const std::string& program, size_t series) {
  return Cat(SeriesKey(series), "<code>", EscapeHtml(program), "</code>");
}

// The labels below the drawings of the rows: place and text.
std::string AxisRow(const std::vector<std::pair<double, std::string>>& ticks) {
  std::string svg = "<svg width=\"100%\" height=\"18\" aria-hidden=\"true\">";
  for (const auto& [place, label] : ticks) {
    absl::StrAppendFormat(&svg, "<text class=\"tick\" x=\"%s\" y=\"12\">%s</text>", Percent(place), label);
  }
  return Cat("<div class=\"row axis\"><div class=\"name\"></div><div>", svg,
             "</svg></div><div></div></div>\n");
}

std::string OpenBar(int height, size_t series, std::string_view title) {
  return absl::StrFormat("<svg class=\"bar %s\" role=\"img\" width=\"100%%\" height=\"%d\"><title>%s</title>",
                         SeriesClass(series), height, EscapeHtml(title));
}

std::string GroupBar(const MathSummary& summary, const GroupAccuracy& group, size_t series) {
  const std::string title =
      absl::StrFormat("%s, %s: %d of %d right", summary.program, group.name, group.correct, group.problems);
  std::string svg = OpenBar(kBarHeight, series, title);
  absl::StrAppendFormat(&svg, "<rect class=\"ground\" width=\"100%%\" height=\"%d\"/>", kBarHeight);
  absl::StrAppendFormat(&svg, "<rect width=\"%s\" height=\"%d\"/>", Percent(group.accuracy()), kBarHeight);
  absl::StrAppendFormat(&svg, "<line class=\"whisker\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/></svg>",
                        Percent(group.interval.low), Percent(group.interval.high), kBarHeight / 2,
                        kBarHeight / 2);
  const std::string value =
      absl::StrFormat("%s <span class=\"interval\">%.0f to %.0f</span>", PercentText(group.accuracy()),
                      100 * group.interval.low, 100 * group.interval.high);
  return Row(Name(summary.program, series), svg, value);
}

// A signed number with a true minus sign.
std::string Signed(double difference) {
  const std::string text = PointsText(difference);
  return text[0] == '-' ? Cat("−", text.substr(1)) : text;
}

// Differences in points of accuracy on one common axis around 0.
class ForestAxis {
 public:
  void Include(const Interval& interval) {
    reach_ = std::max({reach_, std::abs(interval.low), std::abs(interval.high)});
  }

  std::string Place(double difference) const { return Percent(0.5 + difference / (2 * reach_ * 1.04)); }

  std::string Ticks() const {
    std::vector<std::pair<double, std::string>> ticks;
    const auto step =
        static_cast<double>(TickStep(std::max<int64_t>(1, std::llround(100 * reach_)), 2)) / 100;
    for (const double tick : {-2 * step, -step, 0.0, step, 2 * step}) {
      if (std::abs(tick) > reach_ * 1.04) continue;
      ticks.emplace_back(0.5 + tick / (2 * reach_ * 1.04),
                         tick == 0 ? "0" : Cat(tick < 0 ? "−" : "+", std::llround(std::abs(100 * tick))));
    }
    return AxisRow(ticks);
  }

 private:
  double reach_ = 0.02;
};

struct Difference {
  const MathSummary* summary;
  size_t series;
  double difference;
  Interval interval;
  std::string detail;  // HTML
};

std::string ForestRow(const Difference& row, const ForestAxis& axis) {
  const std::string range = Cat(Signed(row.interval.low), " to ", Signed(row.interval.high));
  const int middle = kForestHeight / 2;
  std::string svg =
      OpenBar(kForestHeight, row.series,
              Cat(row.summary->program, ": ", Signed(row.difference), " points, 95 % interval ", range));
  absl::StrAppendFormat(&svg, "<line class=\"zero\" x1=\"50%%\" x2=\"50%%\" y1=\"0\" y2=\"%d\"/>",
                        kForestHeight);
  absl::StrAppendFormat(&svg, "<line class=\"grid whisker\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>",
                        axis.Place(row.interval.low), axis.Place(row.interval.high), middle, middle);
  absl::StrAppendFormat(&svg,
                        "<svg x=\"%s\" y=\"%d\" overflow=\"visible\"><g class=\"mark\">%s</g></svg></svg>",
                        axis.Place(row.difference), middle, ToAbsl(SeriesMark(row.series)));
  const std::string value =
      Cat("<b>", Signed(row.difference), "</b> <span class=\"interval\">", range, "</span>", row.detail);
  return Row(Name(row.summary->program, row.series), svg, value);
}

std::string Forest(std::string_view caption, const std::vector<Difference>& rows) {
  if (rows.empty()) return "";
  ForestAxis axis;
  for (const Difference& row : rows) axis.Include(row.interval);
  std::string html = Cat("<figure><figcaption>", caption, "</figcaption>\n");
  for (const Difference& row : rows) html += ForestRow(row, axis);
  return Cat(html, axis.Ticks(), "</figure>\n");
}

std::string BaselineForest(std::span<const MathSummary> summaries) {
  std::vector<Difference> rows;
  std::string notes;
  for (size_t i = 0; i < summaries.size(); ++i) {
    if (!summaries[i].baseline) continue;
    const EqualCostBaseline& baseline = *summaries[i].baseline;
    if (!baseline.note.empty()) {
      notes += Cat("<p class=\"note\"><code>", EscapeHtml(summaries[i].program),
                   "</code>: ", EscapeHtml(baseline.note), ".</p>\n");
    }
    if (baseline.run.empty()) continue;
    const std::string detail = absl::StrFormat("<small>vote of %.1f samples: %s</small>", baseline.samples,
                                               PercentText(baseline.accuracy));
    rows.push_back({&summaries[i], i, baseline.difference, baseline.interval, detail});
  }
  const std::string caption = "Against a plain majority vote that draws as many tokens";
  return Forest(caption, rows) + notes;
}

}  // namespace

std::string SeriesKey(size_t series) {
  return Cat("<svg class=\"key ", SeriesClass(series),
             "\" width=\"13\" height=\"13\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><g class=\"mark\">",
             SeriesMark(series), "</g></svg>");
}

std::string GroupBarsHtml(std::span<const MathSummary> summaries, std::string_view heading,
                          std::vector<GroupAccuracy> MathSummary::*groups) {
  std::vector<std::pair<std::string, int64_t>> names;  // in the order of the program that has most
  for (const MathSummary& summary : summaries) {
    if ((summary.*groups).size() <= names.size()) continue;
    names.clear();
    for (const GroupAccuracy& group : summary.*groups) names.emplace_back(group.name, group.problems);
  }
  if (names.empty()) return "";
  std::string html = Cat("<section>\n<h2>", heading, "</h2>\n<div class=\"panels\">\n");
  for (const auto& [name, problems] : names) {
    absl::StrAppend(&html, "<figure><figcaption>", EscapeHtml(name), " <span class=\"interval\">",
                    CountText(problems, "problem", "problems"), "</span></figcaption>\n");
    for (size_t i = 0; i < summaries.size(); ++i) {
      const auto group = std::ranges::find(summaries[i].*groups, name, &GroupAccuracy::name);
      if (group != (summaries[i].*groups).end()) html += GroupBar(summaries[i], *group, i);
    }
    html += AxisRow({{0.0, "0"}, {0.5, "50"}, {1.0, "100 %"}}) + "</figure>\n";
  }
  return html +
         "</div>\n<p class=\"note\">Share of problems answered right; lines are 95 % Wilson intervals.</p>\n"
         "</section>\n";
}

std::string DifferencesHtml(std::span<const MathSummary> summaries) {
  std::vector<Difference> rows;
  for (size_t i = 0; i < summaries.size(); ++i) {
    if (!summaries[i].against_first || summaries[i].against_first->problems == 0) continue;
    const ProgramComparison& other = *summaries[i].against_first;
    const std::string detail = absl::StrFormat("<small>%d better, %d worse, p = %s</small>", other.better,
                                               other.worse, EscapeHtml(PValueText(other.p_value)));
    rows.push_back({&summaries[i], i, other.difference, other.interval, detail});
  }
  std::string first;
  if (!rows.empty()) {
    first =
        Forest(Cat("Against <code>", EscapeHtml(summaries[0].program), "</code>, the first program"), rows);
  }
  const std::string baselines = BaselineForest(summaries);
  if (first.empty() && baselines.empty()) return "";
  return Cat(
      "<section>\n<h2>Differences on the same problems</h2>\n<div class=\"panels wide\">\n", first, baselines,
      "</div>\n<p class=\"note\">In percentage points of accuracy; right of 0 the program is better. Lines "
      "are "
      "paired bootstrap intervals (95 %, 10,000 resamples of problems), p is that of McNemar's exact test. "
      "The vote at equal tokens is maj@k of the run with most samples, interpolated between its k at the "
      "program's mean number of drawn tokens.</p>\n</section>\n");
}

std::string StopReasonsHtml(std::span<const MathSummary> summaries) {
  std::vector<std::string> reasons;
  for (const MathSummary& summary : summaries) {
    for (const auto& [reason, count] : summary.stop_reasons) {
      if (std::ranges::find(reasons, reason) == reasons.end()) reasons.push_back(reason);
    }
  }
  if (reasons.empty()) return "";
  std::string html = "<section>\n<h2>Why each problem ended</h2>\n<p class=\"legend\">";
  for (size_t i = 0; i < reasons.size(); ++i) {
    absl::StrAppend(&html, "<span><span class=\"swatch ", SeriesClass(i), "\"></span>",
                    EscapeHtml(Shorten(reasons[i], 60)), "</span> ");
  }
  html += "</p>\n<div class=\"panels wide\"><figure>\n";
  for (size_t series = 0; series < summaries.size(); ++series) {
    const MathSummary& summary = summaries[series];
    std::string svg = absl::StrFormat(
        "<svg class=\"bar stack\" role=\"img\" width=\"100%%\" height=\"%d\"><title>%s"
        "</title>",
        kBarHeight, EscapeHtml(summary.program));
    std::string text;
    double left = 0;
    for (size_t i = 0; i < reasons.size(); ++i) {
      const auto found = summary.stop_reasons.find(reasons[i]);
      if (found == summary.stop_reasons.end()) continue;
      const double share = summary.Each(static_cast<double>(found->second));
      absl::StrAppendFormat(
          &svg, "<rect class=\"%s\" x=\"%s\" width=\"%s\" height=\"%d\"><title>%s: %d</title></rect>",
          SeriesClass(i), Percent(left), Percent(share), kBarHeight, EscapeHtml(reasons[i]), found->second);
      left += share;
      absl::StrAppend(&text, text.empty() ? "" : ", ", EscapeHtml(Shorten(reasons[i], 60)), " ",
                      found->second);
    }
    absl::StrAppend(&html, "<div class=\"row\"><div class=\"name\">", Name(summary.program, series),
                    "</div><div class=\"stacked\">", svg, "</svg></div><div class=\"detail\">", text,
                    "</div></div>\n");
  }
  return html + "</figure></div>\n</section>\n";
}

}  // namespace espalier
