#include "benchmarks/accuracy_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "benchmarks/chart_labels.h"
#include "benchmarks/units.h"
#include "benchmarks/wilson.h"
#include "tests/benchmarks/markup_reader.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;

// Wilson's definition: the ends are the true shares from which the observed one is 1.96 deviations away.
TEST(AccuracyChartTest, IntervalsAreWilsons) {
  for (const auto& [successes, trials] : {std::pair(5, 8), {0, 10}, {3, 3}, {1, 1}, {57, 100}}) {
    const double observed = static_cast<double>(successes) / trials;
    const auto [low, high] = WilsonInterval(successes, trials);
    EXPECT_LT(low, high);
    if (successes > 0) {
      EXPECT_NEAR(observed - low, 1.959964 * std::sqrt(low * (1 - low) / trials), 1e-6);
    }
    if (successes < trials) {
      EXPECT_NEAR(high - observed, 1.959964 * std::sqrt(high * (1 - high) / trials), 1e-6);
    }
  }
  EXPECT_NEAR(WilsonInterval(0, 10).first, 0, 1e-12);
  EXPECT_NEAR(WilsonInterval(3, 3).second, 1, 1e-12);
}

// Whatever the points: labels meet neither points nor each other, at any width from the narrowest on.
TEST(ChartLabelsTest, NothingOverlapsAtAnyWidth) {
  std::mt19937 random(4);
  std::uniform_real_distribution<double> share(0, 1);
  constexpr double kWidth = 290, kHeight = 220;
  for (int round = 0; round < 200; ++round) {
    std::vector<LabelledPoint> points;
    const bool is_crowded = round % 2 == 0;
    for (int i = 0; i < 8; ++i) {
      points.push_back({kWidth * (is_crowded ? 0.4 + 0.1 * share(random) : share(random)),
                        kHeight * (is_crowded ? 0.5 : share(random)), 40 + 110 * share(random)});
    }
    const std::vector<LabelPlace> places = PlaceLabels(points, kWidth, kHeight);
    ASSERT_EQ(places.size(), points.size());
    for (const double scale : {1.0, 1.7, 4.0}) {
      const auto left = [&](size_t i) {
        const double x = points[i].x * scale;
        return places[i].is_left ? x - kLabelGap - points[i].width : x + kLabelGap;
      };
      for (size_t i = 0; i < points.size(); ++i) {
        for (size_t j = 0; j < points.size(); ++j) {
          const bool is_across =
              left(i) < points[j].x * scale && points[j].x * scale < left(i) + points[i].width;
          EXPECT_FALSE(is_across && std::abs(places[i].y - points[j].y) < kLabelHeight / 2) << round;
          if (i == j || std::abs(places[i].y - places[j].y) >= kLabelHeight) continue;
          EXPECT_TRUE(left(i) + points[i].width <= left(j) + 1e-9 ||
                      left(j) + points[j].width <= left(i) + 1e-9)
              << round << " scale " << scale;
        }
      }
    }
  }
}

TEST(ChartAxisTest, TicksAreRoundAndFewAndInside) {
  for (const auto& [least, most] :
       {std::pair(0.0, 0.0), {0.0, 7.0}, {100.0, 460.0}, {3.0, 40.0}, {1e-4, 2e5}, {0.0, 1e12}}) {
    for (const CostUnit unit : {CostUnit::kTokens, CostUnit::kSeconds, CostUnit::kBytes, CostUnit::kFlops}) {
      const CostAxis axis(least, most, unit);
      EXPECT_LE(axis.ticks().size(), 12) << least << " " << most;
      EXPECT_GE(axis.ticks().size(), 1) << least << " " << most;
      for (const AxisTick& tick : axis.ticks()) {
        EXPECT_GE(tick.place, 0);
        EXPECT_LE(tick.place, 1);
      }
      EXPECT_LT(axis.Place(most), 1);
      EXPECT_LE(axis.Place(least), axis.Place(most));
    }
  }
  EXPECT_EQ(CostAxis(3, 40, CostUnit::kSeconds).unit(), "s, logarithmic");
  EXPECT_EQ(CostAxis(3e6, 4e6, CostUnit::kBytes).unit(), "MiB");
  EXPECT_EQ(CostAxis(100, 460, CostUnit::kTokens).ticks().back().label, "400");
}

TEST(ChartAxisTest, SharesHaveRoundLimits) {
  const ShareAxis axis(0.43, 0.68);
  EXPECT_EQ(axis.ticks().front().label, "40%");
  EXPECT_EQ(axis.ticks().back().label, "70%");
  EXPECT_DOUBLE_EQ(axis.Place(0.4), 0);
  EXPECT_DOUBLE_EQ(axis.Place(0.7), 1);
  EXPECT_EQ(ShareAxis(0, 1).ticks().size(), 6);
  EXPECT_EQ(ShareAxis(0, 0).ticks().front().label, "0%");
}

TEST(AccuracyChartTest, IsWellFormedAndNamesEveryPoint) {
  AccuracyChart chart;
  chart.title = chart.cost_title = "<title> & 'more'";
  for (size_t i = 0; i < 20; ++i) {
    AccuracyPoint& point = chart.points.emplace_back();
    point.label = point.tooltip = "<p>";
    point.accuracy = point.low = point.high = 0.5;
    point.series = i;
  }
  chart.lines.push_back({"<line>", {{0, 0.2}, {10, 0.4}, {20, 0.5}}, true, 1});
  const std::string svg = DrawAccuracyChart(chart);
  EXPECT_EQ(FindMarkupFault(svg), "");
  EXPECT_EQ(CountOf(svg, "class=\"label"), 20);
  EXPECT_EQ(CountOf(svg, "class=\"whisker\""), 20);
  EXPECT_THAT(svg, HasSubstr("&lt;title&gt; &amp; &#39;more&#39;"));
}

TEST(UnitsTest, ThreeDigitsAndAPrefix) {
  EXPECT_EQ(Flops(3.617e9), "3.62 GFLOP");
  EXPECT_EQ(Flops(0), "0 FLOP");
  EXPECT_EQ(Flops(999'700), "1.00 MFLOP");
  EXPECT_EQ(Bytes(1536), "1.50 KiB");
  EXPECT_EQ(Bytes(5.0 * 1024 * 1024), "5.00 MiB");
  EXPECT_EQ(Bytes(812), "812 B");
  EXPECT_EQ(ThreeDigits(12345.6), "12,346");
  EXPECT_EQ(ThreeDigits(99.96), "100");
  EXPECT_EQ(ThreeDigits(0.1234), "0.123");
  EXPECT_EQ(PointsText(0.0249), "+2.5");
  EXPECT_EQ(PointsText(-0.0004), "0.0");
  EXPECT_EQ(PValueText(0.00001), "<0.001");
}

}  // namespace
}  // namespace espalier
