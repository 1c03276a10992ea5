#include "benchmarks/wilson.h"

#include <algorithm>
#include <cmath>

namespace espalier {

std::pair<double, double> WilsonInterval(int64_t successes, int64_t trials) {
  constexpr double z = 1.959963984540054;
  const double n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double center = share + z * z / (2 * n);
  const double spread = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {std::max(0.0, (center - spread) / scale), std::min(1.0, (center + spread) / scale)};
}

}  // namespace espalier
