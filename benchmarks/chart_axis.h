// Axes of charts: where values lie and what stands at the ticks.
#ifndef ESPALIER_BENCHMARKS_CHART_AXIS_H_
#define ESPALIER_BENCHMARKS_CHART_AXIS_H_

#include <string>
#include <vector>

namespace espalier {

// What an axis counts; it chooses the prefix of the unit.
enum class CostUnit { kTokens, kSeconds, kBytes, kFlops };

struct AxisTick {
  double place = 0;  // in [0, 1]
  std::string label;
};

// Costs from `least` to `most` with some room on both sides: logarithmic when the greatest is more than five
// times the least, else from 0.
class CostAxis {
 public:
  // 0 <= least <= most.
  CostAxis(double least, double most, CostUnit unit);

  double Place(double value) const;  // in [0, 1]
  const std::vector<AxisTick>& ticks() const { return ticks_; }
  // "tokens", "s", "MiB", "GFLOP", with ", logarithmic" behind it where it is.
  const std::string& unit() const { return unit_; }

 private:
  void AddTicks();

  bool is_logarithmic_;
  double low_, high_;  // at places 0 and 1
  double factor_ = 1;  // of the unit
  std::string unit_;
  std::vector<AxisTick> ticks_;
};

// Shares from about `least` to about `most`, in [0, 1], at round percentages.
class ShareAxis {
 public:
  ShareAxis(double least, double most);

  double Place(double share) const;  // 0 at the bottom
  const std::vector<AxisTick>& ticks() const { return ticks_; }

 private:
  double low_, high_;
  std::vector<AxisTick> ticks_;
};

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_CHART_AXIS_H_
