// The interval of a share.
#ifndef ESPALIER_BENCHMARKS_WILSON_H_
#define ESPALIER_BENCHMARKS_WILSON_H_

#include <cstdint>
#include <utility>

namespace espalier {

// The 95% interval of a share of `trials` > 0 (Wilson, Probable inference, JASA 1927), within [0, 1].
std::pair<double, double> WilsonInterval(int64_t successes, int64_t trials);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_WILSON_H_
