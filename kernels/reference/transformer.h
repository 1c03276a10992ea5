// What transformer.h and logits.h mean, plainly and in double precision. For tests.
#ifndef ESPALIER_KERNELS_REFERENCE_TRANSFORMER_H_
#define ESPALIER_KERNELS_REFERENCE_TRANSFORMER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "kernels/logits.h"
#include "kernels/transformer.h"

namespace espalier {

// One row each, as transformer.h defines them.
std::vector<double> ReferenceRmsNorm(std::span<const float> x, std::span<const float> weight, double epsilon);
std::vector<double> ReferenceSwiGlu(std::span<const float> gate, std::span<const float> up);
std::vector<double> ReferenceGeGlu(std::span<const float> gate, std::span<const float> up);
std::vector<double> ReferenceRope(std::span<const double> frequencies, double magnitude, int64_t position,
                                  std::span<const float> head);

// Softmax attention of one query head over all positions of keys and values, [positions][head_dim].
std::vector<double> ReferenceAttention(std::span<const float> query, std::span<const float> keys,
                                       std::span<const float> values, double scale);

struct ReferenceLogitSummary {
  double log_sum_exp;
  double entropy;
  double margin;
  double confidence;
};
ReferenceLogitSummary ReferenceSummary(std::span<const float> logits);

// The probabilities with which LogitScan::Draw(filter, uniform) returns each token.
std::vector<double> ReferenceDrawProbabilities(std::span<const float> logits, const DrawFilter& filter);

}  // namespace espalier

#endif  // ESPALIER_KERNELS_REFERENCE_TRANSFORMER_H_
