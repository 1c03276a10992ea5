// What the quantisers of quantize.cc and quantize_k.cc share.
#ifndef ESPALIER_TESTS_SUPPORT_QUANTIZE_BLOCKS_H_
#define ESPALIER_TESTS_SUPPORT_QUANTIZE_BLOCKS_H_

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "kernels/half.h"
#include "tests/support/gguf_writer.h"

namespace espalier {

inline std::string HalfBytes(float value) { return RawBytes(FloatToHalf(value)); }

// `value` / `step` to the nearest code in [low, high]; a step of 0 gives the code of 0.
inline int NearestCode(float value, float step, int low, int high) {
  return step == 0 ? std::clamp(0, low, high)
                   : std::clamp(static_cast<int>(std::lround(value / step)), low, high);
}

// The value of largest magnitude, with its sign.
inline float Extreme(std::span<const float> block) {
  return *std::max_element(block.begin(), block.end(),
                           [](float a, float b) { return std::abs(a) < std::abs(b); });
}

// One block of 256 values each.
std::string BlockQ2_K(std::span<const float> block);
std::string BlockQ3_K(std::span<const float> block);
std::string BlockQ4_K(std::span<const float> block);
std::string BlockQ5_K(std::span<const float> block);
std::string BlockQ6_K(std::span<const float> block);

}  // namespace espalier

#endif  // ESPALIER_TESTS_SUPPORT_QUANTIZE_BLOCKS_H_
