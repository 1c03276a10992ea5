#include "benchmarks/chart_labels.h"

#include <algorithm>
#include <cmath>

namespace espalier {
namespace {

constexpr double kPointRadius = 7;
constexpr double kStep = 3;

// Something that hangs on a point at `x`: from x + left to x + right, whatever the width of the plot.
struct Box {
  double x, left, right, top, bottom;

  // Whether it stays beside `other`, on its left, however far x and other.x are pulled apart.
  bool StaysLeftOf(const Box& other) const { return x <= other.x && x + right <= other.x + other.left; }

  bool MayMeet(const Box& other) const {
    return top < other.bottom && other.top < bottom && !StaysLeftOf(other) && !other.StaysLeftOf(*this);
  }
};

Box LabelBox(const LabelledPoint& point, const LabelPlace& place) {
  const double near = kLabelGap, far = kLabelGap + point.width;
  return {point.x, place.is_left ? -far : near, place.is_left ? -near : far, place.y - kLabelHeight / 2,
          place.y + kLabelHeight / 2};
}

// How far the box is outside the plot, in pixels.
double Overhang(const Box& box, double width, double height) {
  return std::max({0.0, -(box.x + box.left), box.x + box.right - width, -box.top, box.bottom - height});
}

}  // namespace

std::vector<LabelPlace> PlaceLabels(std::span<const LabelledPoint> points, double width, double height) {
  std::vector<Box> taken;
  for (const LabelledPoint& point : points) {
    taken.push_back({point.x, -kPointRadius, kPointRadius, point.y - kPointRadius, point.y + kPointRadius});
  }
  std::vector<LabelPlace> places;
  for (const LabelledPoint& point : points) {
    LabelPlace best{point.x > width / 2, point.y};
    double least_cost = INFINITY;
    for (double distance = 0; distance <= 2 * height && distance < least_cost; distance += kStep) {
      for (const double y : {point.y - distance, point.y + distance}) {
        for (const bool is_left : {point.x > width / 2, point.x <= width / 2}) {
          const LabelPlace place{is_left, y};
          const Box box = LabelBox(point, place);
          if (std::ranges::any_of(taken, [&](const Box& other) { return box.MayMeet(other); })) continue;
          const double cost = distance + 20 * Overhang(box, width, height);
          if (cost >= least_cost) continue;
          least_cost = cost;
          best = place;
        }
      }
    }
    places.push_back(best);
    taken.push_back(LabelBox(point, best));
  }
  return places;
}

}  // namespace espalier
